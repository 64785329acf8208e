"""All rows of one conversation: to show, to move to another database, to delete."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.engine import Connection

from bot.records import tables as t
from bot.records.held import Rows

# Parents before children. red_flag_audit holds nothing of a conversation.
_BY_CONVERSATION: tuple[Table, ...] = (
    t.session_tokens,
    t.one_time_keys,
    t.channel_links,
    t.consents,
    t.turns,
    t.messages,
    t.offered_choices,
    t.trackers,
    t.interviews,
    t.raised_flags,
    t.feedback,
)

_HASHES = ("token_hash", "key_hash", "person")


def read_rows(connection: Connection, conversation: str) -> Rows:
    """Every row of the conversation, by table name."""
    found: Rows = {
        "conversations": _read(connection, t.conversations, t.conversations.c.id == conversation)
    }
    for table in _BY_CONVERSATION:
        found[table.name] = _read(connection, table, table.c.conversation == conversation)
    found["interview_answers"] = _read(connection, t.interview_answers, _answers_of(conversation))
    return found


def write_rows(connection: Connection, rows: Rows) -> None:
    """Write what `read_rows` gave into another database; numbers of rows are given anew."""
    for table in (t.conversations, *_BY_CONVERSATION, t.interview_answers):
        values = rows.get(table.name, [])
        if table in (t.consents, t.feedback, t.interview_answers):
            values = [{k: v for k, v in row.items() if k != "id"} for row in values]
        if values:
            connection.execute(insert(table), values)


def delete_rows(connection: Connection, conversation: str) -> None:
    """Leave nothing of the conversation in this database."""
    connection.execute(delete(t.interview_answers).where(_answers_of(conversation)))
    for table in reversed(_BY_CONVERSATION):
        connection.execute(delete(table).where(table.c.conversation == conversation))
    connection.execute(delete(t.conversations).where(t.conversations.c.id == conversation))


def as_json(rows: Rows) -> dict[str, Any]:
    """Rows for the person's own export: dates as text, without hashes of tokens."""
    return {
        table: [{k: _plain(v) for k, v in row.items() if k not in _HASHES} for row in values]
        for table, values in rows.items()
    }


def _answers_of(conversation: str) -> Any:
    mine = select(t.interviews.c.id).where(t.interviews.c.conversation == conversation)
    return t.interview_answers.c.interview.in_(mine)


def _read(connection: Connection, table: Table, condition: Any) -> list[dict[str, Any]]:
    # Redis keeps lists: of interviews the last one counts.
    by = (t.interviews.c.started_at,) if table is t.interviews else table.primary_key.columns
    ordered = select(table).where(condition).order_by(*by)
    return [dict(row._mapping) for row in connection.execute(ordered)]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime.datetime) else value
