"""What people said: in memory until they agree to storing, then in the database.

Both places have the same tables, so every statement is written once and runs in the one that
holds the conversation.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import RecordsUnavailable, UnknownConversation
from bot.records import tables as t
from bot.records.keys import add_keys, hash_of, take_key
from bot.records.transfer import Rows, delete_rows, read_rows, write_rows

TOKEN_LIFE = datetime.timedelta(hours=24)
MEMORY_LIFE = datetime.timedelta(hours=1)

# A row of raised_flags that was a question, no card.
ASKED = "asked"


@dataclass(frozen=True)
class Conversation:
    """One conversation. `consent` is None until the person has answered."""

    id: str
    channel: str
    country: str | None
    timezone: str | None
    consent: bool | None


@dataclass(frozen=True)
class StoredTurn:
    """One message of a person and what was answered."""

    turn: int
    messages: list[dict[str, Any]]
    state: dict[str, Any]


@dataclass(frozen=True)
class TrackerRow:
    """Rasa's tracker as it was saved, and the slots that others ask for."""

    body: str
    audience: str | None
    interview: str | None
    interview_active: bool


@dataclass(frozen=True)
class RaisedFlag:
    """A care card that was shown."""

    rule: str
    signs: tuple[str, ...]
    level: str
    at: datetime.datetime


def utc_now() -> datetime.datetime:
    """Now in UTC, without a time zone, as the tables hold it."""
    return datetime.datetime.utcnow()


class Records:
    """Conversations and everything that belongs to them."""

    def __init__(
        self, durable: Engine, memory: Engine, now: Callable[[], datetime.datetime] = utc_now
    ) -> None:
        self._durable = durable
        self._memory = memory
        self._now = now

    # -- conversations ---------------------------------------------------------------------

    def open(
        self,
        conversation: str,
        *,
        channel: str,
        token: str | None = None,
        country: str | None = None,
        timezone: str | None = None,
    ) -> Conversation:
        """Begin a conversation in memory; old ones that nobody agreed to store are dropped."""
        now = self._now()
        with self._on(self._memory) as connection:
            self._drop_old(connection, now)
            row = {
                "id": conversation,
                "token_hash": hash_of(token) if token else None,
                "channel": channel,
                "country": country,
                "timezone": timezone,
                "created_at": now,
                "last_used_at": now,
            }
            connection.execute(insert(t.conversations), [row])
        return Conversation(conversation, channel, country, timezone, None)

    def by_token(self, token: str) -> Conversation:
        """The conversation of this token, if it was used in the last 24 hours."""
        hashed = hash_of(token)
        tokens = t.session_tokens.c
        further = select(tokens.conversation).where(tokens.token_hash == hashed)
        for engine, life in ((self._memory, MEMORY_LIFE), (self._durable, TOKEN_LIFE)):
            with self._on(engine) as connection:
                row = connection.execute(
                    select(t.conversations).where(
                        or_(
                            t.conversations.c.token_hash == hashed,
                            t.conversations.c.id.in_(further),
                        )
                    )
                ).first()
            if row is not None:
                if self._now() - row.last_used_at > life:
                    break
                return _conversation(row)
        raise UnknownConversation("this conversation is over or was deleted")

    def add_token(self, conversation: str, token: str) -> None:
        """Let a further session (another device) speak in this conversation."""
        with self._where(conversation) as connection:
            row = {"conversation": conversation, "token_hash": hash_of(token)}
            connection.execute(insert(t.session_tokens), [row])
        self.used(conversation)

    def used(self, conversation: str) -> None:
        """The conversation is used now: its life begins again."""
        with self._where(conversation) as connection:
            connection.execute(
                update(t.conversations)
                .where(t.conversations.c.id == conversation)
                .values(last_used_at=self._now())
            )

    def add_keys(
        self, conversation: str, keys: Mapping[str, str], *, life: datetime.timedelta
    ) -> datetime.datetime:
        """Store keys by what each opens once; when they expire (UTC). They are kept where the
        conversation is: in memory until the person agrees to storing."""
        now = self._now()
        with self._where(conversation) as connection:
            add_keys(connection, conversation, keys, now=now, life=life)
        return now + life

    def take_key(self, key: str, *, opens: str) -> Conversation | None:
        """The conversation that this key opens, once; None when it is unknown, used or too old."""
        for engine in (self._memory, self._durable):
            with self._on(engine) as connection:
                conversation = take_key(connection, key, opens=opens, now=self._now())
            if conversation is not None:
                return self.get(conversation)
        return None

    def get(self, conversation: str) -> Conversation | None:
        """The conversation with this id."""
        with self._where(conversation) as connection:
            row = connection.execute(
                select(t.conversations).where(t.conversations.c.id == conversation)
            ).first()
        return _conversation(row) if row is not None else None

    def set_consent(self, conversation: str, *, given: bool, wording: str) -> None:
        """Note the person's answer. After "yes" all of the conversation moves to the database;
        after a "no" that follows a "yes" it moves back to memory."""
        at = self._now()
        source, target = (self._memory, self._durable) if given else (self._durable, self._memory)
        with self._on(source) as connection:
            rows = read_rows(connection, conversation)
        if rows["conversations"]:
            with self._on(target) as connection:
                delete_rows(connection, conversation)
                write_rows(connection, rows)
            with self._on(source) as connection:
                delete_rows(connection, conversation)
        with self._where(conversation) as connection:
            connection.execute(
                update(t.conversations)
                .where(t.conversations.c.id == conversation)
                .values(consent=given, last_used_at=at)
            )
            consent = {"conversation": conversation, "given": given, "wording": wording, "at": at}
            connection.execute(insert(t.consents), [consent])

    def delete(self, conversation: str) -> None:
        """Leave nothing of this conversation anywhere."""
        for engine in (self._memory, self._durable):
            with self._on(engine) as connection:
                delete_rows(connection, conversation)

    def export(self, conversation: str) -> Rows:
        """Everything that is kept of this conversation."""
        with self._where(conversation) as connection:
            return read_rows(connection, conversation)

    # -- turns -----------------------------------------------------------------------------

    def turn_of(self, conversation: str, message_id: str) -> StoredTurn | None:
        """What was answered to the message with this id of the client, if it was seen before."""
        with self._where(conversation) as connection:
            row = connection.execute(
                select(t.turns).where(
                    t.turns.c.conversation == conversation, t.turns.c.message_id == message_id
                )
            ).first()
            if row is None:
                return None
            bodies = connection.scalars(
                select(t.messages.c.body)
                .where(t.messages.c.conversation == conversation, t.messages.c.turn == row.turn)
                .order_by(t.messages.c.seq)
            ).all()
        said = [json.loads(body) for body in bodies]
        replies = [message for message in said if message["type"] != "user"]
        return StoredTurn(row.turn, replies, json.loads(row.state))

    def add_turn(
        self,
        conversation: str,
        *,
        message_id: str,
        said: dict[str, Any] | None,
        replies: Sequence[dict[str, Any]],
        state: dict[str, Any],
        choices: dict[str, str],
    ) -> StoredTurn:
        """Write one turn: what was said, what was answered (given `id` and `seq` here), and the
        choices offered with it (value -> label)."""
        now = self._now()
        with self._where(conversation) as connection:
            turn = _next(connection, t.turns.c.turn, t.turns, conversation)
            seq = _next(connection, t.messages.c.seq, t.messages, conversation)
            bodies = ([said] if said else []) + list(replies)
            numbered = [
                {**body, "id": f"m{number}", "seq": number}
                for number, body in enumerate(bodies, start=seq)
            ]
            turn_row = {
                "conversation": conversation,
                "turn": turn,
                "message_id": message_id,
                "state": json.dumps(state),
            }
            connection.execute(insert(t.turns), [turn_row])
            connection.execute(
                insert(t.messages),
                [
                    {
                        "conversation": conversation,
                        "seq": body["seq"],
                        "turn": turn,
                        "body": json.dumps(body),
                        "at": now,
                    }
                    for body in numbered
                ],
            )
            _offer(connection, conversation, choices)
            connection.execute(
                update(t.conversations)
                .where(t.conversations.c.id == conversation)
                .values(last_used_at=now)
            )
        answered = [body for body in numbered if body["type"] != "user"]
        return StoredTurn(turn, answered, state)

    def history(self, conversation: str) -> list[dict[str, Any]]:
        """All messages of both sides, in order."""
        with self._where(conversation) as connection:
            bodies = connection.scalars(
                select(t.messages.c.body)
                .where(t.messages.c.conversation == conversation)
                .order_by(t.messages.c.seq)
            ).all()
        return [json.loads(body) for body in bodies]

    def last_reply(self, conversation: str) -> dict[str, Any] | None:
        """The last message of the bot."""
        with self._where(conversation) as connection:
            bodies = connection.scalars(
                select(t.messages.c.body)
                .where(t.messages.c.conversation == conversation)
                .order_by(t.messages.c.seq.desc())
                .limit(1)
            ).all()
        last: dict[str, Any] | None = json.loads(bodies[0]) if bodies else None
        return last if last and last["type"] != "user" else None

    def interview_of(self, conversation: str) -> str | None:
        """The interview that was begun last."""
        with self._where(conversation) as connection:
            found = connection.scalars(
                select(t.interviews.c.id)
                .where(t.interviews.c.conversation == conversation)
                .order_by(t.interviews.c.started_at.desc())
                .limit(1)
            ).first()
        return str(found) if found is not None else None

    def offered(self, conversation: str, value: str) -> str | None:
        """The label of a choice that this conversation was offered."""
        with self._where(conversation) as connection:
            label = connection.scalar(
                select(t.offered_choices.c.label).where(
                    t.offered_choices.c.conversation == conversation,
                    t.offered_choices.c.value == value,
                )
            )
        return str(label) if label is not None else None

    # -- red flags and feedback ------------------------------------------------------------

    def add_red_flag(
        self, conversation: str, *, rule: str, signs: Sequence[str], level: str, channel: str
    ) -> None:
        """Note a card for this conversation, and, without it, for the audit."""
        now = self._now()
        with self._where(conversation) as connection:
            flag = {
                "conversation": conversation,
                "seq": _next(connection, t.raised_flags.c.seq, t.raised_flags, conversation),
                "rule": rule,
                "signs": json.dumps(list(signs)),
                "level": level,
                "at": now,
            }
            connection.execute(insert(t.raised_flags), [flag])
        with self._on(self._durable) as connection:
            audit = {"rule": rule, "level": level, "channel": channel, "at": now}
            connection.execute(insert(t.red_flag_audit), [audit])

    def add_question(self, conversation: str, *, rule: str) -> None:
        """Note that the confirm line of this sign was asked. No alarm: nothing for the audit."""
        with self._where(conversation) as connection:
            asked = {
                "conversation": conversation,
                "seq": _next(connection, t.raised_flags.c.seq, t.raised_flags, conversation),
                "rule": rule,
                "signs": "[]",
                "level": ASKED,
                "at": self._now(),
            }
            connection.execute(insert(t.raised_flags), [asked])

    def signs_asked(self, conversation: str) -> set[str]:
        """The signs whose confirm line was asked in this conversation."""
        with self._where(conversation) as connection:
            rules = connection.scalars(
                select(t.raised_flags.c.rule)
                .where(t.raised_flags.c.conversation == conversation)
                .where(t.raised_flags.c.level == ASKED)
            )
            return {str(rule) for rule in rules}

    def red_flags(self, conversation: str) -> list[RaisedFlag]:
        """The cards shown in this conversation, oldest first."""
        with self._where(conversation) as connection:
            rows = connection.execute(
                select(t.raised_flags)
                .where(t.raised_flags.c.conversation == conversation)
                .where(t.raised_flags.c.level != ASKED)
                .order_by(t.raised_flags.c.seq)
            ).all()
        return [RaisedFlag(r.rule, tuple(json.loads(r.signs)), r.level, r.at) for r in rows]

    def add_feedback(
        self, conversation: str, *, message: str, helpful: bool, comment: str | None
    ) -> None:
        """Note whether a message helped; a later word on it takes the place of this one."""
        row = {
            "conversation": conversation,
            "message": message,
            "helpful": helpful,
            "comment": comment,
            "at": self._now(),
        }
        with self._where(conversation) as connection:
            connection.execute(insert(t.feedback), [row])

    # -- Rasa's tracker --------------------------------------------------------------------

    def tracker(self, conversation: str) -> TrackerRow | None:
        """Rasa's tracker as it was saved last."""
        with self._where(conversation) as connection:
            row = connection.execute(
                select(t.trackers).where(t.trackers.c.conversation == conversation)
            ).first()
        if row is None:
            return None
        return TrackerRow(row.body, row.audience, row.interview, row.interview_active)

    def save_tracker(self, conversation: str, row: TrackerRow) -> None:
        """Keep Rasa's tracker; a conversation begun elsewhere (`rasa shell`) is opened."""
        if self.get(conversation) is None:
            self.open(conversation, channel="cmdline")
        values = {
            "body": row.body,
            "audience": row.audience,
            "interview": row.interview,
            "interview_active": row.interview_active,
        }
        with self._where(conversation) as connection:
            changed = connection.execute(
                update(t.trackers).where(t.trackers.c.conversation == conversation).values(**values)
            )
            if not changed.rowcount:
                connection.execute(insert(t.trackers), [{"conversation": conversation, **values}])

    # -- interviews ------------------------------------------------------------------------

    def answers(self, interview: str, *, conversation: str) -> list[dict[str, Any]]:
        """The answers of an interview, in the order they were given."""
        with self._where(conversation) as connection:
            rows = connection.execute(
                select(t.interview_answers)
                .where(t.interview_answers.c.interview == interview)
                .order_by(t.interview_answers.c.id)
            ).all()
        return [
            {
                "link_id": row.link_id,
                "repeat": row.repeat,
                "message_id": row.message_id,
                "status": row.status,
                "text": row.text,
                "value": json.loads(row.value),
            }
            for row in rows
        ]

    def add_answers(
        self, interview: str, answers: Sequence[dict[str, Any]], *, conversation: str
    ) -> None:
        """Write answers; those of a message that was written before change nothing."""
        now = self._now()
        columns = t.interview_answers.c
        with self._where(conversation) as connection:
            known = connection.scalar(
                select(t.interviews.c.id).where(t.interviews.c.id == interview)
            )
            if known is None:
                begun = {"id": interview, "conversation": conversation, "started_at": now}
                connection.execute(insert(t.interviews), [begun])
            seen = {
                (row.link_id, row.repeat, row.message_id)
                for row in connection.execute(
                    select(columns.link_id, columns.repeat, columns.message_id).where(
                        columns.interview == interview
                    )
                )
            }
            rows = [
                {**a, "value": json.dumps(a["value"]), "interview": interview, "at": now}
                for a in answers
                if (a["link_id"], a["repeat"], a["message_id"]) not in seen
            ]
            if rows:
                connection.execute(insert(t.interview_answers), rows)

    # -- which database --------------------------------------------------------------------

    @contextmanager
    def _where(self, conversation: str) -> Iterator[Connection]:
        """A transaction in the database that holds this conversation."""
        with self._on(self._memory) as connection:
            here = connection.scalar(
                select(t.conversations.c.id).where(t.conversations.c.id == conversation)
            )
            if here is not None:
                yield connection
                return
        with self._on(self._durable) as connection:
            yield connection

    @contextmanager
    def _on(self, engine: Engine) -> Iterator[Connection]:
        try:
            with engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise RecordsUnavailable("reading or writing a conversation") from error

    def _drop_old(self, connection: Connection, now: datetime.datetime) -> None:
        old = connection.scalars(
            select(t.conversations.c.id).where(t.conversations.c.last_used_at < now - MEMORY_LIFE)
        ).all()
        for conversation in old:
            delete_rows(connection, conversation)


def _conversation(row: Any) -> Conversation:
    return Conversation(row.id, row.channel, row.country, row.timezone, row.consent)


def _next(connection: Connection, column: Any, table: Any, conversation: str) -> int:
    last = connection.scalar(select(func.max(column)).where(table.c.conversation == conversation))
    return int(last or 0) + 1


def _offer(connection: Connection, conversation: str, choices: dict[str, str]) -> None:
    if not choices:
        return
    known = set(
        connection.scalars(
            select(t.offered_choices.c.value).where(
                t.offered_choices.c.conversation == conversation,
                t.offered_choices.c.value.in_(list(choices)),
            )
        )
    )
    new = [
        {"conversation": conversation, "value": value, "label": label}
        for value, label in choices.items()
        if value not in known
    ]
    if new:
        connection.execute(insert(t.offered_choices), new)
