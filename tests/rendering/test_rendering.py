"""Every reply as web JSON, Slack blocks and plain text; Slack's limits for all of content/."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.content.all_content import Content
from bot.content.kept import kept_content
from bot.rendering.blocks import divided, escaped
from bot.rendering.reply import ReplyType
from bot.rendering.slack import chosen_blocks, home_view, slack_messages
from tests.rendering.replies import CASES, ROOT, reply_of, said_of_content
from tests.slack.limits import block_faults, faults_of

GOLDEN = Path(__file__).parent / "golden"
LABELS = {"skip": "Skip", "back": "Back", "not_sure": "I'm not sure", "stop": "Stop"}


@pytest.fixture(scope="module")
def content() -> Content:
    return kept_content(ROOT / "content")


def posts_of(reply: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"channel": "D01", "text": message.text, "blocks": message.blocks}
        for message in slack_messages(reply, LABELS)
    ]


def words_of(blocks: list[dict[str, Any]]) -> str:
    """Everything that stands in blocks, as Slack shows it."""
    found: list[str] = []

    def look(value: Any) -> None:
        if isinstance(value, dict):
            if isinstance(value.get("text"), str):
                found.append(value["text"])
            for inner in value.values():
                look(inner)
        elif isinstance(value, list):
            for inner in value:
                look(inner)

    look(blocks)
    return "\n".join(found).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def test_there_is_a_case_of_every_type() -> None:
    assert {case["type"] for case in CASES.values()} == set(get_args(ReplyType))


@pytest.mark.parametrize("name", CASES)
def test_golden(name: str) -> None:
    reply = reply_of(CASES[name])
    made = {"web": reply.as_json(), "slack": posts_of(reply.as_json()), "plain": reply.as_plain()}
    path = GOLDEN / f"{name}.json"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8")) == made


@pytest.mark.parametrize("name", CASES)
def test_slack_takes_it_and_nothing_is_left_out(name: str) -> None:
    reply = reply_of(CASES[name]).as_json()
    posts = posts_of(reply)
    assert [fault for post in posts for fault in faults_of("chat.postMessage", post)] == []
    said = " ".join(words_of([block for post in posts for block in post["blocks"]]).split())
    for line in reply["text"].splitlines():
        if not line.startswith(("Sources:", "Reviewed on")):
            assert " ".join(line.split()) in said, line
    for choice in reply.get("choices", []):
        assert choice["label"][:60] in said


def test_all_that_content_says_keeps_the_limits(content: Content) -> None:
    labels = content.texts.labels
    count = 0
    for name, reply in said_of_content(content):
        for message in slack_messages(reply.as_json(), labels):
            post = {"channel": "D01", "text": message.text, "blocks": message.blocks}
            assert faults_of("chat.postMessage", post) == [], name
            count += 1
    assert count > 1000


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab. &<>\n!?", min_size=1, max_size=400), st.integers(10, 60))
def test_texts_are_divided_and_nothing_is_lost(text: str, most: int) -> None:
    parts = divided(text, most)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(0 < len(escaped(part)) <= most for part in parts)


def test_a_long_text_is_divided_between_sentences() -> None:
    text = " ".join(f"This is sentence number {n}." for n in range(2000))
    posts = posts_of({"type": "text", "text": text})
    assert len(posts) > 1
    for post in posts:
        assert faults_of("chat.postMessage", post) == []
        assert all(block["text"]["text"].endswith(".") for block in post["blocks"])


def test_more_than_fifty_blocks_become_several_posts() -> None:
    choices = [{"label": f"Choice {n}", "value": f"c{n}"} for n in range(400)]
    posts = posts_of({"type": "choices", "text": "Which?", "choices": choices})
    assert [fault for post in posts for fault in faults_of("chat.postMessage", post)] == []
    offered = [e["value"] for p in posts for b in p["blocks"] for e in b.get("elements", [])]
    assert offered == [choice["value"] for choice in choices]


def test_after_a_press_the_buttons_are_gone_and_the_choice_stands_there() -> None:
    (post,) = posts_of(reply_of(CASES["question_choice"]).as_json())
    blocks = chosen_blocks(post["blocks"], "Mild <b>")
    assert block_faults(blocks) == []
    assert {block["type"] for block in blocks} == {"context", "section"}
    assert "You chose: Mild <b>" in words_of(blocks)


def test_the_home_is_a_view(content: Content) -> None:
    texts = content.texts
    view = home_view("AfterALL", [texts["greeting"].text, texts["help"].text], [])
    assert faults_of("views.publish", {"user_id": "U01", "view": view}) == []
