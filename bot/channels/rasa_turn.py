"""One message through Rasa: what it is told, what it replies, and how long it may take."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage

from bot.channels.choices import payload_of
from bot.channels.said import Said
from bot.channels.screening import Screened
from bot.dialogue.visit_summary import local_date, red_flag_lines
from bot.errors import place_of
from bot.logs import event_log
from bot.records.store import Conversation
from bot.runtime import Runtime
from bot.triage.raising import mark_of

log = event_log(__name__)
CARD_WITHIN_S = 2.0
# Turns that Rasa works on at the same time. More only wait, and their time is not yet running.
TURNS_AT_ONCE = 16
READ_CHARACTERS = 4000
# What is said even when the rest of the turn could not be done.
URGENT = ("care_card", "confirm_red_flag")
Handler = Callable[[UserMessage], Awaitable[Any]]


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


class RasaTurns:
    """Takes the messages of one channel to Rasa."""

    def __init__(self, channel: str, parts: Runtime, handler: Handler) -> None:
        self._channel = channel
        self._parts = parts
        self._handler = handler
        self._places = asyncio.Semaphore(TURNS_AT_ONCE)
        self._running: set[asyncio.Task[Any]] = set()

    async def replies(
        self, conversation: Conversation, said: Said, text: str, screened: Screened
    ) -> tuple[list[dict[str, Any]], bool]:
        """Rasa's replies, and whether the turn was done; when it or an action fails or is not done
        in time, no more replies than cards, and what it does later is not kept. With a red flag the
        turn waits for no other, its time is short, and all that was said by then counts."""
        in_hurry = bool(screened.finding.level)
        metadata = self._metadata(conversation, said, text, screened)
        async with contextlib.nullcontext() if in_hurry else self._places:
            return await self._ask(conversation, said, text, metadata, in_hurry=in_hurry)

    def _over(self, task: asyncio.Task[Any]) -> None:
        """A late turn that fails is told of without its message: that may hold what was written."""
        self._running.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("rasa_failed", reason=type(error).__name__, at=place_of(error))

    def _metadata(
        self, conversation: Conversation, said: Said, text: str, screened: Screened
    ) -> dict[str, Any]:
        finding = screened.finding
        flags = self._parts.records.red_flags(conversation.id)
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
                "is_short_answer": screened.is_short_answer,
            },
            "follows": screened.follows,
            "follows_card": screened.follows_card,
            "red_flags": red_flag_lines(flags, self._parts.content, timezone=conversation.timezone),
        }

    async def _ask(
        self,
        conversation: Conversation,
        said: Said,
        text: str,
        metadata: dict[str, Any],
        *,
        in_hurry: bool,
    ) -> tuple[list[dict[str, Any]], bool]:
        output = ReplyChannel(self._channel)
        words = payload_of(said.choice) if said.choice else typed(text)
        message = UserMessage(
            words, output, conversation.id, input_channel=self._channel, metadata=metadata
        )
        task = asyncio.ensure_future(self._handler(message))
        self._running.add(task)
        task.add_done_callback(self._over)
        limit = CARD_WITHIN_S - 0.3 if in_hurry else self._parts.settings.turn_timeout_s
        await asyncio.wait({task}, timeout=limit)
        is_done = task.done()
        if not is_done:
            log.error("turn_too_slow", limit_s=limit)
        failed = not is_done or task.cancelled() or task.exception() is not None
        if failed or self._parts.records.has_turn_failed:
            return [r for r in output.replies if in_hurry or r["type"] in URGENT], False
        return list(output.replies), True


def typed(text: str) -> str:
    """Typed text as Rasa may see it: a leading "/" would be taken for a payload."""
    return text[:READ_CHARACTERS].lstrip().lstrip("/").lstrip() or "?"
