"""Keys that open one thing once, for a short time: a conversation from another device or channel
(a resume code), or one file of its summary (a download link). Only their hashes are stored."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Mapping

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.engine import Connection

from bot.records import tables as t

CODE_LIFE = datetime.timedelta(minutes=15)
LINK_LIFE = datetime.timedelta(minutes=5)
RESUME = "resume"
# No 0 and O, 1, I and L, U and V: they are mixed up when read aloud or typed.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTWXYZ"
CODE_LENGTH = 8


def hash_of(secret: str) -> str:
    """What is stored of a token or key: with the database alone nobody can speak as a person."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def new_code() -> str:
    """A random resume code. It holds a digit, so that no code is a word ("headache")."""
    while True:
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        if any(letter.isdigit() for letter in code):
            return code


def plain_code(typed: str) -> str:
    """A resume code as it was given out: without the spaces and hyphens that people add."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def add_keys(
    connection: Connection,
    conversation: str,
    keys: Mapping[str, str],
    *,
    now: datetime.datetime,
    life: datetime.timedelta,
) -> None:
    """Store keys by what they open. Those that are too old are dropped; a new resume code takes
    the place of the one before."""
    columns = t.one_time_keys.c
    replaced = (columns.conversation == conversation) & (columns.opens == RESUME)
    connection.execute(
        delete(t.one_time_keys).where(
            or_(columns.expires_at <= now, replaced)
            if RESUME in keys
            else columns.expires_at <= now
        )
    )
    rows = [
        {
            "key_hash": hash_of(key),
            "conversation": conversation,
            "opens": opens,
            "expires_at": now + life,
        }
        for opens, key in keys.items()
    ]
    connection.execute(insert(t.one_time_keys), rows)


def key_opens(
    connection: Connection, key: str, *, opens: str, now: datetime.datetime
) -> str | None:
    """The conversation that this key opens. A clock that was set back makes no key good for days:
    one that ends later than any key could is not good."""
    columns = t.one_time_keys.c
    found = connection.scalar(
        select(columns.conversation).where(
            columns.key_hash == hash_of(key),
            columns.opens == opens,
            columns.expires_at > now,
            columns.expires_at <= now + 2 * CODE_LIFE,
        )
    )
    return str(found) if found is not None else None


def take_key(connection: Connection, key: str, *, opens: str, now: datetime.datetime) -> str | None:
    """The same; the key is used up. Of two that come at once, one gets it."""
    found = key_opens(connection, key, opens=opens, now=now)
    if found is None:
        return None
    is_meant = t.one_time_keys.c.key_hash == hash_of(key)
    taken = connection.execute(delete(t.one_time_keys).where(is_meant))
    return found if taken.rowcount == 1 else None
