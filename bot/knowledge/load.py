"""content/ -> SQL. Loading is all or nothing, and does nothing when the content has not changed."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Engine

from bot.content.glossary import Glossary, Term
from bot.content.knowledge import Entry, Knowledge
from bot.database.engine import alone
from bot.knowledge import tables

_LOADED = (
    tables.glossary_facts,
    tables.glossary_names,
    tables.glossary,
    tables.sentence_facts,
    tables.sentences,
    tables.entry_lists,
    tables.entries,
    tables.fact_sources,
    tables.facts,
    tables.sources,
    tables.topics,
    tables.content_version,
)


def content_hash(knowledge: Knowledge) -> str:
    """A fingerprint of everything that is loaded."""
    digest = hashlib.sha256()
    for part in (knowledge.sources, knowledge.facts, knowledge.topics, knowledge.entries):
        for item_id, item in part.items():
            digest.update(f"{item_id}={item.json()}\n".encode())
    glossary = knowledge.glossary
    digest.update(f"{glossary.title}={glossary.checked_on}\n".encode())
    for term in glossary.terms.values():
        digest.update(f"{term.json()}\n".encode())
    return digest.hexdigest()


def load_knowledge(engine: Engine, knowledge: Knowledge) -> bool:
    """Make the database hold exactly this content. False when it did already."""
    version = content_hash(knowledge)
    with engine.begin() as connection:
        alone(connection)
        if connection.scalar(select(tables.content_version.c.hash)) == version:
            return False
        for table in _LOADED:
            connection.execute(delete(table))
        _insert_all(connection, knowledge)
        connection.execute(insert(tables.content_version), [{"hash": version}])
    return True


def _insert_all(connection: Connection, knowledge: Knowledge) -> None:
    rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in reversed(_LOADED)}
    rows[tables.topics] = [{"id": t.id, "label": t.label} for t in knowledge.topics.values()]
    rows[tables.sources] = [
        {"id": k, **s.dict(include={"title", "publisher", "url", "date"})}
        for k, s in knowledge.sources.items()
    ]
    for fact in knowledge.facts.values():
        rows[tables.facts].append(
            fact.dict(include={"id", "topic", "audience", "statement", "caution"})
        )
        rows[tables.fact_sources] += [
            {"fact": fact.id, "position": n, "source": s} for n, s in enumerate(fact.sources)
        ]
    for entry in knowledge.entries.values():
        _add_entry(rows, entry)
    for term in knowledge.glossary.terms.values():
        _add_term(rows, term, knowledge.glossary)
    for table, values in rows.items():
        if values:
            connection.execute(insert(table), values)


def _add_entry(rows: dict[Any, list[dict[str, Any]]], entry: Entry) -> None:
    rows[tables.entries].append(
        {
            **entry.dict(include={"id", "topic", "audience", "title", "next"}),
            "checked_on": entry.dated,
            "figure": entry.figure.json() if entry.figure else None,
            "reviewed": entry.reviewed_by is not None,
            "content_hash": hashlib.sha256(entry.json().encode()).hexdigest(),
        }
    )
    for name in ("related", "questions", "about"):
        rows[tables.entry_lists] += [
            {"entry": entry.id, "list": name, "position": n, "value": value}
            for n, value in enumerate(getattr(entry, name))
        ]
    parts = ["short"] * len(entry.short) + ["more"] * len(entry.more)
    for position, (part, sentence) in enumerate(zip(parts, entry.sentences, strict=True)):
        rows[tables.sentences].append(
            {"entry": entry.id, "position": position, "part": part, "text": sentence.text}
        )
        rows[tables.sentence_facts] += [
            {"entry": entry.id, "sentence": position, "position": n, "fact": fact}
            for n, fact in enumerate(sentence.facts)
        ]


def _add_term(rows: dict[Any, list[dict[str, Any]]], term: Term, glossary: Glossary) -> None:
    rows[tables.glossary].append(
        {
            **term.dict(include={"id", "means", "topic", "entry", "values", "explain", "bare"}),
            "title": glossary.title.format(term=term.term),
            "checked_on": glossary.checked_on,
            "content_hash": hashlib.sha256(term.json().encode()).hexdigest(),
        }
    )
    rows[tables.glossary_names] += [
        {"term": term.id, "position": n, "name": name} for n, name in enumerate(term.names)
    ]
    rows[tables.glossary_facts] += [
        {"term": term.id, "position": n, "fact": fact} for n, fact in enumerate(term.facts)
    ]
