"""Which events of a channel were taken up, over all processes on one database and over restarts.

No words are kept: the hash of an event's id and, until it is answered, whom to answer (sealed).
"""

from __future__ import annotations

import datetime
import secrets
from collections import OrderedDict
from collections.abc import Callable, Sequence
from threading import Lock

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from bot.database.engine import writing
from bot.errors import RecordsSealed
from bot.logs import event_log
from bot.records import tables as t
from bot.records.keys import hash_of
from bot.records.store import utc_now

log = event_log(__name__)
# Slack repeats an event for up to a day at most.
KEPT = datetime.timedelta(days=2)
# A process that did not say for so long that it is at work has died.
SILENT = datetime.timedelta(seconds=60)
REMEMBERED = 10_000


class SeenEvents:
    """Each event is taken once."""

    def __init__(self, engine: Engine, now: Callable[[], datetime.datetime] = utc_now) -> None:
        self._engine = engine
        self._now = now
        self._owner = secrets.token_hex(8)
        self._recent: OrderedDict[str, None] = OrderedDict()
        self._lock = Lock()
        self._since_clean = 0

    def take(self, keys: Sequence[str], *, answer_to: str | None) -> bool:
        """Is this event new? `keys` are all its names; one that is known makes it a repeat.

        With the database gone, what this process remembers decides: an event answered twice is
        better than one that is not answered.
        """
        hashes = [hash_of(key) for key in keys]
        if not self._is_new_here(hashes):
            return False
        now = self._now()
        rows = [
            {"key_hash": key, "owner": self._owner, "answer_to": None, "at": now} for key in hashes
        ]
        rows[0]["answer_to"] = answer_to
        try:
            with writing(self._engine) as connection:
                if self._is_time_to_clean():
                    connection.execute(
                        delete(t.channel_events).where(t.channel_events.c.at < now - KEPT)
                    )
                connection.execute(insert(t.channel_events), rows)
        except IntegrityError:
            return False
        except (SQLAlchemyError, RecordsSealed):
            log.error("events_not_noted")
        return True

    def done(self, keys: Sequence[str]) -> None:
        """The event was answered: whom to answer is forgotten."""
        self._write(
            update(t.channel_events)
            .where(t.channel_events.c.key_hash.in_([hash_of(key) for key in keys]))
            .values(answer_to=None)
        )

    def release(self, keys: Sequence[str]) -> None:
        """The event could not be answered: the next one of this name is new."""
        hashes = [hash_of(key) for key in keys]
        with self._lock:
            for key in hashes:
                self._recent.pop(key, None)
        self._write(delete(t.channel_events).where(t.channel_events.c.key_hash.in_(hashes)))

    def still_at_work(self) -> None:
        """Say, every few seconds, that this process will answer what it has taken."""
        events = t.channel_events.c
        self._write(
            update(t.channel_events)
            .where(events.owner == self._owner, events.answer_to.is_not(None))
            .values(at=self._now())
        )

    def abandoned(self) -> list[str]:
        """Whom a process that died has left without an answer; each is told by one process."""
        events = t.channel_events.c
        is_left = (
            events.answer_to.is_not(None)
            & (events.owner != self._owner)
            & (events.at < self._now() - SILENT)
        )
        left = []
        try:
            with writing(self._engine) as connection:
                rows = connection.execute(
                    select(events.key_hash, events.answer_to).where(is_left)
                ).all()
                for row in rows:
                    taken = connection.execute(
                        update(t.channel_events)
                        .where(events.key_hash == row.key_hash, is_left)
                        .values(answer_to=None)
                    )
                    left += [str(row.answer_to)] * taken.rowcount
        except (SQLAlchemyError, RecordsSealed):
            log.error("events_not_read")
        return list(dict.fromkeys(left))

    def _is_new_here(self, hashes: Sequence[str]) -> bool:
        with self._lock:
            if any(key in self._recent for key in hashes):
                return False
            self._recent.update(dict.fromkeys(hashes))
            while len(self._recent) > REMEMBERED:
                self._recent.popitem(last=False)
            return True

    def _is_time_to_clean(self) -> bool:
        self._since_clean = (self._since_clean + 1) % 100
        return self._since_clean == 1

    def _write(self, statement: object) -> None:
        try:
            with writing(self._engine) as connection:
                connection.execute(statement)
        except SQLAlchemyError:
            log.error("events_not_noted")
