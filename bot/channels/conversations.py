"""One turn, whatever the channel: consent, red flags first, Rasa, and what is kept of it.

The order makes the care card independent of everything behind it: the text is screened before
Rasa is called, and when Rasa fails, says nothing or takes too long, the card comes from here.
"""

from __future__ import annotations

import asyncio
import contextvars
import datetime
import secrets
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from bot.channels.care_cards import CareCards, with_open_question
from bot.channels.choices import (
    CONSENT_CHOICES,
    DELETE_CHOICES,
    EXPORT_CHOICE,
    choices_in,
)
from bot.channels.rasa_turn import (
    CARD_WITHIN_S,
    READ_CHARACTERS,
    Handler,
    RasaTurns,
)
from bot.channels.said import Said
from bot.channels.screening import Heard, Screened, Screening
from bot.channels.summary_links import with_links
from bot.dialogue.own_words import own_reply
from bot.dialogue.visit_summary import local_date
from bot.errors import BotError, RecordsUnavailable, UnknownConversation, place_of
from bot.interview.answers import Answer
from bot.interview.recall import stale_answers
from bot.interview.script import pending
from bot.logs import event_log
from bot.metrics import count_interview, count_turn, outcome_of, sessions
from bot.rasa_parts.shared_locks import conversation_locks
from bot.records.keys import CODE_LIFE, RESUME, hash_of, new_code, plain_code
from bot.records.store import TOKEN_LIFE, Conversation, StoredTurn, utc_now
from bot.rendering.reply import Reply, ReplyType
from bot.runtime import Runtime
from bot.triage.raising import Finding

log = event_log(__name__)
T = TypeVar("T")
# So many characters are screened at once, more in a thread. Not in one that reads the database:
# when that hangs, so do its threads.
SHORT = 500
_READERS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="screening")
# A turn whose database hangs is answered so long after the time that Rasa has.
MORE_TIME_S = 5.0


@dataclass(frozen=True)
class Opened:
    """A new conversation."""

    conversation: Conversation
    token: str
    expires_at: datetime.datetime
    messages: list[dict[str, Any]]


class UnknownChoice(BotError):
    """A choice that this conversation was not offered."""


class Conversations:
    """The conversations of one channel."""

    def __init__(
        self,
        channel: str,
        parts: Runtime,
        handler: Handler,
        *,
        menu: Collection[str] = (),
    ) -> None:
        """`menu`: choices that the channel itself offers at any time."""
        self._channel = channel
        self._menu = menu
        self._parts = parts
        self._records = parts.records
        self._screening = Screening(parts)
        self._rasa = RasaTurns(channel, parts, handler)
        self._cards = CareCards(channel, parts)
        self._locks = conversation_locks(parts.records, parts.settings)
        self._running: set[asyncio.Task[Any]] = set()

    async def open(
        self,
        *,
        start: str | None = None,
        timezone: str | None = None,
        country: str | None = None,
        person: str | None = None,
    ) -> Opened:
        """Begin a conversation with a greeting and the question of consent; `start` is a choice
        that is taken at once. `person`: whose it is, where the channel names people (a keyed
        hash); they are asked for consent once, not in each conversation."""
        token = secrets.token_urlsafe(32)
        conversation = await asyncio.to_thread(
            self._records.open,
            secrets.token_hex(16),
            channel=self._channel,
            token=token,
            timezone=timezone,
            country=country or self._parts.settings.default_country,
        )
        sessions.labels(self._channel).inc()
        replies = [self._own("greeting")]
        agreed = await asyncio.to_thread(self._agreed, conversation, person)
        if agreed is None:
            replies.append(self._own("consent", "notice"))
        first = await self._keep(
            conversation, "session", None, [r.as_json() for r in replies], _no_state()
        )
        if person is not None:  # last: whose conversation is found was greeted and asked
            await asyncio.to_thread(self._records.link, conversation.id, person)
        messages = list(first.messages)
        if start:
            turn = await self.say(conversation, Said("start", choice=start))
            messages += turn.messages
        return Opened(conversation, token, utc_now() + TOKEN_LIFE, messages)

    async def of_person(self, person: str) -> tuple[Conversation, list[dict[str, Any]]]:
        """The conversation of somebody whom the channel names; when it is a new one, also what
        it begins with."""
        found = await asyncio.to_thread(self._records.conversation_of, person)
        if found is not None:
            return found, []
        opened = await self.open(person=person)
        return opened.conversation, opened.messages

    def _agreed(self, conversation: Conversation, person: str | None) -> bool | None:
        """What the person of a new conversation answered about consent before."""
        if person is None:
            return None
        agreed = self._records.channel_consent(person)
        if agreed:
            self._records.set_consent(conversation.id, given=True, wording=self._wording())
        return agreed

    async def resume(self, code: str, *, person: str | None = None) -> Opened | None:
        """Go on with the conversation that gave out this code, from another device or channel:
        at the pending question, or with its summary. None when the code is not good.

        The code is used up last, together with the new token and link: whatever fails before, it
        can be given again, and then the same is said.
        """
        key = plain_code(code)
        conversation = await asyncio.to_thread(self._records.opened_by, key, opens=RESUME)
        if conversation is None:
            return None
        choice = await asyncio.to_thread(self._going_on, conversation)
        message_id = f"resume-{hash_of(key)[:16]}"
        messages = list((await self._continued(conversation, message_id, choice)).messages)
        if choice:
            turn = await self.say(conversation, Said(f"{message_id}-2", choice=choice))
            messages += turn.messages
        token = secrets.token_urlsafe(32)
        is_good = await asyncio.to_thread(
            self._records.redeem, conversation.id, key, token=token, person=person
        )
        return Opened(conversation, token, utc_now() + TOKEN_LIFE, messages) if is_good else None

    async def _continued(
        self, conversation: Conversation, message_id: str, choice: str | None
    ) -> StoredTurn:
        """Say, once, that the conversation goes on here."""
        labels = self._parts.content.texts.labels
        reply = own_reply("continued", self._parts, "notice").as_json()
        async with self._locks.hold(conversation.id):
            seen = await asyncio.to_thread(self._records.turn_of, conversation.id, message_id)
            if seen is not None:
                return seen
            return await asyncio.to_thread(
                self._records.add_turn,
                conversation.id,
                message_id=message_id,
                said=None,
                replies=[reply],
                state=_no_state(),
                choices={choice: labels[choice]} if choice else {},
            )

    async def code(self, conversation: Conversation) -> tuple[str, datetime.datetime]:
        """A new code for `resume`, and until when it is good (UTC)."""
        code = new_code()
        until = await asyncio.to_thread(
            self._records.add_keys, conversation.id, {RESUME: code}, life=CODE_LIFE
        )
        return code, until

    async def state(
        self, conversation: Conversation, messages: Sequence[dict[str, Any]]
    ) -> dict[str, Any]:
        """Where the conversation stands after these messages of both sides."""
        said = [n for n, message in enumerate(messages) if message["type"] == "user"]
        replies = list(messages[said[-1] + 1 if said else 0 :])
        return await asyncio.to_thread(self._state, conversation, replies)

    def _going_on(self, conversation: Conversation) -> str | None:
        """The choice that leads on: to the pending question, or to the summary."""
        interview = self._records.interview_of(conversation.id)
        if interview is None:
            return None
        rows = self._records.answers(interview, conversation=conversation.id)
        answers = [Answer(**row) for row in rows]
        script, today = self._parts.content.interview, local_date(conversation.timezone)
        is_over = bool(answers) and pending(script, answers) is None
        is_over = is_over and not stale_answers(script, answers, today=today, message_id="")
        return "show_summary" if is_over else "resume_interview"

    async def delete(self, conversation: Conversation) -> None:
        """Leave nothing of it, once a turn that is being written is done."""
        async with self._locks.hold(conversation.id):
            await asyncio.to_thread(self._records.delete, conversation.id)

    async def say(self, conversation: Conversation, said: Said) -> StoredTurn:
        """Answer one message. The same id again gives the same reply and changes nothing.

        Raises UnknownChoice, UnknownConversation when it was deleted, and nothing else: any other
        fault is answered by an error message. A client that hangs up does not stop the turn. A
        message that raises an emergency by itself gets its card in time, whatever it waits for.
        """
        begun = time.perf_counter()
        turn = await self._answered_in_time(conversation, said)
        took = time.perf_counter() - begun
        count_turn(self._channel, turn.messages, took, is_repeat=turn.is_repeat)
        outcome = outcome_of(turn.messages)
        log.info("turn", channel=self._channel, outcome=outcome, took_ms=round(took * 1000, 1))
        return turn

    async def _answered_in_time(self, conversation: Conversation, said: Said) -> StoredTurn:
        reading = asyncio.ensure_future(self._heard(said.text))
        turn = asyncio.ensure_future(self._locked_turn(conversation, said, reading))
        self._running.add(turn)
        turn.add_done_callback(self._running.discard)
        heard = await asyncio.shield(reading)  # the turn needs it, also when the client hangs up
        limit = self._parts.settings.turn_timeout_s + MORE_TIME_S
        await asyncio.wait({turn}, timeout=limit if heard.alone.level is None else CARD_WITHIN_S)
        return turn.result() if turn.done() else self._failed(conversation, heard.alone)

    async def _heard(self, text: str) -> Heard:
        """A text as read by itself; a long one is read aside, so that nobody waits for it."""
        return await _read(text, self._screening.hear, text)

    async def _locked_turn(
        self, conversation: Conversation, said: Said, reading: Awaitable[Heard]
    ) -> StoredTurn:
        """`reading`: of the text by itself."""
        try:
            async with self._locks.hold(conversation.id):
                return await self._held_turn(conversation, said, reading)
        except (UnknownChoice, UnknownConversation):
            raise
        except Exception as error:  # noqa: BLE001 - whoever wrote is told, whatever went wrong
            log.error("turn_failed", reason=type(error).__name__, at=place_of(error))
            return self._failed(conversation, (await reading).alone)

    async def _held_turn(
        self, conversation: Conversation, said: Said, reading: Awaitable[Heard]
    ) -> StoredTurn:
        """The turn with all that it reads in memory; what it writes is written at its end."""
        read = self._records.read_turn
        turn = await asyncio.to_thread(read, conversation.id, said.id, said.choice)
        self._records.enter_turn(turn)
        try:
            before = self._records.turn_of(conversation.id, said.id)
            if before is not None:
                return replace(before, is_repeat=True)
            return await self._turn(conversation, said, await reading)
        finally:
            self._records.end_turn()

    async def _turn(self, conversation: Conversation, said: Said, heard: Heard) -> StoredTurn:
        text = said.text
        if said.choice is not None:
            label = await asyncio.to_thread(self._label_of, conversation, said)
            if said.choice in CONSENT_CHOICES:
                return await self._consent(conversation, said, label)
            if said.choice in DELETE_CHOICES:
                return await self._delete(conversation, said, label)
            if said.choice == EXPORT_CHOICE:
                return await self._export(conversation, said, label)
            text = label
        screened = await _read(text, self._screening.screen, conversation, said, text, heard)
        finding = screened.finding
        try:
            return await self._answer(conversation, said, text, screened)
        except BotError as error:
            # What was found is known by now, also when it took the confirm line to know it.
            log.error("turn_failed", reason=type(error).__name__)
            return self._failed(conversation, finding)

    def _label_of(self, conversation: Conversation, said: Said) -> str:
        """What the tapped choice says; of several, all must be answers to a question."""
        labels = []
        for value in said.choices or (said.choice or "",):
            in_menu = value in self._menu
            label = self._parts.content.texts.labels[value] if in_menu else None
            label = label or self._records.offered(conversation.id, value)
            if label is None or (said.choices and "=" not in value):
                raise UnknownChoice(value)
            labels.append(label)
        return ", ".join(labels)

    async def _answer(
        self, conversation: Conversation, said: Said, text: str, screened: Screened
    ) -> StoredTurn:
        before = self._records.tracker(conversation.id)
        replies, is_done = await self._rasa.replies(conversation, said, text, screened)
        replies = self._cards.completed(conversation, screened.finding, replies, is_done=is_done)
        if not replies:  # nothing is kept, so that the message may be sent again as it is
            return self._failed(conversation, screened.finding)
        count_interview(before, self._records.tracker(conversation.id), replies)
        if any(reply["type"] == "summary" for reply in replies):
            replies = await asyncio.to_thread(with_links, self._records, conversation.id, replies)
        if len(text) > READ_CHARACTERS:
            replies.append(own_reply("too_long", self._parts, "notice").as_json())
        replies = with_open_question(replies)
        state = self._state(conversation, replies)
        user: dict[str, Any] = {"type": "user", "text": text}
        if said.choice is not None:
            user["choice"] = list(said.choices) or said.choice
        return await self._keep(conversation, said.id, user, replies, state)

    def _own(self, text_id: str, kind: ReplyType | None = None) -> Reply:
        return own_reply(text_id, self._parts, kind, channel=self._channel)

    def _wording(self) -> str:
        """The question of consent as it was put, for the record."""
        return self._parts.content.texts.of_channel("consent", self._channel).text[:64]

    # -- what is kept ------------------------------------------------------------------------

    async def _keep(
        self,
        conversation: Conversation,
        message_id: str,
        said: dict[str, Any] | None,
        replies: list[dict[str, Any]],
        state: dict[str, Any],
    ) -> StoredTurn:
        choices = choices_in(replies, self._parts.content.texts.labels)
        return await asyncio.to_thread(
            self._records.add_turn,
            conversation.id,
            message_id=message_id,
            said=said,
            replies=replies,
            state=state,
            choices=choices,
        )

    def _state(self, conversation: Conversation, replies: list[dict[str, Any]]) -> dict[str, Any]:
        tracker = self._records.tracker(conversation.id)
        state = _no_state()
        if tracker is not None:
            state["audience"] = tracker.audience
            question = next((r for r in reversed(replies) if r["type"] == "question"), None)
            if tracker.interview_active and question is not None:
                state["interview"] = {"linkId": question["linkId"], **question["progress"]}
        card = next((r for r in replies if r["type"] == "care_card"), None)
        state["red_flag"] = card["level"] if card else None
        return state

    def _failed(self, conversation: Conversation, finding: Finding) -> StoredTurn:
        """The turn could not be read or written: say so, with the card if one is due."""
        replies = [self._cards.counted_card(conversation, finding)] if finding.level else []
        replies.append(own_reply("error", self._parts, "error").as_json())
        numbered = [{**r, "id": f"x{n}", "seq": 0} for n, r in enumerate(replies)]
        return StoredTurn(0, numbered, {**_no_state(), "red_flag": finding.level})

    async def stranded(self, text: str) -> StoredTurn:
        """What to say when not even the conversation can be read: the card if one is due."""
        nobody = Conversation("", self._channel, self._parts.settings.default_country, None, None)
        return self._failed(nobody, (await self._heard(text)).alone)

    async def found_in_time(self, search: Awaitable[T], text: str) -> T:
        """What a search in the database for somebody who wrote `text` finds. Raises
        RecordsUnavailable when that takes too long: then a card must not wait for it."""
        searching = asyncio.ensure_future(search)
        await asyncio.wait({searching}, timeout=CARD_WITHIN_S)
        if not searching.done() and (await self._heard(text)).alone.level is None:
            await asyncio.wait({searching}, timeout=self._parts.settings.turn_timeout_s)
        if searching.done():
            return searching.result()
        searching.cancel()
        raise RecordsUnavailable("the database does not answer")

    # -- consent and deletion ----------------------------------------------------------------

    async def _consent(self, conversation: Conversation, said: Said, label: str) -> StoredTurn:
        given = said.choice == "consent_yes"
        await asyncio.to_thread(
            self._records.set_consent, conversation.id, given=given, wording=self._wording()
        )
        reply = self._own("consent_given" if given else "consent_refused", "notice")
        user = {"type": "user", "text": label, "choice": said.choice}
        state = self._state(conversation, [])
        return await self._keep(conversation, said.id, user, [reply.as_json()], state)

    async def _delete(self, conversation: Conversation, said: Said, label: str) -> StoredTurn:
        if said.choice == "delete_conversation":
            await asyncio.to_thread(self._records.delete, conversation.id)
            reply = self._own("deleted", "notice").as_json()
            return StoredTurn(0, [{**reply, "id": "m0", "seq": 0}], _no_state())
        user = {"type": "user", "text": label, "choice": said.choice}
        reply = own_reply("kept", self._parts, "notice").as_json()
        return await self._keep(conversation, said.id, user, [reply], _no_state())

    async def _export(self, conversation: Conversation, said: Said, label: str) -> StoredTurn:
        """Where the file with all that is kept can be had; Slack sends it itself."""
        file = {"label": label, "url": "/chat/export", "format": "json"}
        reply = {**self._own("export", "notice").as_json(), "downloads": [file]}
        user = {"type": "user", "text": label, "choice": said.choice}
        state = self._state(conversation, [])
        return await self._keep(conversation, said.id, user, [reply], state)


def _no_state() -> dict[str, Any]:
    return {"interview": None, "audience": None, "red_flag": None}


async def _read(text: str, call: Callable[..., T], *args: Any) -> T:
    """Call what reads this text; with a long one in a thread, so that nobody waits for it. It sees
    the turn that its caller works in."""
    if len(text) <= SHORT:
        return call(*args)
    run = partial(contextvars.copy_context().run, call, *args)
    return await asyncio.get_running_loop().run_in_executor(_READERS, run)
