"""What people said: in memory until they agree to storing, then in the database.

Two places hold conversations: a short-lived one (this process's memory, or Redis when there are
several processes) and the database. What is read and written in a turn is in bot.records.held.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Engine

from bot.errors import RecordsUnavailable, UnknownConversation
from bot.records.held import (
    ASKED,
    Conversation,
    Held,
    RaisedFlag,
    Rows,
    StoredTurn,
    TrackerRow,
)
from bot.records.keys import hash_of
from bot.records.places import Found, Place
from bot.records.sql_place import SqlPlace
from bot.records.tables import red_flag_audit

__all__ = ["Conversation", "RaisedFlag", "Records", "StoredTurn", "TrackerRow"]

TOKEN_LIFE = datetime.timedelta(hours=24)
MEMORY_LIFE = datetime.timedelta(hours=1)
REMEMBERED = 10_000


def utc_now() -> datetime.datetime:
    """Now in UTC, without a time zone, as the tables hold it."""
    return datetime.datetime.utcnow()


@dataclass
class Turn:
    """A turn that is being answered: where its conversation is, and what is held of it."""

    place: Place
    held: Held
    has_failed: bool = False
    is_over: bool = False


class Records:
    """Conversations and everything that belongs to them.

    Between `begin_turn` and `end_turn` a conversation is held in memory: reading costs nothing, and
    `add_turn` writes all that came before it as one. This holds for the task that began the turn
    and for those that it starts; one of them that goes on after the end can write nothing more.
    Outside a turn each call reads and writes by itself.
    """

    def __init__(
        self,
        durable: Engine,
        short_lived: Engine | Place,
        now: Callable[[], datetime.datetime] = utc_now,
    ) -> None:
        self._durable = SqlPlace(durable)
        self._memory: Place = (
            SqlPlace(short_lived) if isinstance(short_lived, Engine) else short_lived
        )
        self._now = now
        self._turn: ContextVar[Turn | None] = ContextVar("turn", default=None)
        # Where a conversation or token was found last: asked first, so that a turn asks one place.
        self._found_in: dict[str, Place] = {}
        self._tokens: dict[str, Found] = {}

    def check(self) -> None:
        """Raises RecordsUnavailable when one of the places does not answer."""
        for place in (self._durable, self._memory):
            place.check()

    # -- turns -----------------------------------------------------------------------------

    def read_turn(self, conversation: str, message_id: str, choice: str | None = None) -> Turn:
        """Read all that a turn needs. The caller holds the conversation's lock."""
        return Turn(*self._load(conversation, message_id, choice))

    def enter_turn(self, turn: Turn) -> None:
        """From here on the caller's task, and those that it starts, work in this turn."""
        self._turn.set(turn)

    def begin_turn(self, conversation: str, message_id: str, choice: str | None = None) -> None:
        """Read a turn and enter it."""
        self.enter_turn(self.read_turn(conversation, message_id, choice))

    def end_turn(self) -> None:
        """Forget what was held; what `add_turn` has not written is dropped."""
        turn = self._turn.get()
        if turn is not None:
            turn.is_over = True
        self._turn.set(None)

    def fail_turn(self) -> None:
        """A part of the turn could not be done: what is said of it is not the whole answer."""
        turn = self._turn.get()
        if turn is not None:
            turn.has_failed = True

    @property
    def has_turn_failed(self) -> bool:
        """Could a part of the turn not be done?"""
        turn = self._turn.get()
        return turn is not None and turn.has_failed

    def _turn_of(self, conversation: str) -> Turn | None:
        """The turn that the caller works in. Raises RecordsUnavailable when it is over."""
        turn = self._turn.get()
        if turn is None or turn.held.conversation.id != conversation:
            return None
        if turn.is_over:
            raise RecordsUnavailable("this turn is over")
        return turn

    def _loaded(self, conversation: str) -> tuple[Place, Held]:
        turn = self._turn_of(conversation)
        return (turn.place, turn.held) if turn else self._load(conversation)

    def turn_of(self, conversation: str, message_id: str) -> StoredTurn | None:
        """What was answered to the message with this id of the client, if it was seen before."""
        turn = self._turn_of(conversation)
        if turn is not None and message_id == turn.held.message_id:
            return turn.held.seen
        return self._load(conversation, message_id)[1].seen

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
        choices offered with it (value -> label). All that was held before is written with it."""
        place, held = self._loaded(conversation)
        turn = held.add_turn(
            message_id=message_id, said=said, replies=replies, state=state, choices=choices
        )
        self._write(place, held)
        return turn

    def _load(
        self, conversation: str, message_id: str | None = None, choice: str | None = None
    ) -> tuple[Place, Held]:
        """Where a conversation is, and what it holds. Raises UnknownConversation."""
        for place in self._places_of(conversation):
            stored = place.load(conversation, message_id=message_id, choice=choice)
            if stored is not None and place is not (home := self._belongs(stored.conversation)):
                self._move(conversation, place, home)
                place, stored = home, home.load(conversation, message_id=message_id, choice=choice)
            if stored is not None:
                self._remember(conversation, place)
                read_more = _reader(place, conversation)
                return place, Held(stored, self._now(), read_more, message_id, choice)
        raise UnknownConversation("this conversation is over or was deleted")

    def is_in_turn(self, conversation: str) -> bool:
        """Is it held in memory, so that reading it reads no database?"""
        return self._turn_of(conversation) is not None

    def _places_of(self, name: str) -> tuple[Place, Place]:
        """Both places, the likelier one first; `name`: of a conversation, or a hash of a token."""
        first = self._found_in.get(name, self._memory)
        return (first, self._durable if first is self._memory else self._memory)

    def _remember(self, name: str, place: Place) -> None:
        if len(self._found_in) >= REMEMBERED:
            self._found_in.clear()
            self._tokens.clear()
        self._found_in[name] = place

    @contextmanager
    def _changing(self, conversation: str) -> Iterator[Held]:
        """A conversation to change: at once, or, in a turn, when `add_turn` writes."""
        place, held = self._loaded(conversation)
        yield held
        if self._turn_of(conversation) is None:
            self._write(place, held)

    def _write(self, place: Place, held: Held) -> None:
        changes = held.take_changes()
        audit = changes.rows.get(red_flag_audit.name)
        if audit and place is not self._durable:
            # It holds nothing of the conversation, so it needs no consent.
            self._durable.add_audit(changes.rows.pop(red_flag_audit.name))
        place.write(held.conversation.id, changes)

    def _read(self, conversation: str) -> Held:
        return self._loaded(conversation)[1]

    def _place_of(self, conversation: str) -> Place:
        return self._loaded(conversation)[0]

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
        """Begin a conversation that is not stored; old ones that nobody agreed to are dropped."""
        now = self._now()
        self.drop_forgotten()
        row = {
            "id": conversation,
            "token_hash": hash_of(token) if token else None,
            "channel": channel,
            "country": country,
            "timezone": timezone,
            "consent": None,
            "created_at": now,
            "last_used_at": now,
        }
        self._memory.put({"conversations": [row]})
        return Conversation(conversation, channel, country, timezone, None)

    def drop_forgotten(self) -> None:
        """Forget conversations that nobody agreed to store and nobody used for an hour."""
        self._memory.drop_old(self._now() - MEMORY_LIFE)

    def known(self, token: str) -> Conversation | None:
        """What `by_token` read in the last 24 hours, without reading; only of conversations in the
        database. Since then it may have been deleted: the turn that reads it finds that out."""
        found = self._tokens.get(hash_of(token))
        if found is None or self._now() - found.last_used_at > TOKEN_LIFE:
            return None
        return found.conversation

    def by_token(self, token: str) -> Conversation:
        """The conversation of this token, if it was used in the last 24 hours."""
        hashed = hash_of(token)
        for place in self._places_of(hashed):
            found = place.by_token(hashed)
            if found is not None:
                life = MEMORY_LIFE if place is self._memory else TOKEN_LIFE
                if self._now() - found.last_used_at > life:
                    break
                self._remember(hashed, place)
                self._remember(found.conversation.id, place)
                if place is self._durable:
                    self._tokens[hashed] = found
                return found.conversation
        raise UnknownConversation("this conversation is over or was deleted")

    def used(self, conversation: str) -> None:
        """The conversation is used now: its life begins again."""
        with self._changing(conversation):
            pass  # whatever is written carries the time

    def add_keys(
        self, conversation: str, keys: Mapping[str, str], *, life: datetime.timedelta
    ) -> datetime.datetime:
        """Store keys by what each opens once; when they expire (UTC). They are kept where the
        conversation is."""
        now = self._now()
        self._place_of(conversation).add_keys(conversation, keys, now=now, life=life)
        return now + life

    def take_key(self, key: str, *, opens: str) -> Conversation | None:
        """The conversation that this key opens, once; None when it is unknown, used or too old."""
        for place in (self._memory, self._durable):
            conversation = place.take_key(key, opens=opens, now=self._now())
            if conversation is not None:
                return self.get(conversation)
        return None

    def opened_by(self, key: str, *, opens: str) -> Conversation | None:
        """The conversation that this key would open now; the key stays good."""
        for place in (self._memory, self._durable):
            conversation = place.key_opens(key, opens=opens, now=self._now())
            if conversation is not None:
                return self.get(conversation)
        return None

    def redeem(self, conversation: str, code: str, *, token: str, person: str | None) -> bool:
        """Use up a resume code of this conversation: this token, and on a channel that names people
        this person, may speak in it from now on. False when somebody else was faster."""
        since = None if person is None else (person, self._since(person))
        return self._place_of(conversation).redeem(
            conversation, code, token_hash=hash_of(token), link=since, now=self._now()
        )

    def get(self, conversation: str) -> Conversation | None:
        """The conversation with this id."""
        try:
            return self._read(conversation).conversation
        except UnknownConversation:
            return None

    def set_consent(self, conversation: str, *, given: bool, wording: str) -> None:
        """Note the person's answer, and move the conversation to where it belongs then.

        A crash in between leaves the answer where the conversation is found first, and the next
        one that finds it there moves it.
        """
        row = {"conversation": conversation, "given": given, "wording": wording, "at": self._now()}
        turn = self._turn_of(conversation)
        place, held = self._loaded(conversation)
        if held.conversation.consent is given:  # the same message, sent again after a crash
            return
        place.set_consent(conversation, row)
        place, held = self._load(conversation)
        if turn is not None:
            turn.place, turn.held = place, held

    def _belongs(self, conversation: Conversation) -> Place:
        """In the database only with consent."""
        return self._durable if conversation.consent else self._memory

    def _move(self, conversation: str, source: Place, target: Place) -> None:
        """What is in both places by then was moved as a whole, and may have gone on since."""
        if target.load(conversation) is None:
            target.put(source.read_all(conversation))
        source.delete(conversation)

    def delete(self, conversation: str) -> None:
        """Leave nothing of this conversation anywhere."""
        turn = self._turn_of(conversation)
        if turn is not None:
            turn.is_over = True
        self._found_in.pop(conversation, None)
        for token, found in list(self._tokens.items()):  # other threads add to it meanwhile
            if found.conversation.id == conversation:
                self._tokens.pop(token, None)
        for place in (self._memory, self._durable):
            place.delete(conversation)

    def export(self, conversation: str) -> Rows:
        """Everything that is kept of this conversation."""
        return self._place_of(conversation).read_all(conversation)

    def history(self, conversation: str) -> list[dict[str, Any]]:
        """All messages of both sides, in order."""
        return [json.loads(body) for body in self._place_of(conversation).messages(conversation)]

    def last_reply(self, conversation: str) -> dict[str, Any] | None:
        """The last message of the bot."""
        return self._read(conversation).last_reply()

    def interview_of(self, conversation: str) -> str | None:
        """The interview that was begun last."""
        return self._read(conversation).interview

    def offered(self, conversation: str, value: str) -> str | None:
        """The label of a choice that this conversation was offered."""
        turn = self._turn_of(conversation)
        if turn is not None and value == turn.held.choice:
            return turn.held.label
        return self._load(conversation, choice=value)[1].label

    # -- people of channels that name them ---------------------------------------------------

    def link(self, conversation: str, person: str) -> None:
        """From now on this conversation is the one of this person (a keyed hash)."""
        self._place_of(conversation).link(conversation, person, now=self._since(person))

    def _since(self, person: str) -> datetime.datetime:
        """Now, and in any case later than the person's other links: a clock may be set back."""
        linked = [at for place in (self._memory, self._durable) for at, _ in place.linked(person)]
        return max([self._now(), *(at + datetime.timedelta(seconds=1) for at in linked)])

    def conversation_of(self, person: str) -> Conversation | None:
        """The conversation that this person began or resumed last; None when there is none."""
        self.drop_forgotten()
        found = [link for place in (self._memory, self._durable) for link in place.linked(person)]
        return self.get(max(found)[1]) if found else None

    def set_channel_consent(self, person: str, *, given: bool, wording: str) -> None:
        """Note what the person answered about the channel."""
        self._durable.set_channel_consent(person, given=given, wording=wording, now=self._now())

    def channel_consent(self, person: str) -> bool | None:
        """What the person answered about the channel; None when they have not."""
        return self._durable.channel_consent(person)

    def forget(self, person: str) -> None:
        """Leave nothing of this person: no conversation, no answer about the channel."""
        for place in (self._memory, self._durable):
            for _, conversation in place.linked(person):
                place.delete(conversation)
        self._durable.forget_channel_consent(person)

    # -- red flags and feedback ------------------------------------------------------------

    def add_red_flag(
        self, conversation: str, *, rule: str, signs: Sequence[str], level: str, channel: str
    ) -> None:
        """Note a card for this conversation, and, without it, for the audit."""
        with self._changing(conversation) as held:
            held.add_flag(rule=rule, signs=signs, level=level)
            audit = {"rule": rule, "level": level, "channel": channel, "at": self._now()}
            held.changes.add(red_flag_audit.name, [audit])

    def add_question(self, conversation: str, *, rule: str) -> None:
        """Note that the confirm line of this sign was asked. No alarm: nothing for the audit."""
        with self._changing(conversation) as held:
            held.add_flag(rule=rule, signs=(), level=ASKED)

    def signs_asked(self, conversation: str) -> set[str]:
        """The signs whose confirm line was asked in this conversation."""
        return self._read(conversation).signs_asked()

    def red_flags(self, conversation: str) -> list[RaisedFlag]:
        """The cards shown in this conversation, oldest first; the last ones (FLAGS_READ)."""
        return self._read(conversation).red_flags()

    def add_feedback(
        self, conversation: str, *, message: str, helpful: bool, comment: str | None
    ) -> None:
        """Note whether a message helped; the last word of the person counts."""
        row = {
            "conversation": conversation,
            "message": message,
            "helpful": helpful,
            "comment": comment,
            "at": self._now(),
        }
        with self._changing(conversation) as held:
            held.changes.replaced_feedback.append(message)
            held.changes.add("feedback", [row])

    # -- Rasa's tracker --------------------------------------------------------------------

    def tracker(self, conversation: str) -> TrackerRow | None:
        """Rasa's tracker as it was saved last."""
        try:
            return self._read(conversation).tracker
        except UnknownConversation:
            return None

    def save_tracker(
        self, conversation: str, row: TrackerRow, *, channel: str | None = None
    ) -> None:
        """Keep Rasa's tracker; a conversation begun elsewhere (`rasa shell`) is opened."""
        if channel == "cmdline" and self.get(conversation) is None:
            self.open(conversation, channel=channel)
        with self._changing(conversation) as held:
            held.save_tracker(row)

    # -- interviews ------------------------------------------------------------------------

    def answers(self, interview: str, *, conversation: str) -> list[dict[str, Any]]:
        """The answers of an interview, in the order they were given; `on`: the day (UTC)."""
        return self._read(conversation).answers(interview)

    def add_answers(
        self, interview: str, answers: Sequence[dict[str, Any]], *, conversation: str
    ) -> None:
        """Write answers; those of a message that was written before change nothing."""
        with self._changing(conversation) as held:
            held.add_answers(interview, answers)


def _reader(place: Place, conversation: str) -> Callable[[str], list[dict[str, Any]] | None]:
    return lambda interview: place.answers(conversation, interview)
