"""The sentences farthest in meaning from their facts have each been read by eye."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.content.closeness import READ_BY_EYE, Closeness, closeness
from bot.content.kept import kept_content
from bot.content.knowledge import Entry
from bot.nlu.encoder import shared_encoder

ROOT = Path(__file__).resolve().parents[2]
READ: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / "tests/content/closeness_read.yml").read_text(encoding="utf-8")
)
ENCODER = shared_encoder()
ALLOWED = 0.02
REREAD = "run `python -m bot.content.closeness`, read it against its facts, write the verdict down"


@pytest.fixture(scope="module")
def measured() -> list[Closeness]:
    return closeness(kept_content(ROOT / "content").knowledge, ENCODER)


def test_the_farthest_have_been_read(measured: list[Closeness]) -> None:
    read = {(item["entry"], item["sentence"]) for item in READ}
    unread = [
        f"{one.cosine:.2f} {one.entry}: {one.sentence.text}"
        for one in measured[:READ_BY_EYE]
        if (one.entry, one.sentence.text) not in read
    ]
    assert not unread, f"{REREAD}: {unread}"


def test_what_was_read_still_stands(measured: list[Closeness]) -> None:
    now = {(one.entry, one.sentence.text): one.cosine for one in measured}
    assert len({(item["entry"], item["sentence"]) for item in READ}) == len(READ) >= READ_BY_EYE
    for item in READ:
        cosine = now.get((item["entry"], item["sentence"]))
        assert cosine is not None, f"no longer said; take it out: {item['sentence']}"
        assert abs(cosine - item["closeness"]) <= ALLOWED, f"{REREAD}: {item['sentence']}"
        assert item["verdict"].startswith(("traceable: ", "mended: ")), item["sentence"]


def test_a_sentence_with_a_wrong_fact_is_far() -> None:
    """The measure itself, on every 40th entry: its own facts against those of the next one."""
    knowledge = kept_content(ROOT / "content").knowledge
    some = list(knowledge.entries.values())[::40]
    right = {e.id: e for e in some}
    wrong = {
        e.id: with_facts_of(e, other) for e, other in zip(some, some[1:] + some[:1], strict=True)
    }
    near, far = (
        {one.sentence.text: one.cosine for one in closeness(replace(knowledge, entries=e), ENCODER)}
        for e in (right, wrong)
    )
    assert set(near) == set(far) and len(near) > 30
    assert sum(near[text] > far[text] for text in near) >= 0.95 * len(near)


def with_facts_of(entry: Entry, other: Entry) -> Entry:
    facts = other.short[0].facts
    assert not facts or other.topic != entry.topic
    medical = (s for s in entry.sentences if s.kind == "medical")
    return entry.copy(
        update={"short": tuple(s.copy(update={"facts": facts}) for s in medical), "more": ()}
    )
