"""Figures: those of the facts are said, and nothing is said that the facts do not hold.

The check of `make content` is done here a second time and in another way: from the bare digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml

from bot.content.kept import kept_content
from bot.content.knowledge import Entry, Fact, Sentence
from bot.content.numbers import numbers_in

ROOT = Path(__file__).resolve().parents[2]
KNOWLEDGE = kept_content(ROOT / "content").knowledge
ENTRIES = list(KNOWLEDGE.entries.values())
WITH_FIGURES = [
    fact
    for fact in KNOWLEDGE.facts.values()
    if fact.sign is None and any(numbers_in(str(figure.value)) for figure in fact.numbers)
]
UNSAID: dict[str, str] = yaml.safe_load(
    (ROOT / "tests/content/figures_unsaid.yml").read_text(encoding="utf-8")
)
SMALL = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
# What a sentence may say in words, and what its fact must then hold.
SHARES = [
    (r"\bhalf\b", r"\bhal[fv]|median|\b(49|5[0-6])\b"),
    (r"\bthirds?\b(?!,)", r"third|\b(33|66|67)\b"),
    (r"\bquarters?\b", r"quarter|\b(25|75)\b"),
    (r"\b(twice|double)\b", r"twice|doubl|\b2\b"),
]


def digits(text: str) -> set[str]:
    """All numbers of a text, those in names (CD19) as well; 1,000 is 1000 and 7.0 is 7."""
    found = (n.replace(",", "") for n in re.findall(r"\d+(?:[.,]\d+)*", text))
    return {n.rstrip("0").rstrip(".") if "." in n else n for n in found}


def words(fact: Fact) -> str:
    figures = (f"{n.value} {n.unit} {n.what} {n.population}" for n in fact.numbers)
    return " ".join([fact.statement, fact.caution or "", *figures])


def held(sentences: Iterable[Sentence]) -> set[str]:
    """The numbers that the facts of these sentences hold, or that are derived from them."""
    numbers: set[str] = set()
    for sentence in sentences:
        text = " ".join(words(KNOWLEDGE.facts[fact]) for fact in sentence.facts)
        numbers |= digits(text) | {SMALL[w] for w in text.lower().split() if w in SMALL}
        numbers |= {n for derived in sentence.derived_from for n in digits(derived.say)}
    return numbers


def is_said(fact: Fact) -> bool:
    figures = {n for figure in fact.numbers for n in digits(str(figure.value))}
    for sentence in (s for e in ENTRIES for s in e.sentences if fact.id in s.facts):
        derived = {f"{d.value:g}" for d in sentence.derived_from if d.fact == fact.id}
        if figures & (digits(sentence.text) | derived):
            return True
    return False


@pytest.mark.parametrize("fact", WITH_FIGURES, ids=lambda fact: fact.id)
def test_a_fact_with_figures_is_said_with_one(fact: Fact) -> None:
    assert is_said(fact) != (fact.id in UNSAID), "say its figure, or say why not"


def test_the_list_of_unsaid_figures_is_short_and_known() -> None:
    assert set(UNSAID) <= {fact.id for fact in WITH_FIGURES}
    assert len(UNSAID) <= 5 and all(UNSAID.values())


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_nothing_is_said_that_its_facts_do_not_hold(entry: Entry) -> None:
    for sentence in entry.sentences:
        assert sentence.facts or sentence.kind == "support", sentence.text
        assert sentence.facts or not digits(sentence.text), sentence.text
        assert digits(sentence.text) <= held([sentence]), sentence.text
        text = " ".join(words(KNOWLEDGE.facts[fact]) for fact in sentence.facts)
        for said, needed in SHARES:
            if re.search(said, sentence.text, re.IGNORECASE):
                assert re.search(needed, text, re.IGNORECASE), f"{said}: {sentence.text}"
    assert digits(entry.title) <= held(entry.sentences), entry.title
    assert digits(entry.next or "") <= held(entry.sentences), entry.next


@pytest.mark.parametrize("entry", [e for e in ENTRIES if e.figure], ids=lambda entry: entry.id)
def test_a_picture_shows_what_its_fact_holds(entry: Entry) -> None:
    figure = entry.figure
    assert figure is not None
    numbers = held([Sentence(text=figure.label, facts=(figure.fact,))])
    assert digits(figure.label) <= numbers | {str(figure.of), str(figure.marked)}, figure.label
    shown = figure.marked / figure.of * 100
    assert any(abs(float(n) - shown) <= 0.5 for n in numbers), figure.label
