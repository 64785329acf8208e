"""Slack is busy or down: nothing is lost, the order is kept."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.slack.fake_slack import FakeSlack, SlackPerson, texts_of

# `make test-slack-outage` makes it 30.
OUTAGE_S = float(os.environ.get("SLACK_OUTAGE_S", "3"))
ASKED = ["what is a relapse?", "what is MRD?", "how is a relapse treated?"]
TITLES = ["relapse", "MRD", "treat"]


@pytest.fixture(autouse=True)
def healthy_afterwards(slack: FakeSlack) -> Iterator[None]:
    yield
    slack.is_down = False
    slack.refuse = lambda method, arguments: None


def test_busy_with_retry_after(slacker: SlackPerson) -> None:
    slacker.say("hello", wait=3)
    busy_until: dict[str, float] = {}
    early: list[float] = []

    def refuse(method: str, arguments: dict[str, Any]) -> tuple[int, dict[str, str]] | None:
        if arguments.get("channel") != slacker.channel:
            return None
        words, now = str(arguments["text"])[:80], time.monotonic()
        if words not in busy_until:
            busy_until[words] = now + 1
            return 429, {"Retry-After": "1"}
        if now < busy_until[words] - 0.05:
            early.append(busy_until[words] - now)
        return None

    slacker.slack.refuse = refuse
    for text in ASKED:
        slacker.send(slacker.event(text))
    said = texts_of(slacker.heard(6))[3:]
    assert early == [], "Retry-After is kept"
    assert len(busy_until) == 3, "each was refused once"
    assert [title in text for title, text in zip(TITLES, said, strict=True)] == [True] * 3
    assert len(slacker.settled(0)) == 6, "each arrives once"


def test_faults_of_slack_are_tried_again(slacker: SlackPerson) -> None:
    left = [500, 503, 502]
    slacker.slack.refuse = lambda method, arguments: (left.pop(), {}) if left else None
    slacker.send(slacker.event("what is MRD?"))
    assert "MRD" in slacker.heard(3)[2]["text"]


def test_blocks_that_slack_does_not_take_are_said_without(slacker: SlackPerson) -> None:
    slacker.say("hello", wait=3)
    checked = slacker.slack._answer

    def picky(method: str, headers: Any, arguments: dict[str, Any]) -> dict[str, Any]:
        if "blocks" in arguments:
            return {"ok": False, "error": "invalid_blocks"}
        return checked(method, headers, arguments)

    slacker.slack._answer = picky  # type: ignore[method-assign]
    try:
        (said,) = slacker.say("what is MRD?")
    finally:
        slacker.slack._answer = checked  # type: ignore[method-assign]
    assert "MRD" in said["text"]


def test_slack_is_down(slacker: SlackPerson) -> None:
    slacker.say("hello", wait=3)
    slacker.slack.is_down = True
    for text in ASKED:
        assert slacker.send(slacker.event(text)).status_code == 200
    threading.Timer(OUTAGE_S, lambda: setattr(slacker.slack, "is_down", False)).start()
    begun = time.monotonic()
    while len(slacker.slack.of(slacker.user)) < 6:
        assert time.monotonic() - begun < OUTAGE_S + 10
        time.sleep(0.05)
    took = time.monotonic() - begun
    sys.stdout.write(f"down for {OUTAGE_S:.0f} s; all there {took:.1f} s after it began\n")
    said = texts_of(slacker.slack.of(slacker.user))[3:]
    assert [title in text for title, text in zip(TITLES, said, strict=True)] == [True] * 3
    assert len(slacker.settled(0, 1.0)) == 6
