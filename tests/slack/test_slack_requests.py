"""What reaches the webhook: signed or not, once or five times, for the bot or not."""

from __future__ import annotations

import json
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.slack.fake_slack import (
    SECRET,
    FakeSlack,
    SlackPerson,
    event_of,
    post_signed,
    signed,
)

PATH = "/webhooks/slack/webhook"
BODY = json.dumps({"type": "url_verification", "challenge": "c"}).encode()
JSON = {"Content-Type": "application/json"}
RETRY_REASONS = (
    "http_timeout", "connection_failed", "ssl_error", "http_error", "too_many_redirects",
    "unknown_error",
)  # fmt: skip


def refused(slacker: SlackPerson, payload: Any) -> None:
    """Sent, acknowledged, and nothing comes of it."""
    answered = slacker.send(payload)
    assert answered.status_code == 200, answered.text
    time.sleep(0.3)
    assert slacker.slack.of(slacker.user) == []


def test_the_address_is_verified(bot: httpx.Client) -> None:
    answered = bot.post(PATH, content=BODY, headers={**JSON, **signed(BODY)})
    assert answered.json() == {"challenge": "c"}


UNSIGNED: dict[str, dict[str, Any]] = {
    "no signature": {"X-Slack-Signature": None},
    "no timestamp": {"X-Slack-Request-Timestamp": None},
    "another secret": {"secret": "another"},
    "another body": {"body": b"other"},
    "old": {"age": 301},
    "from the future": {"age": -310},
    "timestamp in words": {"X-Slack-Request-Timestamp": "soon"},
    "empty signature": {"X-Slack-Signature": ""},
    "letters outside ASCII": {"X-Slack-Signature": "v0=ü".encode()},
}


@pytest.mark.parametrize("name", UNSIGNED)
def test_what_is_not_signed_by_slack_now_is_refused(bot: httpx.Client, name: str) -> None:
    wrong = dict(UNSIGNED[name])
    headers: dict[str, Any] = signed(
        wrong.pop("body", BODY),
        secret=wrong.pop("secret", SECRET),
        at=time.time() - wrong.pop("age", 0),
    )
    headers = {k: v for k, v in {**JSON, **headers, **wrong}.items() if v is not None}
    assert bot.post(PATH, content=BODY, headers=headers).status_code == 401


def test_unreadable_bodies_are_acknowledged(bot: httpx.Client) -> None:
    for body in (b"", b"{", b"[1]", b"payload={", b"\xff\xfe", b"null"):
        for media in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
            headers = {"Content-Type": media, **signed_raw(body)}
            assert bot.post(PATH, content=body, headers=headers).status_code in (200, 401)


def signed_raw(body: bytes) -> dict[str, str]:
    try:
        return signed(body)
    except UnicodeDecodeError:
        return signed(b"")


def test_a_repeat_changes_nothing_whatever_the_reason(slacker: SlackPerson) -> None:
    payload = slacker.event("what is MRD?")
    slacker.send(payload)
    slacker.heard(3)
    for number, reason in enumerate(RETRY_REASONS, start=1):
        headers = {"X_Slack_Retry_Num": str(number), "X_Slack_Retry_Reason": reason}
        assert slacker.send(payload, **headers).status_code == 200
    time.sleep(0.5)
    assert len(slacker.slack.of(slacker.user)) == 3


def test_a_first_sight_that_calls_itself_a_repeat_is_answered(slacker: SlackPerson) -> None:
    """The first one may have been lost on its way."""
    slacker.send(
        slacker.event("what is MRD?"), X_Slack_Retry_Num="1", X_Slack_Retry_Reason="http_timeout"
    )
    slacker.heard(3)


def test_the_same_event_five_times_at_once(slacker: SlackPerson) -> None:
    payload = slacker.event("what is MRD?")
    with ThreadPoolExecutor(5) as threads:
        answers = list(threads.map(lambda _: slacker.send(payload), range(5)))
    assert [answer.status_code for answer in answers] == [200] * 5
    slacker.heard(3)
    assert len(slacker.settled(0, 0.7)) == 3


def test_one_post_under_two_event_ids_is_one(slacker: SlackPerson) -> None:
    payload = slacker.event("what is MRD?")
    slacker.send(payload)
    slacker.send({**payload, "event_id": "EvOther" + uuid.uuid4().hex})
    slacker.heard(3)
    assert len(slacker.settled(0, 0.7)) == 3


def test_a_double_click_is_one_press(slacker: SlackPerson) -> None:
    slacker.say("what is MRD?", wait=3)
    press = slacker.press_payload("Tell me more")
    again = {**press, "trigger_id": "t2", "actions": [{**press["actions"][0], "action_ts": "2.2"}]}
    before = len(slacker.slack.of(slacker.user))
    slacker.send(press)
    slacker.send(again)
    slacker.heard(1, before)
    assert len(slacker.settled(before, 0.7)) == 1


MESSAGES = {
    "own message": {"bot_id": "B0BOT"},
    "bot message": {"subtype": "bot_message", "bot_id": "B1", "user": None},
    "join": {"subtype": "channel_join"},
    "topic": {"subtype": "channel_topic"},
    "deleted": {"subtype": "message_deleted", "user": None, "hidden": True},
    "reply count": {"subtype": "message_replied", "hidden": True},
    "link unfolded": {
        "subtype": "message_changed", "hidden": True,
        "message": {"text": "chest pain", "ts": "1.1", "user": "U0X"},
        "previous_message": {"text": "chest pain", "ts": "1.1", "user": "U0X"},
    },
    "changed by the bot": {
        "subtype": "message_changed", "hidden": True,
        "message": {"text": "chest pain", "ts": "1.1", "bot_id": "B0BOT", "edited": {"ts": "2"}},
    },
    "nothing typed": {"text": ""},
    "in a channel": {"channel": "C0PUBLIC", "channel_type": "channel"},
    "in a group": {"channel": "G0GROUP", "channel_type": "mpim"},
    "no user": {"user": None},
    "unknown subtype": {"subtype": "whatever_comes_next"},
}  # fmt: skip


@pytest.mark.parametrize("name", MESSAGES)
def test_messages_that_are_not_for_the_bot(slacker: SlackPerson, name: str) -> None:
    refused(slacker, slacker.event(**{"text": "I have chest pain", **MESSAGES[name]}))


PAYLOADS: dict[str, Any] = {
    "unknown event": event_of({"type": "reaction_added", "user": "U0X", "item": {}}),
    "event without type": event_of({}),
    "event that is a list": {**event_of({}), "event": []},
    "app uninstalled": event_of({"type": "app_uninstalled"}),
    "home opened on another tab": event_of(
        {"type": "app_home_opened", "user": "U0X", "tab": "messages"}
    ),
    "rate limited": {"type": "app_rate_limited", "event": None, "minute_rate_limited": 1},
    "view submission": {"type": "view_submission", "user": {"id": "U0X"}, "view": {}},
    "view closed": {"type": "view_closed", "user": {"id": "U0X"}},
    "shortcut": {"type": "shortcut", "callback_id": "c", "user": {"id": "U0X"}},
    "message action": {"type": "message_action", "callback_id": "c", "user": {"id": "U0X"}},
    "options wanted": {"type": "block_suggestion", "value": "x"},
    "press without actions": {"type": "block_actions", "actions": [], "user": {"id": "U0X"}},
    "press on a link": {
        "type": "block_actions", "user": {"id": "U0X"}, "trigger_id": "1",
        "actions": [{"type": "button", "action_id": "x", "url": "https://x.example",
                     "text": {"type": "plain_text", "text": "x"}}],
    },
    "unknown type": {"type": "no_such_thing"},
    "nothing": {},
}  # fmt: skip


@pytest.mark.parametrize("name", PAYLOADS)
def test_payloads_that_are_not_for_the_bot(slacker: SlackPerson, name: str) -> None:
    refused(slacker, PAYLOADS[name])


OPTION = {"text": {"type": "plain_text", "text": "Tell me more"}, "value": "more_detail"}
ACTIONS: dict[str, dict[str, Any]] = {
    "radio_buttons": {"selected_option": OPTION},
    "static_select": {"selected_option": OPTION},
    "external_select": {"selected_option": OPTION},
    "overflow": {"selected_option": OPTION},
    "checkboxes": {"selected_options": [OPTION]},
    "multi_static_select": {"selected_options": [OPTION]},
    "plain_text_input": {"value": "what is a relapse?"},
    "datepicker": {"selected_date": "2026-11-03"},
    "timepicker": {"selected_time": "10:30"},
}


@pytest.fixture(scope="module")
def asker(slack: FakeSlack, bot: httpx.Client) -> SlackPerson:
    person = SlackPerson(slack, bot)
    person.say("what is MRD?", wait=3)
    return person


@pytest.mark.parametrize("kind", ACTIONS)
def test_every_kind_of_element_is_taken(asker: SlackPerson, kind: str) -> None:
    before = len(asker.slack.of(asker.user))
    message = {**asker.slack.of(asker.user)[2], "ts": f"7.{uuid.uuid4().int % 10**6:06d}"}
    asker.slack.messages.append({**message, "channel": "D0ELSEWHERE"})
    action = {"type": kind, "action_id": "any", **ACTIONS[kind]}
    assert asker.send(asker._actions(message, action)).status_code == 200
    assert len(asker.heard(before + 1)) > before


@pytest.mark.parametrize("kind", ["users_select", "channels_select", "conversations_select", "new"])
def test_elements_that_the_bot_never_shows_are_acknowledged(
    slacker: SlackPerson, kind: str
) -> None:
    press = slacker._actions(
        {"ts": "1.1", "blocks": [], "text": "x"}, {"type": kind, "action_id": "any"}
    )
    refused(slacker, press)


def test_fifty_events_a_second_are_acknowledged_at_once(
    slack: FakeSlack, bot: httpx.Client
) -> None:
    """200 in 4 seconds from 40 people; Slack allows 3 s for each. Others use this machine too: the
    best of three runs counts."""
    for _ in range(3):
        longest = acknowledged(slack, bot)
        if longest <= 0.5:
            return
    raise AssertionError(f"acknowledged after {longest:.2f} s")


def acknowledged(slack: FakeSlack, bot: httpx.Client) -> float:
    """The longest time of 200 events, in seconds; all were answered afterwards."""
    people = [SlackPerson(slack, bot) for _ in range(40)]
    begun = time.monotonic()

    def send(number: int) -> float:
        time.sleep(max(0.0, begun + number / 50 - time.monotonic()))
        person = people[number % len(people)]
        at = time.monotonic()
        assert post_signed(bot, person.event(f"what is MRD? ({number})")).status_code == 200
        return time.monotonic() - at

    with ThreadPoolExecutor(32) as threads:
        took = sorted(threads.map(send, range(200)))
    until = time.monotonic() + 60
    while any(len(slack.of(person.user)) < 7 for person in people):
        assert time.monotonic() < until, [len(slack.of(person.user)) for person in people]
        time.sleep(0.1)
    all_s = time.monotonic() - begun
    figures = [*(took[n] * 1000 for n in (100, 198, 199)), all_s]
    sys.stdout.write(
        "acknowledged in ms: median {:.0f}, p99 {:.0f}, longest {:.0f}; "
        "all answered {:.1f} s after the first was sent\n".format(*figures)
    )
    return took[-1]
