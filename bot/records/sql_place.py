"""Conversations in SQL: in the database (with consent), or in a private one in memory (without)."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    DateTime,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.database.compiled import Compiled
from bot.database.engine import leave_no_trace, reader, writing
from bot.errors import RecordsUnavailable
from bot.logs import event_log
from bot.records import people
from bot.records import tables as t
from bot.records.held import (
    FLAGS_READ,
    Changes,
    Row,
    Rows,
    Stored,
    StoredTurn,
    TrackerRow,
    conversation_of,
)
from bot.records.keys import RESUME, add_keys, key_opens, take_key
from bot.records.places import Found
from bot.records.transfer import delete_rows, read_rows, write_rows

log = event_log(__name__)


class SqlPlace:
    """See bot.records.places.Place."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = reader(engine)
        dialect = {"sqlite": sqlite, "postgresql": postgresql}[engine.dialect.name]
        self._offer = dialect.insert(t.offered_choices).on_conflict_do_nothing()
        self._put_tracker = _replacing(dialect.insert(t.trackers), "conversation")
        self._run = Compiled().run

    def check(self) -> None:
        """One statement."""
        with self._reading() as connection:
            connection.execute(select(1))

    def by_token(self, token_hash: str) -> Found | None:
        """One statement."""
        with self._reading() as connection:
            row = self._run(connection, _BY_TOKEN, {"token": token_hash}).mappings().first()
        return Found(conversation_of(row), row["last_used_at"]) if row is not None else None

    def load(
        self, conversation: str, *, message_id: str | None = None, choice: str | None = None
    ) -> Stored | None:
        """One statement over indexes; one more where there are care cards, and one where there is
        an interview."""
        with self._reading() as connection:
            of_it = {"of": conversation}
            asked = {**of_it, "message_id": message_id, "choice": choice}
            row = self._run(connection, _STATE, asked).mappings().first()
            if row is None:
                return None
            seen = row["seen_turn"]
            flags, answers = [], []
            if row["has_flags"]:
                flags = self._run(connection, _FLAGS, of_it).mappings().all()
            if row["has_interview"]:
                answers = self._run(connection, _LAST_INTERVIEW, of_it).mappings().all()
            return Stored(
                conversation=conversation_of(row),
                last_turn=row["last_turn"] or 0,
                last_seq=row["last_seq"] or 0,
                last_message=json.loads(row["last_message"]) if row["last_message"] else None,
                seen=_turn(connection, conversation, seen) if seen is not None else None,
                label=row["label"],
                tracker=_tracker(row),
                flags=[dict(flag) for flag in reversed(flags)],
                interview=answers[0]["begun"] if answers else None,
                answers=[dict(a) for a in answers if a["id"] is not None],
            )

    def answers(self, conversation: str, interview: str) -> list[Row] | None:
        """Rows of one interview."""
        with self._reading() as connection:
            rows = connection.execute(_ANSWERS, {"interview": interview}).mappings().all()
        return [dict(row) for row in rows if row["id"] is not None] if rows else None

    def messages(self, conversation: str) -> list[str]:
        """All bodies."""
        with self._reading() as connection:
            return list(
                connection.scalars(
                    select(t.messages.c.body)
                    .where(t.messages.c.conversation == conversation)
                    .order_by(t.messages.c.seq)
                )
            )

    def write(self, conversation: str, changes: Changes) -> None:
        """One transaction."""
        with self._writing() as connection:
            for message in changes.replaced_feedback:
                connection.execute(
                    delete(t.feedback).where(
                        t.feedback.c.conversation == conversation, t.feedback.c.message == message
                    )
                )
            for table, adding in _ADDING.items():
                if rows := changes.rows.get(table):
                    self._run(connection, adding, rows)
            if offered := changes.rows.get(t.offered_choices.name):
                self._run(connection, self._offer, offered)
            if changes.tracker is not None:
                self._save_tracker(connection, conversation, changes.tracker)
            self._run(connection, _USED, {"of": conversation, "at": changes.at})

    def _save_tracker(self, connection: Connection, conversation: str, row: TrackerRow) -> None:
        self._run(connection, self._put_tracker, {"conversation": conversation, **vars(row)})

    def read_all(self, conversation: str) -> Rows:
        """Every row."""
        with self._reading() as connection:
            return read_rows(connection, conversation)

    def put(self, rows: Rows) -> None:
        """One transaction."""
        with self._writing() as connection:
            delete_rows(connection, rows["conversations"][0]["id"])
            write_rows(connection, rows)

    def set_consent(self, conversation: str, row: Row) -> None:
        """One transaction."""
        with self._writing() as connection:
            connection.execute(
                update(t.conversations)
                .where(t.conversations.c.id == conversation)
                .values(consent=row["given"], last_used_at=row["at"])
            )
            connection.execute(insert(t.consents), [row])

    def delete(self, conversation: str) -> None:
        """One transaction."""
        with self._writing() as connection:
            delete_rows(connection, conversation)
        leave_no_trace(self._engine)

    def add_keys(
        self,
        conversation: str,
        keys: Mapping[str, str],
        *,
        now: datetime.datetime,
        life: datetime.timedelta,
    ) -> None:
        """One transaction."""
        with self._writing() as connection:
            add_keys(connection, conversation, keys, now=now, life=life)

    def take_key(self, key: str, *, opens: str, now: datetime.datetime) -> str | None:
        """One transaction."""
        with self._writing() as connection:
            return take_key(connection, key, opens=opens, now=now)

    def key_opens(self, key: str, *, opens: str, now: datetime.datetime) -> str | None:
        """One statement."""
        with self._reading() as connection:
            return key_opens(connection, key, opens=opens, now=now)

    def redeem(
        self,
        conversation: str,
        code: str,
        *,
        token_hash: str,
        link: tuple[str, datetime.datetime] | None,
        now: datetime.datetime,
    ) -> bool:
        """One transaction."""
        with self._writing() as connection:
            if take_key(connection, code, opens=RESUME, now=now) != conversation:
                return False
            row = {"conversation": conversation, "token_hash": token_hash}
            connection.execute(insert(t.session_tokens), [row])
            if link is not None:
                people.link(connection, conversation, link[0], now=link[1])
            connection.execute(_USED, {"of": conversation, "at": now})
            return True

    def link(self, conversation: str, person: str, *, now: datetime.datetime) -> None:
        """One transaction."""
        with self._writing() as connection:
            people.link(connection, conversation, person, now=now)

    def linked(self, person: str) -> list[tuple[datetime.datetime, str]]:
        """One statement."""
        with self._reading() as connection:
            return people.linked(connection, person)

    def set_channel_consent(
        self, person: str, *, given: bool, wording: str, now: datetime.datetime
    ) -> None:
        """What a person answered about the channel. No conversation: a "no" is kept as well."""
        with self._writing() as connection:
            people.set_consent(connection, person, given=given, wording=wording, now=now)

    def channel_consent(self, person: str) -> bool | None:
        """None when the person has not answered."""
        with self._reading() as connection:
            return people.consent_of(connection, person)

    def forget_channel_consent(self, person: str) -> None:
        """Leave no answer."""
        with self._writing() as connection:
            people.forget_consent(connection, person)

    def drop_old(self, before: datetime.datetime) -> None:
        """One transaction."""
        with self._writing() as connection:
            old = connection.scalars(
                select(t.conversations.c.id).where(t.conversations.c.last_used_at < before)
            ).all()
            for conversation in old:
                delete_rows(connection, conversation)

    def add_audit(self, rows: list[Row]) -> None:
        """Rows of the red-flag audit: without a conversation, so they need no consent."""
        with self._writing() as connection:
            connection.execute(insert(t.red_flag_audit), rows)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction."""
        with _told(), writing(self._engine) as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Without a transaction: in a turn the conversation's lock keeps others from writing."""
        with _told(), self._reader.connect() as connection:
            yield connection


@contextmanager
def _told() -> Iterator[None]:
    """A failure of the database is logged, and raised as RecordsUnavailable."""
    try:
        yield
    except SQLAlchemyError as error:
        log.error("database_failed", reason=type(error).__name__)
        raise RecordsUnavailable("reading or writing a conversation") from error


# Statements of every turn are built once: building one costs more than running it.
_OF = bindparam("of")
# Parents before children.
_ADDING = {
    table.name: insert(table)
    for table in (t.turns, t.messages, t.raised_flags, t.interviews, t.interview_answers,
                  t.feedback, t.red_flag_audit)
}  # fmt: skip


def _replacing(adding: Any, key: str) -> Any:
    """An upsert of all columns."""
    others = {c.name: c for c in adding.excluded if c.name != key}
    return adding.on_conflict_do_update(index_elements=[key], set_=others)


def _by_token() -> Any:
    """Each half of the union has an index of its own; an OR over both would have none."""
    c, tokens, token = t.conversations.c, t.session_tokens.c, bindparam("token")
    first = select(t.conversations).where(c.token_hash == token)
    further = (
        select(t.conversations)
        .join(t.session_tokens, tokens.conversation == c.id)
        .where(tokens.token_hash == token)
    )
    return union_all(first, further)


def _state() -> Any:
    """The conversation with its tracker, its last numbers and message, and what was asked for."""
    turns, messages, offered = t.turns.c, t.messages.c, t.offered_choices.c
    last_turn = select(func.max(turns.turn)).where(turns.conversation == _OF)
    last_seq = select(func.max(messages.seq)).where(messages.conversation == _OF)
    last_message = (
        select(messages.body)
        .where(messages.conversation == _OF)
        .order_by(messages.seq.desc())
        .limit(1)
    )
    seen = select(turns.turn).where(
        turns.conversation == _OF, turns.message_id == bindparam("message_id")
    )
    label = select(offered.label).where(
        offered.conversation == _OF, offered.value == bindparam("choice")
    )
    return (
        select(
            t.conversations,
            t.trackers.c.body,
            t.trackers.c.audience,
            t.trackers.c.interview,
            t.trackers.c.interview_active,
            last_turn.scalar_subquery().label("last_turn"),
            last_seq.scalar_subquery().label("last_seq"),
            last_message.scalar_subquery().label("last_message"),
            seen.scalar_subquery().label("seen_turn"),
            label.scalar_subquery().label("label"),
            exists().where(t.raised_flags.c.conversation == _OF).label("has_flags"),
            exists().where(t.interviews.c.conversation == _OF).label("has_interview"),
        )
        .outerjoin(t.trackers, t.trackers.c.conversation == t.conversations.c.id)
        .where(t.conversations.c.id == _OF)
    )


def _with_answers(interview: Any) -> Any:
    """The answers of an interview; one row without an answer when it has none yet."""
    return (
        select(t.interviews.c.id.label("begun"), t.interview_answers)
        .outerjoin(t.interview_answers, t.interview_answers.c.interview == t.interviews.c.id)
        .where(t.interviews.c.id == interview)
        .order_by(t.interview_answers.c.id)
    )


def _last_interview() -> Any:
    """The one that the tracker is in; the clock tells only where there is none yet."""
    begun = t.interviews.c
    of_tracker = select(t.trackers.c.interview).where(t.trackers.c.conversation == _OF)
    mine = select(begun.id).where(begun.conversation == _OF)
    current = mine.where(begun.id == of_tracker.scalar_subquery()).scalar_subquery()
    last = mine.order_by(begun.started_at.desc()).limit(1).scalar_subquery()
    return _with_answers(func.coalesce(current, last))


_BY_TOKEN = _by_token()
_STATE = _state()
_FLAGS = (
    select(t.raised_flags)
    .where(t.raised_flags.c.conversation == _OF)
    .order_by(t.raised_flags.c.seq.desc())
    .limit(FLAGS_READ)
)
_OF_TURN = (
    select(t.messages.c.body)
    .where(t.messages.c.conversation == _OF, t.messages.c.turn == bindparam("turn"))
    .order_by(t.messages.c.seq)
)
_STATE_OF_TURN = select(t.turns.c.state).where(
    t.turns.c.conversation == _OF, t.turns.c.turn == bindparam("turn")
)
_ANSWERS = _with_answers(bindparam("interview"))
_LAST_INTERVIEW = _last_interview()
# A clock that was set back ends no session when it is put right.
_AT = bindparam("at", type_=DateTime)
_LAST_USED = t.conversations.c.last_used_at
_USED = (
    update(t.conversations)
    .where(t.conversations.c.id == _OF)
    .values(last_used_at=case((_LAST_USED > _AT, _LAST_USED), else_=_AT))
)


def _tracker(row: Mapping[str, Any]) -> TrackerRow | None:
    if row["body"] is None:
        return None
    return TrackerRow(row["body"], row["audience"], row["interview"], row["interview_active"])


def _turn(connection: Connection, conversation: str, turn: int) -> StoredTurn:
    of_it = {"of": conversation, "turn": turn}
    state = connection.scalar(_STATE_OF_TURN, of_it)
    said = [json.loads(body) for body in connection.scalars(_OF_TURN, of_it)]
    replies = [message for message in said if message["type"] != "user"]
    return StoredTurn(turn, replies, json.loads(state))
