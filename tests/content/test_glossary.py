"""Words: each medical word of the entries is in the glossary, and each answer explains its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.content.glossary import name_key
from bot.content.kept import kept_content
from bot.content.knowledge import Entry as ContentEntry
from bot.content.knowledge import Knowledge
from bot.content.readability import reading_grade
from bot.database.engine import connect_memory, upgrade
from bot.knowledge.base import Catalogue, KnowledgeBase
from bot.knowledge.load import load_knowledge
from bot.knowledge.replies import answer_reply

ROOT = Path(__file__).resolve().parents[2]
WORDS = yaml.safe_load((ROOT / "tests/cases/medical_words.yml").read_text(encoding="utf-8"))
EVERYDAY = {word.lower() for words in WORDS["everyday"] for word in words}
ENDINGS = tuple(WORDS["endings"])
WORD = re.compile(r"t\(\d+;\d+\)|[A-Za-z0-9]+(?:(?:::|[-'’])[A-Za-z0-9]+)*")


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return kept_content(ROOT / "content").knowledge


@pytest.fixture(scope="module")
def catalogue(knowledge: Knowledge) -> Catalogue:
    engine = connect_memory()
    upgrade(engine)
    assert load_knowledge(engine, knowledge)
    assert not load_knowledge(engine, knowledge), "loading the same again changes nothing"
    return KnowledgeBase(engine).catalogue()


def candidates(entry: ContentEntry) -> Iterator[str]:
    """Words that look medical: by their form, their ending, or the list."""
    for sentence in entry.sentences:
        for place, word in enumerate(WORD.findall(sentence.text)):
            shaped = (
                len(re.findall(r"[A-Z]", word)) > 1
                or (re.search(r"\d", word) and re.search(r"[A-Za-z]", word))
                or (place > 0 and word[0].isupper())
            )
            if shaped or word.lower().endswith(ENDINGS):
                yield word
        lower = sentence.text.lower()
        yield from (word for word in WORDS["also"] if re.search(rf"(?<!\w){word}(?!\w)", lower))


def test_every_medical_word_is_in_the_glossary(knowledge: Knowledge, catalogue: Catalogue) -> None:
    known = {part for name in catalogue.glossary.by_name for part in name.split()}
    missing: dict[str, str] = {}
    for entry in knowledge.entries.values():
        for word in candidates(entry):
            if word.lower() not in EVERYDAY and not set(name_key(word).split()) <= known:
                missing.setdefault(word, entry.id)
    assert missing == {}


def test_every_answer_explains_its_words(catalogue: Catalogue) -> None:
    shown = 0
    for entry in catalogue.entries.values():
        for part in ("short", "more", "all"):
            reply = answer_reply(entry, catalogue, part=part, more_label="More")
            texts = [s["text"] for s in reply.fields["sentences"]]
            given = {item["term"] for item in reply.fields.get("terms", [])}
            for term in {u.term for t in texts for u in catalogue.glossary.uses_in(t)}:
                if not term.explain or term.entry == entry.id:
                    continue
                shown += 1
                assert term.term in given or is_explained(term.names, entry.title, texts), (
                    entry.id,
                    term.term,
                )
    assert shown > 300


def is_explained(names: tuple[str, ...], title: str, texts: list[str]) -> bool:
    """By parentheses at the word, or by a sentence that begins with it and says what it is."""
    any_name = "|".join(sorted((re.escape(name) for name in names), key=len, reverse=True))
    said = "\n".join((title, *texts))
    return any(
        re.search(pattern, said, re.IGNORECASE)
        for pattern in (
            rf"(?:{any_name}) \([^)]+\)",
            rf"\((?:{any_name})\)",
            rf"(?m)^(?:An? |The )?(?:{any_name})(?: \([^)]*\))? (?:means|is|are|stands?)\b",
        )
    )


def test_the_words_line(catalogue: Catalogue) -> None:
    reply = answer_reply(
        catalogue.entries["blinatumomab.who_gets_it"], catalogue, more_label="More"
    )
    assert [item["term"] for item in reply.fields["terms"]] == [
        "blinatumomab", "refractory", "B-cell ALL", "CD19", "remission", "MRD",
    ]  # fmt: skip
    last = reply.text.splitlines()[-1]
    assert last.startswith("Words: Refractory means that the leukemia did not respond")
    meanings = [item["means"] for item in reply.fields["terms"] if item["means"] in last]
    assert len(meanings) == 3, "the three least known of them, in the order of their use"


def test_meanings_are_easy_and_have_sources(knowledge: Knowledge, catalogue: Catalogue) -> None:
    terms = knowledge.glossary.terms.values()
    support = [term.id for term in terms if term.kind == "support"]
    assert len(support) <= len(terms) / 8, support
    for term in terms:
        meaning = catalogue.meanings[f"glossary.{term.id}"]
        assert bool(meaning.sources) == (term.kind == "medical"), term.id
    names = re.compile(
        "|".join(re.escape(n) for t in terms for n in sorted(t.names, key=len, reverse=True)),
        re.IGNORECASE,
    )
    assert reading_grade([term.means for term in terms], without=names) <= 6


def test_rates_are_pictured_where_people_ask_for_them(knowledge: Knowledge) -> None:
    """An answer to "how often" or "how long" that gives one rate has a picture of it. Where it
    gives one for children and one for adults, no picture: it would show only one of them."""
    for entry in knowledge.entries.values():
        if entry.topic in ("relapse_rates", "survival_outlook"):
            rates = any(" in 100" in sentence.text for sentence in entry.short)
            both = entry.id.endswith(".overview")
            assert (entry.figure is not None) == (rates and not both), entry.id
