"""Reading what Slack sends: texts, codes, presses."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.slack_input import code_in, incoming_of, is_surely_code, written
from bot.rendering.slack import slack_messages
from tests.rendering.replies import CASES, reply_of

WRITTEN = {
    "temp &gt; 38 &amp; cough": "temp > 38 & cough",
    "&amp;lt; stays as it was typed": "&lt; stays as it was typed",
    "I have *chest* _pain_ and ~no~ `fever`": "I have chest pain and no fever",
    "*_both_*": "both",
    "5*3*2 and a_b_c and 2 * 3 * 4": "5*3*2 and a_b_c and 2 * 3 * 4",
    "<@U0BOT> hello": "hello",
    "<@U1|ann> said": "@ann said",
    "<mailto:a@b.c|a@b.c> <https://x.y/z> <https://x.y|x.y>": "a@b.c https://x.y/z x.y",
    "call <tel:5550100|555-0100>": "call 555-0100",
    "<#C1|general> <!here> <!date^1^{date}|today>": "#general here today",
    "no \x00 control \x07 letters": "no  control  letters",
    "&gt; quoted\nnext": "> quoted\nnext",
}


@pytest.mark.parametrize("raw", WRITTEN)
def test_text_is_read_as_it_was_typed(raw: str) -> None:
    assert written(raw) == WRITTEN[raw]


CODES = {
    "ABCD2345": ("ABCD2345", True),
    "abcd-2345": ("ABCD2345", True),
    "resume ABCD 2345": ("ABCD2345", True),
    "My code is: abcd2345.": ("ABCD2345", True),
    "headache": ("HEADACHE", False),
    "resume last week": None,
    "what is MRD?": None,
    "fever 38": None,
    "12345678": None,
}


@pytest.mark.parametrize("text", CODES)
def test_codes(text: str) -> None:
    code = code_in(text)
    assert (code and (code, is_surely_code(code))) == CODES[text]


def press_of(action: dict[str, Any], **more: Any) -> Any:
    (message,) = slack_messages(reply_of(CASES["question_multi_choice"]).as_json(), LABELS)
    return incoming_of({
        "type": "block_actions", "user": {"id": "U1", "team_id": "T1"}, "trigger_id": "1",
        "channel": {"id": "D1"}, "message": {"ts": "1.1", "blocks": message.blocks},
        "actions": [action], **more,
    })  # fmt: skip


LABELS = {"skip": "Skip", "back": "Back", "not_sure": "I'm not sure", "stop": "Stop"}
ARM = {"text": {"type": "plain_text", "text": "Arm"}, "value": "p:0=arm"}
LEG = {"text": {"type": "plain_text", "text": "Leg &amp; foot"}, "value": "p:0=leg"}
CONTINUE = {"type": "button", "action_id": "send_chosen", "value": "send_chosen",
            "text": {"type": "plain_text", "text": "Continue"}}  # fmt: skip


def ticked(*options: dict[str, Any]) -> dict[str, Any]:
    boxes = {"checks": {"type": "checkboxes", "selected_options": list(options)}}
    return {"values": {"b1": boxes, "b2": {"date": {"type": "datepicker", "selected_date": None}}}}


def test_boxes_wait_for_continue() -> None:
    tick = {"type": "checkboxes", "action_id": "checks", "selected_options": [ARM]}
    assert press_of(tick) is None
    several = press_of(CONTINUE, state=ticked(ARM, LEG))
    assert (several.choices, several.label) == (("p:0=arm", "p:0=leg"), "Arm, Leg & foot")
    one = press_of(CONTINUE, state=ticked(ARM))
    assert (one.choice, one.choices, one.label) == ("p:0=arm", ("p:0=arm",), "Arm")
    none = press_of(CONTINUE, state=ticked())
    assert (none.choice, none.label) == (None, "")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(
            ["type", "event", "event_id", "user", "channel", "text", "ts", "actions", "message",
             "subtype", "command", "user_id", "trigger_id", "state", "values", "team_id", "id",
             "edited", "selected_options", "value", "payload", "view", "blocks"]
        ),
        inner,
        max_size=6,
    ),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    JSON.filter(lambda value: isinstance(value, dict)),
    st.sampled_from(["event_callback", "block_actions", "slash", ""]),
)
def test_no_payload_is_too_strange(payload: dict[str, Any], kind: str) -> None:
    incoming_of({**payload, "type": kind})
