"""The medical content: sources, facts, topics, and the entries that answer.

An entry says nothing of its own: each medical sentence names the facts it rests on, and through
them its sources; each number in it stands in one of those facts, or is declared as derived from
one and recomputed here.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, root_validator, validator

from bot.content.figures import IconArray, figure_faults, rate_faults, spared_faults
from bot.content.files import (
    ContentModel,
    Problems,
    a_date,
    between,
    build,
    read_yaml,
    yaml_files,
)
from bot.content.glossary import Glossary, glossary_faults, read_glossary
from bot.content.numbers import numbers_in, plain_number

Audience = Literal["any", "child", "adult", "caregiver"]
AUDIENCES: tuple[Audience, ...] = ("any", "child", "adult", "caregiver")
ID_PATTERN = r"^[a-z][a-z0-9_]*$"


class Source(ContentModel):
    """A place where facts were read. `url` only where an address was seen."""

    title: str
    publisher: str
    url: str | None = None
    retrieved_from: str | None = None
    date: str | None = None
    doi: str | None = None
    pmid: str | None = None
    note: str | None = None

    @validator("date", "pmid", pre=True)
    def _as_text(cls, value: object) -> str | None:
        return None if value is None else str(value)

    @validator("url")
    def _web_address(cls, value: str | None) -> str | None:
        if value is not None and not re.match(r"https?://", value):
            raise ValueError("must begin with http:// or https://")
        return value


class Figure(ContentModel):
    """One number of a fact, as the source gives it."""

    value: float | int | str
    unit: str
    what: str
    population: str


class Fact(ContentModel):
    """One checked statement; material to write from, never shown as it is."""

    id: str
    topic: str
    audience: Audience
    statement: str
    numbers: tuple[Figure, ...] = ()
    sources: tuple[str, ...]
    caution: str | None = None
    sign: int | None = None
    needs_clinician: bool = False

    _some_sources = validator("sources", allow_reuse=True)(between(1))

    @validator("numbers", pre=True)
    def _no_figures(cls, value: object) -> object:
        return value or ()


class Topic(ContentModel):
    """One of the topics people ask about; `label` is what a button says, `thing` what "it" stands
    for after an answer ("how is it given?"); without it, the label.

    `without_figures`: the entry for people who do not want figures. `gentle`: they are asked first.
    `figures_in`: the topic whose entries hold its figures, where they are not its own.
    """

    id: str = Field(regex=ID_PATTERN, example="side_effects")
    label: str = Field(max_length=60)
    thing: str | None = None
    gentle: bool = False
    without_figures: str | None = None
    figures_in: str | None = None

    @root_validator(skip_on_failure=True)
    def _something_for_everybody(cls, values: dict[str, object]) -> dict[str, object]:
        if values["gentle"] and not values["without_figures"]:
            raise ValueError("a gentle topic needs `without_figures:`, an entry that holds no rate")
        return values


class Derived(ContentModel):
    """A figure put differently than its fact puts it: 12.7 percent said as "13 in 100"."""

    fact: str
    value: float
    say: str = Field(regex=r"^[1-9]\d* in [1-9][\d,]*$", example="13 in 100")


class Sentence(ContentModel):
    """One sentence of an answer. Without facts it is `kind: support` and says nothing medical."""

    text: str = Field(min_length=3)
    facts: tuple[str, ...] = ()
    kind: Literal["medical", "support"] = "medical"
    derived_from: tuple[Derived, ...] = ()

    @root_validator(skip_on_failure=True)
    def _traceable(cls, values: dict[str, object]) -> dict[str, object]:
        if values["kind"] == "medical" and not values["facts"]:
            raise ValueError(
                "a medical sentence needs `facts:` (so it has a source); "
                "if it says nothing medical, mark it `kind: support`"
            )
        return values


class Entry(ContentModel):
    """What is said about one question of one topic to one audience.

    `short` is said first, `more` on "tell me more", `next` is what to do next. `about` are the
    named things it is about (a drug, a test, a symptom): it is found by their names.
    """

    id: str = Field(regex=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", example="side_effects.hair")
    topic: str
    audience: Audience
    title: str = Field(max_length=90)
    about: tuple[str, ...] = ()
    short: tuple[Sentence, ...]
    more: tuple[Sentence, ...] = ()
    next: str | None = None
    figure: IconArray | None = None
    related: tuple[str, ...]
    questions: tuple[str, ...]
    checked_on: datetime.date
    reviewed_by: str | None = None
    reviewed_on: datetime.date | None = None

    _dates = validator("checked_on", "reviewed_on", pre=True, allow_reuse=True)(a_date)
    _short = validator("short", allow_reuse=True)(between(1, 5))
    _related = validator("related", allow_reuse=True)(between(2, 4))
    _questions = validator("questions", allow_reuse=True)(between(3))

    @property
    def file(self) -> str:
        """Where it stands below content/."""
        return f"entries/{self.id.replace('.', '/')}.yml"

    @property
    def dated(self) -> datetime.date:
        """The date an answer carries: of its signed re-reading, or of its facts."""
        return self.reviewed_on or self.checked_on

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All sentences in the order they are said."""
        return self.short + self.more


@dataclass(frozen=True)
class Knowledge:
    """Everything medical that the bot may say, keyed by id."""

    sources: dict[str, Source]
    facts: dict[str, Fact]
    topics: dict[str, Topic]
    entries: dict[str, Entry]
    glossary: Glossary = field(default_factory=Glossary)

    def sources_of(self, fact_ids: Iterable[str]) -> tuple[str, ...]:
        """Source ids of these facts, each once, in the order of the facts."""
        return tuple(dict.fromkeys(s for fact in fact_ids for s in self.facts[fact].sources))


def read_knowledge(root: Path, problems: Problems) -> Knowledge:
    """Read and check facts, sources, topics, entries and the glossary below content/."""
    sources, facts = _read_facts(root, problems)
    topics = _read_topics(root, problems)
    entries: dict[str, Entry] = {}
    for path in yaml_files(root / "entries"):
        file = str(path.relative_to(root))
        value = read_yaml(path, problems, root=root)
        item = value.get("id", "entry") if isinstance(value, dict) else "entry"
        entry = value and build(Entry, value, problems, file=file, item=str(item))
        if not entry:
            continue
        _check_place(entry, path, root, problems)
        if entry.id in entries:
            problems.add(file, entry.id, "id", "is used twice; give it another name")
        entries[entry.id] = entry
        for where, message in _entry_faults(entry, facts, topics):
            problems.add(file, entry.id, where, message)
    for topic, where, message in _topic_faults(topics, entries, root):
        problems.add("topics.yml", topic, where, message)
    glossary = read_glossary(root, problems)
    for item, where, message in glossary_faults(glossary, facts, topics, entries):
        problems.add("glossary.yml", item, where, message)
    return Knowledge(sources, facts, topics, entries, glossary)


def _topic_faults(
    topics: dict[str, Topic], entries: dict[str, Entry], root: Path
) -> Iterator[tuple[str, str, str]]:
    """Topic, field and message."""
    covered = {path.parent.name for path in yaml_files(root / "entries")}
    for topic in topics.values():
        if topic.id not in covered:
            yield topic.id, "id", f"has no entry; add entries/{topic.id}/<name>.yml"
        if topic.figures_in and topic.figures_in not in topics:
            yield topic.id, "figures_in", f"unknown topic {topic.figures_in!r}; correct it"
    for name, message in spared_faults(topics, entries):
        yield name, "without_figures", message


def _read_facts(root: Path, problems: Problems) -> tuple[dict[str, Source], dict[str, Fact]]:
    sources: dict[str, Source] = {}
    facts: dict[str, Fact] = {}
    places: dict[str, str] = {}
    for path in yaml_files(root / "facts"):
        file = str(path.relative_to(root))
        value = read_yaml(path, problems, root=root)
        if not isinstance(value, dict) or not isinstance(value.get("sources") or {}, dict):
            problems.add(
                file, "file", "-", "needs a block `sources:` and a list `facts:`; add them"
            )
            continue
        for key, raw in (value.get("sources") or {}).items():
            source = build(Source, raw, problems, file=file, item=str(key))
            if source is not None:
                sources[str(key)] = source
        for fact in _facts_of(value, file, problems):
            if fact.id in facts:
                problems.add(file, fact.id, "id", f"is used twice ({places[fact.id]}); rename it")
            facts[fact.id], places[fact.id] = fact, file
    for fact in facts.values():
        for source_id in fact.sources:
            if source_id not in sources:
                problems.add(
                    places[fact.id], fact.id, "sources", f"unknown source {source_id!r}; add it"
                )
    return sources, facts


def _facts_of(value: dict[str, Any], file: str, problems: Problems) -> Iterator[Fact]:
    for raw in _list(value, "facts", file, problems):
        item = str(raw.get("id", "fact")) if isinstance(raw, dict) else "fact"
        fact = build(Fact, raw, problems, file=file, item=item)
        if fact is not None:
            yield fact


def _read_topics(root: Path, problems: Problems) -> dict[str, Topic]:
    value = read_yaml(root / "topics.yml", problems, root=root)
    items = _list(value, "topics", "topics.yml", problems)
    topics: dict[str, Topic] = {}
    for raw in items:
        item = str(raw.get("id", "topic")) if isinstance(raw, dict) else "topic"
        topic = build(Topic, raw, problems, file="topics.yml", item=item)
        if topic is not None:
            topics[topic.id] = topic
    return topics


def _list(value: Any, key: str, file: str, problems: Problems) -> list[Any]:
    items = value.get(key) if isinstance(value, dict) else None
    if isinstance(items, list):
        return items
    problems.add(file, "file", key, f"must be a list; write `{key}:`, then each item after `- `")
    return []


def _check_place(entry: Entry, path: Path, root: Path, problems: Problems) -> None:
    topic, name = entry.id.split(".")
    file = str(path.relative_to(root))
    expected = f"entries/{topic}/{name}.yml"
    if file != expected:
        problems.add(
            file, entry.id, "id", f"an entry with this id belongs in {expected}; move or rename it"
        )
    if topic != entry.topic:
        problems.add(
            file,
            entry.id,
            "topic",
            f"is {entry.topic!r}, the id begins with {topic!r}; make them agree",
        )


def _entry_faults(
    entry: Entry, facts: dict[str, Fact], topics: dict[str, Topic]
) -> Iterable[tuple[str, str]]:
    if entry.topic not in topics:
        yield "topic", f"unknown topic {entry.topic!r}; the topics stand in topics.yml"
    for related in entry.related:
        if related not in topics or related == entry.topic:
            yield "related", f"{related!r} is not another topic; choose from topics.yml"
    for part in ("short", "more"):
        for number, sentence in enumerate(getattr(entry, part), start=1):
            for fault in _sentence_faults(sentence, facts):
                yield f"{part}[{number}]", fault
    yield from figure_faults(entry, facts)
    yield from rate_faults(entry)
    if entry.next and numbers_in(entry.next):
        yield "next", "holds a number; say it in a sentence that names its fact"
    if (entry.reviewed_by is None) != (entry.reviewed_on is None):
        yield (
            "reviewed_on",
            "is half a signature; give both reviewed_by and reviewed_on, or neither",
        )


def _sentence_faults(sentence: Sentence, facts: dict[str, Fact]) -> Iterable[str]:
    known = [facts[fact_id] for fact_id in sentence.facts if fact_id in facts]
    for fact_id in sentence.facts:
        if fact_id not in facts:
            yield f"unknown fact {fact_id!r}; fact ids stand in content/facts/"
    for derived in sentence.derived_from:
        if derived.fact not in sentence.facts:
            yield f"derived_from names {derived.fact!r}, not one of its facts; add it to facts"
        elif not _derivation_holds(derived, facts.get(derived.fact)):
            yield (
                f"derived_from: {derived.value:g} of {derived.fact} does not give "
                f"{derived.say!r}; correct it"
            )
    allowed = {number for fact in known for number in numbers_in(words_of(fact))}
    allowed |= {number for derived in sentence.derived_from for number in numbers_in(derived.say)}
    for number in numbers_in(sentence.text):
        if number not in allowed:
            yield (
                f"the number {number} does not stand in its facts; "
                "correct it, name the fact that holds it, or declare derived_from"
            )


def words_of(fact: Fact) -> str:
    """All that a fact says: statement, figures and caution."""
    figures = " ".join(f"{n.value} {n.unit} {n.what} {n.population}" for n in fact.numbers)
    return f"{fact.statement} {figures} {fact.caution or ''}"


def _derivation_holds(derived: Derived, fact: Fact | None) -> bool:
    """Is "13 in 100" what 12.7 percent gives, and does the fact hold 12.7?"""
    if fact is None or plain_number(f"{derived.value:g}") not in numbers_in(words_of(fact)):
        return False
    part, whole = (int(n.replace(",", "")) for n in derived.say.split(" in "))
    if part == 1 and whole < 100:
        return derived.value > 0 and round(100 / derived.value) == whole
    return abs(derived.value * whole / 100 - part) <= 0.5
