"""People of a channel that names them (Slack): which conversation is theirs, and what they answered
when they were asked about the channel. Only keyed hashes of their names come here."""

from __future__ import annotations

import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection

from bot.records import tables as t


def link(connection: Connection, conversation: str, person: str, *, now: datetime.datetime) -> None:
    """From now on this conversation is the person's; earlier ones stay theirs to delete."""
    columns = t.channel_links.c
    connection.execute(
        delete(t.channel_links).where(
            columns.person == person, columns.conversation == conversation
        )
    )
    row = {"person": person, "conversation": conversation, "since": now}
    connection.execute(insert(t.channel_links), [row])


def linked(connection: Connection, person: str) -> list[tuple[datetime.datetime, str]]:
    """When each of the person's conversations here was linked, and its id."""
    columns = t.channel_links.c
    rows = connection.execute(
        select(columns.since, columns.conversation).where(columns.person == person)
    )
    return [(row.since, str(row.conversation)) for row in rows]


def set_consent(
    connection: Connection, person: str, *, given: bool, wording: str, now: datetime.datetime
) -> None:
    """Note the answer, so that it is asked for once."""
    forget_consent(connection, person)
    row = {"person": person, "given": given, "wording": wording, "at": now}
    connection.execute(insert(t.channel_consents), [row])


def consent_of(connection: Connection, person: str) -> bool | None:
    """What the person answered; None when they have not."""
    return connection.scalar(
        select(t.channel_consents.c.given).where(t.channel_consents.c.person == person)
    )


def forget_consent(connection: Connection, person: str) -> None:
    """Leave no answer."""
    connection.execute(delete(t.channel_consents).where(t.channel_consents.c.person == person))
