"""The Slack channel: direct messages only, at /webhooks/slack/webhook (set-up: docs/slack.md).

It takes Rasa's own channel's place and name. Each request is checked, noted as taken, acknowledged
at once and answered by a task of its own: the turn as in every channel (conversations.py), its
replies as Block Kit (bot/rendering/slack.py), sent in order (slack_outbox.py).
"""

from __future__ import annotations

import asyncio
import datetime
import hashlib
import hmac
import json
from collections.abc import Awaitable, Callable
from contextlib import nullcontext, suppress
from typing import Any

from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.channels.slack import SlackInput
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse
from slack_sdk.signature import SignatureVerifier

from bot.channels.choices import CONSENT_CHOICES, EXPORT_CHOICE
from bot.channels.conversations import Conversations, UnknownChoice
from bot.channels.http import ClientError, error_answer, install_error_handlers, secure
from bot.channels.limits import RateLimits
from bot.channels.said import Said
from bot.channels.slack_api import EXPORT_FILE, SUMMARY_FILE, SlackApi, SlackFile
from bot.channels.slack_input import (
    CODE_COMMAND,
    Incoming,
    code_in,
    incoming_of,
    is_surely_code,
    read_body,
)
from bot.channels.summary_download import summary_file
from bot.dialogue.own_words import own_reply
from bot.errors import BotError
from bot.interview.play_back import long_date
from bot.logs import event_log
from bot.rasa_parts.lock_store import ConversationLocks
from bot.records.events import SeenEvents
from bot.records.keys import hash_of
from bot.records.store import Conversation
from bot.records.transfer import as_json
from bot.rendering.blocks import escaped
from bot.rendering.reply import choices_of
from bot.rendering.slack import SlackMessage, chosen_blocks, home_view, slack_messages
from bot.runtime import Runtime, runtime
from bot.settings import Settings, settings

log = event_log(__name__)
NAME = "AfterALL"
# What the App Home and the slash command offer at any time.
MENU = ("prepare_visit", "show_summary", "ask_symptoms", "help", "show_my_data", "delete_my_data")
# Turns without a red flag are answered one after the other: they are sums, and each step of one
# holds up whatever else arrives. One that takes longer only waits for something; it waits aside.
COMPUTES_S = 1.0
SHORT = 500
NOTED_WITHIN_S = 0.2
BEAT_S = 20.0
Reply = dict[str, Any]


class SlackChannel(SlackInput):
    """Rasa input channel (named in credentials.yml). Without the two secrets it has no routes."""

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> SlackChannel:
        """There are no credentials in a file: settings come from the environment."""
        return cls(settings())

    def __init__(self, config: Settings) -> None:
        self._is_on = config.has_slack
        super().__init__(
            config.slack_bot_token or "", slack_signing_secret=config.slack_signing_secret or ""
        )

    def _validate_credentials(self) -> None:
        """The settings have seen to it that both secrets are there, or neither."""

    def get_output_channel(
        self, channel: str | None = None, thread_id: str | None = None
    ) -> OutputChannel | None:
        """None: nothing is sent that nobody asked for, and never to a shared channel."""
        return None

    def is_request_from_slack_authentic(self, request: Request) -> bool:
        """Signed with our secret, within the last 5 minutes."""
        verifier = SignatureVerifier(self.slack_signing_secret)
        try:
            return bool(verifier.is_valid_request(request.body, dict(request.headers)))
        except (ValueError, TypeError):  # a timestamp in words, bytes that are no text
            return False

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The one route for events, presses and slash commands."""
        routes = Blueprint("slack_webhook")
        if not self._is_on:
            return routes
        parts = runtime()
        desk = SlackDesk(parts, on_new_message, secret=self.slack_signing_secret)

        @routes.listener("before_server_start")
        async def begin(app: Sanic, _: Any) -> None:
            install_error_handlers(app)
            desk.begin()

        @routes.listener("after_server_stop")
        async def end(_: Sanic, __: Any) -> None:
            await desk.end()

        @routes.middleware("response")
        async def protect(request: Request, answer: HTTPResponse) -> None:
            secure(request, answer, frozenset())

        @routes.post("/webhook")
        async def webhook(request: Request) -> HTTPResponse:
            if not self.is_request_from_slack_authentic(request):
                return error_answer(401, "not_signed", "The request is not signed by Slack.")
            media_type = (request.headers.get("content-type") or "").partition(";")[0]
            payload = read_body(media_type.strip().lower(), request.body)
            if payload.get("type") == "url_verification":
                return response.json({"challenge": payload.get("challenge")})
            incoming = incoming_of(payload)
            if incoming is None:
                log.info("slack_ignored", type=str(payload.get("type"))[:40])
                return response.empty(200)
            await desk.take(incoming)
            return await desk.acknowledge(incoming)

        return routes


class SlackDesk:
    """Takes what people do in Slack and answers it."""

    def __init__(
        self,
        parts: Runtime,
        on_new_message: Callable[[UserMessage], Awaitable[Any]],
        *,
        secret: str,
    ) -> None:
        self._parts = parts
        self._records = parts.records
        self._secret = secret.encode()
        self._conversations = Conversations(
            "slack", parts, on_new_message, menu=(*MENU, *CONSENT_CHOICES)
        )
        self._limits = RateLimits(parts.settings)
        self._seen = SeenEvents(parts.engine)
        self._api = SlackApi(parts.settings)
        self._turns_of = ConversationLocks()
        self._openings = ConversationLocks()
        self._free = asyncio.Semaphore(1)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._codes_waiting: dict[str, str] = {}

    def begin(self) -> None:
        """Start what runs beside the requests."""
        self._spawn(self._watch())

    async def end(self) -> None:
        """Stop; whoever was not answered is told so by the next process."""
        for task in self._tasks:
            task.cancel()
        await self._api.close()

    async def take(self, incoming: Incoming) -> None:
        """Note an event as taken and begin to answer it; repeats are dropped. Events of one person
        are answered in the order in which this is called."""
        noted = self._spawn(
            asyncio.to_thread(self._seen.take, incoming.keys, answer_to=incoming.user)
        )
        self._spawn(self._answer(incoming, noted))
        await asyncio.wait({noted}, timeout=NOTED_WITHIN_S)

    async def acknowledge(self, incoming: Incoming) -> HTTPResponse:
        """What Slack is told at once. Whoever typed a command elsewhere sees a note there that
        only they see, with the care card itself when one is due."""
        if incoming.kind != "command":
            return response.empty(200)
        note = self._own("command_answered")
        if await self._is_due(incoming.text):
            note = (await self._conversations.stranded(incoming.text)).messages[0]
        return response.json({"response_type": "ephemeral", "text": escaped(note["text"])})

    # -- answering ---------------------------------------------------------------------------

    async def _is_due(self, text: str) -> bool:
        """Does this text raise a red flag? A long one is read aside, so that nothing waits."""
        find = self._parts.detector.find
        found = find(text) if len(text) <= SHORT else await asyncio.to_thread(find, text)
        return found.level is not None

    async def _answer(self, incoming: Incoming, noted: asyncio.Task[bool]) -> None:
        is_due = await self._is_due(incoming.text)
        # Nobody with a red flag waits: not for others, not for an earlier message of their own.
        line = nullcontext() if is_due else self._turns_of.hold(incoming.user)
        async with line:
            if not await noted:
                return
            posts = await self._posts(incoming, is_due=is_due)
        await asyncio.gather(*posts)
        await asyncio.to_thread(self._seen.done, incoming.keys)

    async def _posts(self, incoming: Incoming, *, is_due: bool) -> list[asyncio.Future[bool]]:
        """Answer, and put what is to be sent into the outbox."""
        if incoming.kind == "mention":
            return [self._api.note(incoming, self._own("mention")["text"])]
        if incoming.kind == "home":
            return [self._api.publish_home(incoming.user, self._home())]
        if incoming.kind == "edit" and not is_due:
            return self._say(incoming, [self._own("edit_not_read")])
        if is_due:
            return await self._turn(incoming, is_due=True)
        async with self._free:
            turn = self._spawn(self._turn(incoming, is_due=False))
            await asyncio.wait({turn}, timeout=COMPUTES_S)
        return await turn

    async def _turn(self, incoming: Incoming, *, is_due: bool) -> list[asyncio.Future[bool]]:
        replies: list[Reply]
        try:
            if not is_due:
                await self._limits.message(self._person(incoming))
            replies = await self._replies(incoming)
        except ClientError as error:
            replies = [{"type": "error", "text": error.text}]
        except BotError as error:
            log.error("slack_turn_failed", reason=type(error).__name__)
            replies = await self._stranded(incoming)
        except Exception as error:  # noqa: BLE001 - whoever wrote is told, whatever went wrong
            log.error("slack_turn_failed", reason=type(error).__name__)
            replies = await self._stranded(incoming)
        if incoming.has_files:
            replies.append(self._own("file_not_read"))
        if is_due:  # the card first
            return [*self._say(incoming, replies), *self._settle(incoming, replies)]
        return [*self._settle(incoming, replies), *self._say(incoming, replies)]

    async def _stranded(self, incoming: Incoming) -> list[Reply]:
        return (await self._conversations.stranded(incoming.text)).messages

    def _settle(self, incoming: Incoming, replies: list[Reply]) -> list[asyncio.Future[bool]]:
        """After a press that was taken the buttons become "You chose: ..."; else they stay, and
        pressing them again is a new press."""
        if incoming.kind != "press" or incoming.message is None:
            return []
        if not incoming.label or any(reply["type"] == "error" for reply in replies):
            self._spawn(asyncio.to_thread(self._seen.release, incoming.keys))
            return []
        return [self._api.replace(incoming, chosen_blocks(incoming.blocks, incoming.label))]

    def _say(self, incoming: Incoming, replies: list[Reply]) -> list[asyncio.Future[bool]]:
        messages = [message for reply in replies for message in self._rendered(reply)]
        posts = [self._api.post(incoming, message) for message in messages]
        for reply in replies:
            if reply["type"] == "summary":
                posts.append(self._upload(incoming, SUMMARY_FILE, self._summary))
            elif incoming.choice == EXPORT_CHOICE and reply.get("downloads"):
                posts.append(self._upload(incoming, EXPORT_FILE, self._export))
        return posts

    def _rendered(self, reply: Reply) -> list[SlackMessage]:
        try:
            return slack_messages(reply, self._parts.content.texts.labels)
        except (KeyError, TypeError, ValueError) as error:
            log.error("slack_not_rendered", type=reply["type"], reason=type(error).__name__)
            return slack_messages({"type": "text", "text": reply["text"]}, {})

    def _upload(
        self, incoming: Incoming, file: SlackFile, of: Callable[[Conversation], bytes | None]
    ) -> asyncio.Future[bool]:
        """The file is made when its turn to be sent has come."""
        person = self._person(incoming)

        def make() -> bytes | None:
            with suppress(BotError):
                conversation = self._records.conversation_of(person)
                return of(conversation) if conversation else None
            log.error("slack_file_not_made")
            return None

        words, failed = (self._own(name)["text"] for name in (file.words, f"{file.words}_failed"))
        return self._api.upload(
            incoming, file, lambda: asyncio.to_thread(make), words=words, failed=failed
        )

    def _summary(self, conversation: Conversation) -> bytes | None:
        made = summary_file(self._parts, conversation, "pdf")
        return made.body if made else None

    def _export(self, conversation: Conversation) -> bytes:
        rows = as_json(self._records.export(conversation.id))
        return json.dumps(rows, ensure_ascii=False, indent=1).encode()

    # -- turns -------------------------------------------------------------------------------

    async def _replies(self, incoming: Incoming) -> list[Reply]:
        person = self._person(incoming)
        if incoming.kind == "press" and not incoming.label:
            return [self._own("nothing_chosen")]
        if incoming.kind != "press":
            resumed = await self._resumed(person, incoming.text)
            if resumed is not None:
                return resumed
        conversation, opening = await self._conversation_of(person)
        if incoming.kind == "command" and incoming.text.lower() == CODE_COMMAND:
            return [*opening, await self._code(conversation)]
        if not incoming.text and incoming.choice is None:
            return opening  # a file without words
        said = _said(incoming)
        try:
            turn = await self._conversations.say(conversation, said)
        except UnknownChoice:
            return [*opening, self._own("choice_over")]
        replies = list(turn.messages)
        if any(reply["type"] in ("care_card", "confirm_red_flag") for reply in replies):
            return [*replies, *opening]  # a red flag comes before every greeting
        return [*opening, *replies, *await self._after(person, said.choice)]

    async def _after(self, person: str, choice: str | None) -> list[Reply]:
        """What an answer about consent, or a deletion, means for the person in this channel."""
        if choice == "delete_conversation":
            self._codes_waiting.pop(person, None)
            await asyncio.to_thread(self._records.forget, person)
        if choice not in ("consent_yes", "consent_no"):
            return []
        given = choice == "consent_yes"
        wording = self._parts.content.texts["consent_slack"].text[:64]
        await asyncio.to_thread(
            self._records.set_channel_consent, person, given=given, wording=wording
        )
        code = self._codes_waiting.pop(person, None)
        if code is None:
            return []
        return await self._resume(person, code) if given else [self._own("code_stays")]

    async def _resumed(self, person: str, text: str) -> list[Reply] | None:
        """Go on with the conversation whose code this message is; None when it is no code.

        What was told on the web page is not shown in Slack before the person agreed to Slack;
        who refused before is asked again, because the code is their own wish.
        """
        code = code_in(text)
        if code is None:
            return None
        if not await asyncio.to_thread(self._records.channel_consent, person):
            if not is_surely_code(code):
                return None
            self._codes_waiting[person] = code
            _, opening = await self._conversation_of(person)
            asked = [r for r in opening if r["type"] == "notice"]
            return [self._own("code_waits"), *(asked or [self._own("consent_slack", "notice")])]
        await self._limits.resume_by(person)
        resumed = await self._resume(person, code)
        is_word = resumed[0]["type"] == "error" and not is_surely_code(code)
        return None if is_word else resumed

    async def _resume(self, person: str, code: str) -> list[Reply]:
        opened = await self._conversations.resume(code, person=person)
        return opened.messages if opened else [self._own("code_unknown", "error")]

    async def _conversation_of(self, person: str) -> tuple[Conversation, list[Reply]]:
        async with self._openings.hold(person):
            return await self._conversations.of_person(person)

    async def _code(self, conversation: Conversation) -> Reply:
        code, _ = await self._conversations.code(conversation)
        reply = self._own("code_given")
        return {**reply, "text": reply["text"].replace("{code}", f"{code[:4]} {code[4:]}")}

    # -- words and people --------------------------------------------------------------------

    def _own(self, text_id: str, kind: Any = None) -> Reply:
        return own_reply(text_id, self._parts, kind, channel="slack").as_json()

    def _home(self) -> dict[str, Any]:
        texts = self._parts.content.texts
        said = [self._own(name)["text"] for name in ("greeting", "help", "home_privacy")]
        return home_view(NAME, said, choices_of(MENU, texts.labels))

    def _person(self, incoming: Incoming) -> str:
        """Who it is, as the records know them: with the database alone nobody can be named."""
        name = f"slack:{incoming.team}:{incoming.user}".encode()
        return hmac.new(self._secret, name, hashlib.sha256).hexdigest()

    # -- beside the requests -----------------------------------------------------------------

    async def _watch(self) -> None:
        """Say that this process is at work; tell people whom a dead one left without an answer."""
        while True:
            await asyncio.to_thread(self._seen.still_at_work)
            for user in await asyncio.to_thread(self._seen.abandoned):
                left = Incoming("message", "", user, ())
                self._say(left, [self._own("missed")])
            await asyncio.sleep(BEAT_S)

    def _spawn(self, work: Awaitable[Any]) -> asyncio.Task[Any]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task


def _said(incoming: Incoming) -> Said:
    """The message as every channel has it; a date from the calendar in words."""
    name = hash_of(incoming.keys[-1])[:32]
    if incoming.choice is not None:
        return Said(name, choice=incoming.choice, choices=incoming.choices)
    text = incoming.text
    if incoming.kind == "press":
        with suppress(ValueError):
            text = long_date(datetime.date.fromisoformat(text))
    return Said(name, text=text)
