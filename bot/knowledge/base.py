"""Reading the knowledge base: entries with their sentences, and each sentence with its sources."""

from __future__ import annotations

import datetime
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.database.compiled import Compiled
from bot.database.engine import reader
from bot.errors import KnowledgeBaseUnavailable
from bot.knowledge import tables
from bot.knowledge.glossary import Glossary, Term
from bot.logs import event_log

log = event_log(__name__)
WORDS_IN_TEXT = 3


@dataclass(frozen=True)
class Source:
    """Where a sentence was read. `url` and `date` only where the source shows them."""

    id: str
    title: str
    publisher: str
    url: str | None
    date: str | None


@dataclass(frozen=True)
class Sentence:
    """One sentence; `part` is short (said first) or more (said on "tell me more")."""

    text: str
    part: str
    facts: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    """One answer, as it stands in the database. `sources` are those of all its sentences.

    `checked_on`: when its facts were collected; once `reviewed`, when it was read again.
    """

    id: str
    topic: str
    audience: str
    title: str
    next: str | None
    figure: dict[str, Any] | None
    checked_on: datetime.date
    reviewed: bool
    content_hash: str
    sentences: tuple[Sentence, ...]
    sources: tuple[Source, ...]
    related: tuple[str, ...]
    questions: tuple[str, ...]
    about: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """All entries of one version of the content, read once and kept in memory."""

    version: str
    topics: dict[str, str]
    entries: dict[str, Entry]
    glossary: Glossary
    meanings: dict[str, Entry]

    def of_topic(self, topic: str) -> tuple[Entry, ...]:
        """The entries of a topic; none when the topic is unknown."""
        return tuple(entry for entry in self.entries.values() if entry.topic == topic)

    def answer(self, entry_id: str) -> Entry | None:
        """An entry, or the meaning of a word as an answer (`glossary.<term>`)."""
        return self.entries.get(entry_id) or self.meanings.get(entry_id)

    @cached_property
    def _entries_using(self) -> Counter[str]:
        """In how many entries each word of the glossary stands."""
        return Counter(
            term
            for entry in self.entries.values()
            for term in {u.term.id for s in entry.sentences for u in self.glossary.uses_in(s.text)}
        )

    def least_known(self, terms: tuple[Term, ...], most: int = WORDS_IN_TEXT) -> tuple[Term, ...]:
        """The rarest of these words, in the order given: a reader meets them least often."""
        rarest = sorted(terms, key=lambda term: (self._entries_using[term.id], term.id))[:most]
        return tuple(term for term in terms if term in rarest)


class KnowledgeBase:
    """Answers from SQL. Content that changes while the bot runs is seen at the next question."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = reader(engine)
        self._run = Compiled().run
        self._catalogue: Catalogue | None = None
        self._held: ContextVar[list[Catalogue] | None] = ContextVar("held", default=None)

    @contextmanager
    def one_version(self) -> Iterator[None]:
        """Within this block `catalogue` asks the database once, so that no answer is made of two
        versions."""
        before = self._held.set([])
        try:
            yield
        finally:
            self._held.reset(before)

    def catalogue(self) -> Catalogue:
        """Everything that can be said now. Raises KnowledgeBaseUnavailable."""
        held = self._held.get()
        if held:
            return held[0]
        newest = self._newest()
        if held is not None:
            held.append(newest)
        return newest

    def _newest(self) -> Catalogue:
        try:
            with self._reader.connect() as connection:
                version = self._run(connection, _VERSION).scalar()
            if self._catalogue is None or self._catalogue.version != version:
                with _snapshot(self._engine) as connection:
                    self._catalogue = _read(connection)
            return self._catalogue
        except SQLAlchemyError as error:
            log.error("knowledge_unavailable", reason=type(error).__name__)
            raise KnowledgeBaseUnavailable("reading the entries") from error


# Built once: it is asked for every answer.
_VERSION = select(tables.content_version.c.hash)


@contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """All that is read belongs to one version, also while another one is being loaded."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN")
        else:
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


def _read(connection: Connection) -> Catalogue:
    version = connection.scalar(_VERSION)
    if version is None:
        raise KnowledgeBaseUnavailable("it is empty; run `python -m bot.knowledge load`")
    topics = {row.id: row.label for row in connection.execute(select(tables.topics))}
    sources = {
        row.id: Source(row.id, row.title, row.publisher, row.url, row.date)
        for row in connection.execute(select(tables.sources))
    }
    lists: dict[tuple[str, str], list[str]] = defaultdict(list)
    ordered = select(tables.entry_lists).order_by(
        tables.entry_lists.c.entry, tables.entry_lists.c.list, tables.entry_lists.c.position
    )
    for row in connection.execute(ordered):
        lists[row.entry, row.list].append(row.value)
    sources_of = _grouped(connection, tables.fact_sources)
    sentences = _read_sentences(connection, sources_of)
    entries = {}
    for row in connection.execute(select(tables.entries).order_by(tables.entries.c.id)):
        said = tuple(sentences[row.id])
        used = dict.fromkeys(source for sentence in said for source in sentence.sources)
        entries[row.id] = Entry(
            id=row.id,
            topic=row.topic,
            audience=row.audience,
            title=row.title,
            next=row.next,
            figure=json.loads(row.figure) if row.figure else None,
            checked_on=row.checked_on,
            reviewed=row.reviewed,
            content_hash=row.content_hash,
            sentences=said,
            sources=tuple(sources[source] for source in used),
            related=tuple(lists[row.id, "related"]),
            questions=tuple(lists[row.id, "questions"]),
            about=tuple(lists[row.id, "about"]),
        )
    terms, meanings = _read_glossary(connection, sources, sources_of)
    return Catalogue(version, topics, entries, Glossary(terms), meanings)


def _read_glossary(
    connection: Connection, sources: dict[str, Source], sources_of: dict[str, list[str]]
) -> tuple[dict[str, Term], dict[str, Entry]]:
    names = _grouped(connection, tables.glossary_names)
    facts = _grouped(connection, tables.glossary_facts)
    terms, meanings = {}, {}
    for row in connection.execute(select(tables.glossary).order_by(tables.glossary.c.id)):
        terms[row.id] = Term(
            id=row.id,
            title=row.title,
            means=row.means,
            topic=row.topic,
            entry=row.entry,
            values=row._mapping["values"],
            explain=row.explain,
            bare=row.bare,
            names=tuple(names[row.id]),
        )
        used = tuple(dict.fromkeys(s for fact in facts[row.id] for s in sources_of[fact]))
        meanings[f"glossary.{row.id}"] = Entry(
            id=f"glossary.{row.id}",
            topic=row.topic,
            audience="any",
            title=row.title,
            next=None,
            figure=None,
            checked_on=row.checked_on,
            reviewed=False,
            content_hash=row.content_hash,
            sentences=(Sentence(row.means, "short", tuple(facts[row.id]), used),),
            sources=tuple(sources[source] for source in used),
            related=(row.topic,),
            questions=(),
            about=(),
        )
    return terms, meanings


def _grouped(connection: Connection, table: Any) -> dict[str, list[str]]:
    """The values of a list table (owner, position, value), by owner and in order."""
    owner, position, value = table.c
    grouped: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(select(owner, value).order_by(owner, position)):
        grouped[row[0]].append(row[1])
    return grouped


def _read_sentences(
    connection: Connection, sources_of_fact: dict[str, list[str]]
) -> dict[str, list[Sentence]]:
    links = tables.sentence_facts
    facts_of: dict[tuple[str, int], list[str]] = defaultdict(list)
    for row in connection.execute(
        select(links).order_by(links.c.entry, links.c.sentence, links.c.position)
    ):
        facts_of[row.entry, row.sentence].append(row.fact)
    sentences: dict[str, list[Sentence]] = defaultdict(list)
    for row in connection.execute(
        select(tables.sentences).order_by(tables.sentences.c.entry, tables.sentences.c.position)
    ):
        facts = tuple(facts_of[row.entry, row.position])
        used = dict.fromkeys(source for fact in facts for source in sources_of_fact[fact])
        sentences[row.entry].append(Sentence(row.text, row.part, facts, tuple(used)))
    return sentences
