"""Every entry is found over HTTP by its own example questions, for its audience.

`make test` asks two of each entry; `make test-entries` asks all (2,000, some minutes).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from bot.content.kept import kept_content
from bot.content.knowledge import Entry
from tests.conftest import Person, started_bot

ROOT = Path(__file__).resolve().parents[2]
CONTENT = kept_content(ROOT / "content").knowledge
BY_TOPIC = {t: [e for e in CONTENT.entries.values() if e.topic == t] for t in CONTENT.topics}
PEOPLE_AT_ONCE = 4
QUESTIONS = None if os.environ.get("EVERY_QUESTION") else 2
SAYS_WHO = {
    "child": "it is for my son, he is 6",
    "adult": "I am 40 years old",
    "caregiver": "I am a caregiver",
}
# Questions that the bot rightly meets with something else first.
ELSE = yaml.safe_load((ROOT / "tests/cases/not_the_entry.yml").read_text(encoding="utf-8"))["cases"]


@pytest.fixture(scope="module")
def patient_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A bot that lets one address open as many conversations as it likes."""
    folder = tmp_path_factory.mktemp("every")
    with started_bot(folder, SESSIONS_PER_MINUTE="100000", MESSAGES_PER_MINUTE="100000") as client:
        yield client


def _said(client: httpx.Client, entry: Entry, question: str) -> list[dict[str, Any]]:
    person = Person(client)
    if entry.audience != "any":
        person.say(SAYS_WHO[entry.audience])
    said: list[dict[str, Any]] = person.say(question)["messages"]
    if [m["type"] for m in said] == ["choices"] and "figures_yes" in _values(said[0]):
        said = person.tap("figures_yes")["messages"]  # a hard answer is asked for gently first
    return said


def _values(message: dict[str, Any]) -> list[str]:
    return [choice["value"] for choice in message.get("choices", ())]


@pytest.mark.parametrize("topic", sorted(BY_TOPIC))
def test_example_questions_find_their_entry(patient_bot: httpx.Client, topic: str) -> None:
    asked = [(entry, q) for entry in BY_TOPIC[topic] for q in entry.questions[:QUESTIONS]]
    with ThreadPoolExecutor(PEOPLE_AT_ONCE) as people:
        answers = people.map(lambda pair: _said(patient_bot, *pair), asked)
        wrong = [
            (entry.id, question, [m.get("entry") or m["text"] for m in said])
            for (entry, question), said in zip(asked, answers, strict=True)
            if ELSE.get(question, entry.id) not in [m.get("rule") or m.get("entry") for m in said]
        ]
    assert not wrong
