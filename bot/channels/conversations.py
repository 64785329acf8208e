"""One turn, whatever the channel: consent, red flags first, Rasa, and what is kept of it.

The order makes the care card independent of everything behind it: the text is screened before
Rasa is called, and when Rasa fails, says nothing or takes too long, the card comes from here.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import logging
import secrets
import traceback
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

from bot.channels.choices import (
    CONSENT_CHOICES,
    DELETE_CHOICES,
    choices_in,
    payload_of,
    says_nothing_new,
)
from bot.channels.summary_links import with_links
from bot.dialogue.own_words import own_reply
from bot.dialogue.visit_summary import local_time, red_flag_lines
from bot.errors import BotError
from bot.interview.answers import Answer
from bot.interview.recall import stale_answers
from bot.interview.screening import is_date_correction, is_plain_answer
from bot.interview.script import pending
from bot.rasa_parts.shared_locks import conversation_locks
from bot.records.keys import CODE_LENGTH, CODE_LETTERS, CODE_LIFE, RESUME, plain_code
from bot.records.store import TOKEN_LIFE, Conversation, StoredTurn, utc_now
from bot.rendering.reply import Reply, ReplyType
from bot.runtime import Runtime
from bot.triage.raising import Finding, mark_of
from bot.triage.replies import CONFIRM_WORDS, card_reply, confirm_reply

log = logging.getLogger(__name__)
CARD_WITHIN_S = 2.0
# Turns that Rasa works on at the same time. More only wait, and their time is not yet running.
TURNS_AT_ONCE = 16
# For so long a card stands for its sign, when only the date of the sign is corrected.
CARD_HOLDS = datetime.timedelta(hours=12)
READ_CHARACTERS = 4000
Handler = Callable[[UserMessage], Awaitable[Any]]


@dataclass(frozen=True)
class Said:
    """One message of a person: `id` is the client's own; either `text` or the `choice` tapped.
    `choices`: all that were picked together, where a question takes several."""

    id: str
    text: str = ""
    choice: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Screened:
    """What the channel knows of a message before Rasa sees it: the red flag it raises, whether it
    is a clear "no" to our confirm line, the topic of the answer just before it, and the signs that
    were raised or asked about before."""

    finding: Finding
    answered: bool
    follows: str | None
    known: frozenset[str]


@dataclass(frozen=True)
class Opened:
    """A new conversation."""

    conversation: Conversation
    token: str
    expires_at: datetime.datetime
    messages: list[dict[str, Any]]


class UnknownChoice(BotError):
    """A choice that this conversation was not offered."""


class ReplyChannel(CollectingOutputChannel):
    """Collects the replies of one Rasa turn, each as one message."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        self._channel = channel
        self.replies: list[dict[str, Any]] = []

    def name(self) -> str:
        """The channel's name, by which replies are rendered."""
        return self._channel

    async def send_custom_json(
        self, recipient_id: str, json_message: dict[str, Any], **kwargs: Any
    ) -> None:
        """A reply of ours."""
        self.replies.append(json_message["reply"])

    async def send_text_message(self, recipient_id: str, text: str, **kwargs: Any) -> None:
        """Text from anywhere else in Rasa, whole."""
        self.replies.append({"type": "text", "text": text})


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
        self._handler = handler
        self._locks = conversation_locks(parts.settings)
        self._places = asyncio.Semaphore(TURNS_AT_ONCE)
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
        replies = [self._own("greeting")]
        agreed = await asyncio.to_thread(self._introduce, conversation, person)
        if agreed is None:
            replies.append(self._own("consent", "notice"))
        first = await self._keep(
            conversation, "session", None, [r.as_json() for r in replies], _no_state()
        )
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

    def _introduce(self, conversation: Conversation, person: str | None) -> bool | None:
        """Link a new conversation with its person; what they answered about consent before."""
        if person is None:
            return None
        self._records.link(conversation.id, person)
        agreed = self._records.channel_consent(person)
        if agreed:
            self._records.set_consent(conversation.id, given=True, wording=self._wording())
        return agreed

    async def resume(self, code: str, *, person: str | None = None) -> Opened | None:
        """Go on with the conversation that gave out this code, from another device or channel:
        at the pending question, or with its summary. None when the code is not good."""
        conversation = await asyncio.to_thread(
            self._records.take_key, plain_code(code), opens=RESUME
        )
        if conversation is None:
            return None
        token = secrets.token_urlsafe(32)
        await asyncio.to_thread(self._records.add_token, conversation.id, token)
        if person is not None:
            await asyncio.to_thread(self._records.link, conversation.id, person)
        choice = await asyncio.to_thread(self._going_on, conversation)
        labels = self._parts.content.texts.labels
        reply = own_reply("continued", self._parts, "notice").as_json()
        message_id = f"resume-{secrets.token_hex(8)}"
        async with self._locks.hold(conversation.id):
            opened = await asyncio.to_thread(
                self._records.add_turn,
                conversation.id,
                message_id=message_id,
                said=None,
                replies=[reply],
                state=_no_state(),
                choices={choice: labels[choice]} if choice else {},
            )
        messages = list(opened.messages)
        if choice:
            messages += (
                await self.say(conversation, Said(f"{message_id}-2", choice=choice))
            ).messages
        return Opened(conversation, token, utc_now() + TOKEN_LIFE, messages)

    async def code(self, conversation: Conversation) -> tuple[str, datetime.datetime]:
        """A new code for `resume`, and until when it is good (UTC)."""
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
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

        Raises UnknownChoice, and nothing else: any other fault is answered by an error message.
        """
        try:
            async with self._locks.hold(conversation.id):
                return await self._held_turn(conversation, said)
        except BotError as error:
            if isinstance(error, UnknownChoice):
                raise
            log.error("turn_failed reason=%s", type(error).__name__)
            return self._failed(conversation, self._parts.detector.find(said.text))

    async def _held_turn(self, conversation: Conversation, said: Said) -> StoredTurn:
        """The turn with all that it reads in memory; what it writes is written at its end."""
        begin = self._records.begin_turn
        await asyncio.to_thread(begin, conversation.id, said.id, said.choice)
        try:
            return self._records.turn_of(conversation.id, said.id) or await self._turn(
                conversation, said
            )
        finally:
            self._records.end_turn(conversation.id)

    async def _turn(self, conversation: Conversation, said: Said) -> StoredTurn:
        text = said.text
        if said.choice is not None:
            label = await asyncio.to_thread(self._label_of, conversation, said)
            if said.choice in CONSENT_CHOICES:
                return await self._consent(conversation, said, label)
            if said.choice in DELETE_CHOICES:
                return await self._delete(conversation, said, label)
            text = label
        screened = self._screen(conversation, said, text)
        finding = screened.finding
        try:
            return await self._answer(conversation, said, text, screened)
        except BotError as error:
            # What was found is known by now, also when it took the confirm line to know it.
            log.error("turn_failed reason=%s", type(error).__name__)
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
        finding = screened.finding
        metadata = self._metadata(conversation, said, text, screened)
        in_hurry = bool(finding.level)
        async with contextlib.nullcontext() if in_hurry else self._places:
            replies = await self._ask_rasa(conversation, said, text, metadata, in_hurry=in_hurry)
        replies = self._complete(conversation, finding, replies)
        if any(reply["type"] == "summary" for reply in replies):
            replies = await asyncio.to_thread(with_links, self._records, conversation.id, replies)
        if len(text) > READ_CHARACTERS:
            replies.append(own_reply("too_long", self._parts, "notice").as_json())
        replies = _with_open_question(replies)
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

    # -- red flags ---------------------------------------------------------------------------

    def _screen(self, conversation: Conversation, said: Said, text: str) -> Screened:
        last = self._records.last_reply(conversation.id) or {}
        is_alone = last.get("type") == "confirm_red_flag"
        confirming = last.get("rule") if is_alone else last.get("confirming")
        already = {sign for f in self._records.red_flags(conversation.id) for sign in f.signs}
        words = CONFIRM_WORDS.get(said.choice or "", text)
        words = "" if says_nothing_new(said.choice) else words
        finding = self._parts.detector.find(
            words, already=already, confirming=confirming, aside=not is_alone
        )
        if finding.level is not None and self._dates_anew(conversation, finding, words):
            finding = Finding()
        asked = self._records.signs_asked(conversation.id)
        if finding.confirm in asked:
            finding = replace(finding, confirm=None)
        is_no = confirming is not None and finding == Finding() and _begins_with_no(words)
        follows = last.get("topic") if last.get("type") == "answer" else None
        # The second reader would read a plain answer without its question: nothing is asked.
        known = set(self._parts.content.red_flags.flags) if self._is_plain(last, said) else asked
        return Screened(finding, is_no, follows, frozenset(already | known))

    def _is_plain(self, last: dict[str, Any], said: Said) -> bool:
        if last.get("type") != "question" or said.choice is not None:
            return False
        script, today = self._parts.content.interview, utc_now().date()
        return is_plain_answer(script, str(last.get("linkId")), said.text, today=today)

    def _dates_anew(self, conversation: Conversation, finding: Finding, text: str) -> bool:
        """Does the message only correct when a sign began, whose card was shown a short time ago?
        Then there is nothing new to warn of."""
        soon = utc_now() - CARD_HOLDS
        shown = {
            s for f in self._records.red_flags(conversation.id) if f.at > soon for s in f.signs
        }
        if not set(finding.signs) <= shown:
            return False
        interview = self._records.interview_of(conversation.id)
        if interview is None:
            return False
        rows = self._records.answers(interview, conversation=conversation.id)
        script, today = self._parts.content.interview, local_date(conversation.timezone)
        return is_date_correction(script, [Answer(**row) for row in rows], text, today=today)

    def _complete(
        self, conversation: Conversation, finding: Finding, replies: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """See to it that a due card is there, once and first, and that the reply is not empty."""
        cards = [r for r in replies if r["type"] == "care_card"]
        if finding.level is not None and (cards or not _asks_instead(finding, replies)):
            card = cards[0] if cards else self._card(conversation, finding)
            replies = [card, *(r for r in replies if r["type"] != "care_card")]
            if finding.level in ("emergency", "crisis"):
                replies = [card, *self._interrupted(conversation)]
            self._records.add_red_flag(
                conversation.id,
                rule=card["rule"],
                signs=finding.signs,
                level=card["level"],
                channel=self._channel,
            )
        asked = next((r for r in replies if r["type"] == "confirm_red_flag"), None)
        if asked is None and finding.confirm is not None:
            asked = confirm_reply(finding.confirm, self._parts.content).as_json()
            cards = [r for r in replies if r["type"] == "care_card"]
            replies = [*cards, asked, *(r for r in replies if r not in cards)]
        if asked is not None:
            self._records.add_question(conversation.id, rule=asked["rule"])
        if not replies:
            replies = [own_reply("error", self._parts, "error").as_json()]
        return replies

    def _card(self, conversation: Conversation, finding: Finding) -> dict[str, Any]:
        return card_reply(
            finding,
            self._parts.content,
            country=conversation.country,
            care_team_phone=self._parts.settings.care_team_phone,
        ).as_json()

    def _interrupted(self, conversation: Conversation) -> list[dict[str, Any]]:
        """Offer to go on later with an interview that was begun."""
        if self._records.interview_of(conversation.id) is None:
            return []
        labels = self._parts.content.texts.labels
        reply = own_reply("interrupted", self._parts, "notice").as_json()
        reply["choices"] = [{"label": labels["done_that"], "value": "resume_interview"}]
        return [reply]

    # -- Rasa --------------------------------------------------------------------------------

    def _metadata(
        self, conversation: Conversation, said: Said, text: str, screened: Screened
    ) -> dict[str, Any]:
        finding = screened.finding
        flags = self._records.red_flags(conversation.id)
        return {
            "text": text[:READ_CHARACTERS],
            "choice": said.choice,
            "choices": list(said.choices),
            "channel": self._channel,
            "message_id": said.id,
            "country": conversation.country,
            "today": local_date(conversation.timezone).isoformat(),
            "red_flag": {
                **mark_of(finding),
                "answered": screened.answered,
                "known": sorted(screened.known),
            },
            "follows": screened.follows,
            "red_flags": red_flag_lines(flags, self._parts.content, timezone=conversation.timezone),
        }

    async def _ask_rasa(
        self,
        conversation: Conversation,
        said: Said,
        text: str,
        metadata: dict[str, Any],
        *,
        in_hurry: bool,
    ) -> list[dict[str, Any]]:
        """Rasa's replies; none when it fails or is not done in time. A late turn runs on alone."""
        output = ReplyChannel(self._channel)
        words = payload_of(said.choice) if said.choice else typed(text)
        message = UserMessage(
            words, output, conversation.id, input_channel=self._channel, metadata=metadata
        )
        task = asyncio.ensure_future(self._handler(message))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        limit = CARD_WITHIN_S - 0.3 if in_hurry else self._parts.settings.turn_timeout_s
        await asyncio.wait({task}, timeout=limit)
        if not task.done():
            log.error("turn_too_slow limit_s=%s", limit)
            return list(output.replies)
        error = task.exception() if not task.cancelled() else None
        if error is not None:
            log.error("rasa_failed reason=%s at=%s", type(error).__name__, _place(error))
            return []
        return list(output.replies)

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
        replies = [self._card(conversation, finding)] if finding.level else []
        replies.append(own_reply("error", self._parts, "error").as_json())
        numbered = [{**r, "id": f"x{n}", "seq": 0} for n, r in enumerate(replies)]
        return StoredTurn(0, numbered, {**_no_state(), "red_flag": finding.level})

    def stranded(self, text: str) -> list[dict[str, Any]]:
        """What to say when not even the conversation can be read: the card if one is due."""
        nobody = Conversation("", self._channel, self._parts.settings.default_country, None, None)
        return self._failed(nobody, self._parts.detector.find(text)).messages

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


def typed(text: str) -> str:
    """Typed text as Rasa may see it: a leading "/" would be taken for a payload."""
    return text[:READ_CHARACTERS].lstrip().lstrip("/").lstrip() or "?"


def local_date(timezone: str | None) -> datetime.date:
    """Today where the person is."""
    return local_time(utc_now(), timezone)[0].date()


def _place(error: BaseException) -> str:
    """Where an error arose, without its message: that may hold what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames[-4:]))


def _asks_instead(finding: Finding, replies: list[dict[str, Any]]) -> bool:
    """Did the second reading ask about the sign, where the rules left open if it is there now?"""
    asked = {r["rule"] for r in replies if r["type"] == "confirm_red_flag"}
    return finding.is_open and finding.rule in asked


def _with_open_question(replies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The last reply says which confirm line above it waits for an answer."""
    asked = next((r["rule"] for r in replies if r["type"] == "confirm_red_flag"), None)
    if asked is None or replies[-1]["type"] == "confirm_red_flag":
        return replies
    return [*replies[:-1], {**replies[-1], "confirming": asked}]


def _begins_with_no(words: str) -> bool:
    plain = words.strip().lower()
    return plain.startswith(("no", "nah", "nope")) and len(plain.split()) <= 6


def _no_state() -> dict[str, Any]:
    return {"interview": None, "audience": None, "red_flag": None}
