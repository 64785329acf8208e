"""Tables of what people said. The same tables exist twice: in the database (with consent) and in
this process's memory (without).

In the database, columns of the type Sealed are encrypted; docs/privacy.md says of each column why
it is, or why not.
"""

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
    UniqueConstraint,
)

from bot.database.engine import metadata
from bot.database.sealing import Sealed

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
# Whose conversation it is, on a channel that names people (people.py).
channel_links = Table(
    "channel_links",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("conversation", ForeignKey(CONVERSATION), primary_key=True, index=True),
    Column("since", DateTime, nullable=False),
)
# What such a person answered about this channel. No conversation: a "no" is remembered as well.
channel_consents = Table(
    "channel_consents",
    metadata,
    Column("person", String(64), primary_key=True),
    Column("given", Boolean, nullable=False),
    Column("wording", String(64), nullable=False),
    Column("at", DateTime, nullable=False),
)
# Events that were taken up (events.py). No words, no conversation.
channel_events = Table(
    "channel_events",
    metadata,
    Column("key_hash", String(64), primary_key=True),
    Column("owner", String(32), nullable=False),
    Column("answer_to", Sealed),
    Column("at", DateTime, nullable=False, index=True),
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
    Column("state", Sealed, nullable=False),
    UniqueConstraint("conversation", "message_id", name="uq_turns_message_id"),
)
messages = Table(
    "messages",
    metadata,
    Column("conversation", ForeignKey(CONVERSATION), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("turn", Integer, nullable=False),
    Column("body", Sealed, nullable=False),
    Column("at", DateTime, nullable=False),
)
Index("ix_messages_turn", messages.c.conversation, messages.c.turn)
offered_choices = Table(
    "offered_choices",
    metadata,
    Column("conversation", ForeignKey(CONVERSATION), primary_key=True),
    Column("value", String(120), primary_key=True),
    Column("label", Sealed, nullable=False),
)
trackers = Table(
    "trackers",
    metadata,
    Column("conversation", ForeignKey(CONVERSATION), primary_key=True),
    Column("body", Sealed, nullable=False),
    Column("audience", Sealed),
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
    Column("text", Sealed, nullable=False),
    Column("value", Sealed, nullable=False),
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
    Column("rule", Sealed, nullable=False),
    Column("signs", Sealed, nullable=False),
    Column("level", Sealed, nullable=False),
    Column("at", DateTime, nullable=False),
)
feedback = Table(
    "feedback",
    metadata,
    Column("id", NUMBER, primary_key=True),
    Column("conversation", ForeignKey(CONVERSATION), nullable=False, index=True),
    Column("message", String(64), nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("comment", Sealed),
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
# One row: a known word, sealed. Whether the keys of a process are the right ones (sealed_key.py).
records_key = Table(
    "records_key",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("proof", Sealed, nullable=False),
)
