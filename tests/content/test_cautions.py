"""Every caution of a fact is heeded in what is said; tests/content/cautions.yml says where."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content.kept import kept_content
from bot.content.knowledge import Entry

ROOT = Path(__file__).resolve().parents[2]
CONTENT = kept_content(ROOT / "content")
FACTS = CONTENT.knowledge.facts
ENTRIES = CONTENT.knowledge.entries
FLAGS = {**CONTENT.red_flags.flags, CONTENT.red_flags.two_ambers.id: CONTENT.red_flags.two_ambers}
ITEMS: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / "tests/content/cautions.yml").read_text(encoding="utf-8")
)
WAYS = ("heeded", "not_needed", "unused")


def users(fact: str) -> list[Entry]:
    return [e for e in ENTRIES.values() if any(fact in s.facts for s in e.sentences)]


def texts(entry: Entry) -> Iterator[str]:
    yield entry.title
    yield from (s.text for s in entry.sentences)
    yield from (t for t in (entry.next, entry.figure and entry.figure.label) if t)


def test_every_caution_is_listed_once() -> None:
    listed = [item["fact"] for item in ITEMS]
    assert len(listed) == len(set(listed))
    assert set(listed) == {fact.id for fact in FACTS.values() if fact.caution}


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["fact"])
def test_a_caution_is_heeded(item: dict[str, Any]) -> None:
    fact = FACTS[item["fact"]]
    assert not set(item) - {"fact", "caution", "never_says", *WAYS}
    assert sum(way in item for way in WAYS) == 1, "say where it is heeded, or why not"
    caution = " ".join((fact.caution or "").split())
    assert item["caution"] == caution, "the caution has changed; read it and the entries again"
    for place in item.get("heeded", []):
        if "flag" in place:
            check_flag(place, fact.id)
        else:
            check_entry(place, fact.id)
    if "unused" in item:
        flags = [flag.id for flag in FLAGS.values() if fact.id in flag.facts]
        assert not users(fact.id) and not flags, "it is used now: say where it is heeded"
    for pattern in item.get("never_says", []):
        for entry in users(fact.id):
            for text in texts(entry):
                assert not re.search(pattern, text, re.IGNORECASE), f"{entry.id}: {text}"


def check_entry(place: dict[str, str], fact: str) -> None:
    assert set(place) - {"part"} in ({"entry", "sentence"}, {"entry", "how"})
    entry = ENTRIES[place["entry"]]
    assert entry in users(fact), f"{entry.id} does not use the fact"
    if "sentence" in place:
        said = entry.short if place.get("part") == "short" else entry.sentences
        assert place["sentence"] in [s.text for s in said], f"{entry.id} does not say it (at once)"


def check_flag(place: dict[str, str], fact: str) -> None:
    assert set(place) in ({"flag", "sentence"}, {"flag", "how"})
    flag = FLAGS[place["flag"]]
    assert fact in flag.facts, f"{flag.id} does not use the fact"
    if "sentence" in place:
        assert place["sentence"] in (flag.card.title, *flag.card.bullets)
