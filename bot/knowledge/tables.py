"""Tables of the knowledge base; filled from content/, never edited by hand."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, String, Table, Text

from bot.database.engine import metadata

content_version = Table(
    "content_version",
    metadata,
    Column("hash", String(64), primary_key=True),
)
topics = Table(
    "topics",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("label", String(60), nullable=False),
)
sources = Table(
    "sources",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("title", Text, nullable=False),
    Column("publisher", Text, nullable=False),
    Column("url", Text),
    Column("date", Text),
)
facts = Table(
    "facts",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("topic", String(60), nullable=False),
    Column("audience", String(20), nullable=False),
    Column("statement", Text, nullable=False),
    Column("caution", Text),
)
fact_sources = Table(
    "fact_sources",
    metadata,
    Column("fact", ForeignKey("facts.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("source", ForeignKey("sources.id"), nullable=False),
)
entries = Table(
    "entries",
    metadata,
    Column("id", String(120), primary_key=True),
    Column("topic", ForeignKey("topics.id"), nullable=False, index=True),
    Column("audience", String(20), nullable=False),
    Column("title", Text, nullable=False),
    Column("next", Text),
    Column("figure", Text),
    Column("checked_on", Date, nullable=False),
    Column("reviewed", Boolean, nullable=False),
    Column("content_hash", String(64), nullable=False),
)
entry_lists = Table(
    "entry_lists",
    metadata,
    Column("entry", ForeignKey("entries.id"), primary_key=True),
    # related (topic ids), questions (examples), about (named things)
    Column("list", String(20), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("value", Text, nullable=False),
)
sentences = Table(
    "sentences",
    metadata,
    Column("entry", ForeignKey("entries.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("part", String(10), nullable=False),
    Column("text", Text, nullable=False),
)
sentence_facts = Table(
    "sentence_facts",
    metadata,
    Column("entry", String(120), primary_key=True),
    Column("sentence", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("fact", ForeignKey("facts.id"), nullable=False, index=True),
)
glossary = Table(
    "glossary",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("title", Text, nullable=False),
    Column("means", Text, nullable=False),
    Column("topic", ForeignKey("topics.id"), nullable=False),
    Column("entry", ForeignKey("entries.id")),
    Column("values", ForeignKey("entries.id")),
    Column("explain", Boolean, nullable=False),
    Column("bare", Boolean, nullable=False),
    Column("checked_on", Date, nullable=False),
    Column("content_hash", String(64), nullable=False),
)
glossary_names = Table(
    "glossary_names",
    metadata,
    Column("term", ForeignKey("glossary.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", String(120), nullable=False),
)
glossary_facts = Table(
    "glossary_facts",
    metadata,
    Column("term", ForeignKey("glossary.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("fact", ForeignKey("facts.id"), nullable=False),
)
