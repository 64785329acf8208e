"""Tables of what people said. The same tables exist twice: in the database (with consent) and in
this process's memory (without)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.database.engine import metadata

CONVERSATION = "conversations.id"
# A million conversations a day use up 2^31 numbers in months. SQLite's own numbers are wide anyway.
NUMBER = BigInteger().with_variant(Integer, "sqlite")

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("token_hash", String(64), unique=True),
    Column("channel", String(20), nullable=False),
    Column("country", String(8)),
    Column("timezone", String(64)),
    Column("consent", Boolean),  # null: not asked or not answered yet
    Column("created_at", DateTime, nullable=False),
    Column("last_used_at", DateTime, nullable=False, index=True),
)
# Tokens besides the first: the same conversation on another device.
session_tokens = Table(
    "session_tokens",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("conversation", ForeignKey(CONVERSATION), nullable=False, index=True),
)
# Resume codes and download links (keys.py).
one_time_keys = Table(
    "one_time_keys",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("conversation", ForeignKey(CONVERSATION), nullable=False, index=True),
    Column("opens", String(20), nullable=False),
    Column("expires_at", DateTime, nullable=False, index=True),
)
consents = Table(
    "consents",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("conversation", ForeignKey(CONVERSATION), nullable=False, index=True),
    Column("given", Boolean, nullable=False),
    Column("wording", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
)
turns = Table(
    "turns",
    metadata,
    Column("conversation", ForeignKey(CONVERSATION), primary_key=True),
    Column("turn", Integer, primary_key=True),
    Column("message_id", String(64), nullable=False),
    Column("state", Text, nullable=False),
    UniqueConstraint("conversation", "message_id", name="uq_turns_message_id"),
)
messages = Table(
    "messages",
    metadata,
    Column("conversation", ForeignKey(CONVERSATION), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("turn", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("at", DateTime, nullable=False),
)
Index("ix_messages_turn", messages.c.conversation, messages.c.turn)
offered_choices = Table(
    "offered_choices",
    metadata,
    Column("conversation", ForeignKey(CONVERSATION), primary_key=True),
    Column("value", String(120), primary_key=True),
    Column("label", Text, nullable=False),
)
trackers = Table(
    "trackers",
    metadata,
    Column("conversation", ForeignKey(CONVERSATION), primary_key=True),
    Column("body", Text, nullable=False),
    Column("audience", String(20)),
    Column("interview", String(64)),
    Column("interview_active", Boolean, nullable=False),
)
interviews = Table(
    "interviews",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("conversation", ForeignKey(CONVERSATION), nullable=False, index=True),
    Column("started_at", DateTime, nullable=False),
)
interview_answers = Table(
    "interview_answers",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("interview", ForeignKey("interviews.id"), nullable=False, index=True),
    Column("link_id", String(60), nullable=False),
    Column("repeat", Integer, nullable=False),
    Column("message_id", String(64), nullable=False),
    Column("status", String(20), nullable=False),
    Column("text", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    UniqueConstraint(
        "interview", "link_id", "repeat", "message_id", name="uq_interview_answers_message"
    ),
)
raised_flags = Table(
    "raised_flags",
    metadata,
    Column("conversation", ForeignKey(CONVERSATION), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("rule", String(60), nullable=False),
    Column("signs", Text, nullable=False),
    Column("level", String(20), nullable=False),
    Column("at", DateTime, nullable=False),
)
feedback = Table(
    "feedback",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("conversation", ForeignKey(CONVERSATION), nullable=False, index=True),
    Column("message", String(64), nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("comment", Text),
    Column("at", DateTime, nullable=False),
)
# No conversation and no words: it stays when a conversation is deleted.
red_flag_audit = Table(
    "red_flag_audit",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("rule", String(60), nullable=False),
    Column("level", String(20), nullable=False),
    Column("channel", String(20), nullable=False),
    Column("at", DateTime, nullable=False),
)
