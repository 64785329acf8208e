"""The web channel: HTTP under /chat (contract: docs/http.md); identity is a bearer token."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.conversations import Conversations, Opened, UnknownChoice
from bot.channels.http import (
    UNKNOWN_SESSION,
    ClientError,
    allow_cross_origin,
    bearer_token,
    check_origin,
    harden,
    json_body,
    read_body,
    streamed,
)
from bot.channels.limits import RateLimits
from bot.channels.pages import Pages
from bot.channels.summary_download import FORMATS, summary_file
from bot.channels.summary_links import opened_by
from bot.channels.web_input import read_feedback, read_message, read_session
from bot.errors import RecordsUnavailable, UnknownConversation
from bot.rasa_parts.lock_store import ConversationLocks
from bot.records.store import Conversation
from bot.records.transfer import as_json
from bot.runtime import Runtime, runtime

UNKNOWN_CODE = "This code is not known, was used before, or is too old. Ask for a new one."


class WebChannel(InputChannel):
    """Rasa input channel (named in credentials.yml)."""

    @classmethod
    def name(cls) -> str:
        """The channel's name in records and audit."""
        return "web"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> WebChannel:
        """There are no credentials: settings come from the environment."""
        return cls()

    def url_prefix(self) -> str:
        """Mounted at /chat, not below /webhooks."""
        return "/chat"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes."""
        return build_routes(runtime(), on_new_message)


def build_routes(
    parts: Runtime, on_new_message: Callable[[UserMessage], Awaitable[Any]]
) -> Blueprint:
    """The routes of the contract, over one set of conversations."""
    routes = Blueprint("web")
    web = _Routes(parts, on_new_message)
    origins = parts.settings.origins

    @routes.listener("before_server_start")
    async def prepare(app: Sanic, _: Any) -> None:
        harden(app, origins)

    @routes.middleware("request")
    async def guard(request: Request) -> HTTPResponse | None:
        check_origin(request, origins)
        await read_body(request)
        return allow_cross_origin() if request.method == "OPTIONS" else None

    asked: set[str] = set()  # addresses that answer a browser's OPTIONS already
    for method, path, handler in (
        ("GET", "/", web.page),
        ("POST", "/session", web.session),
        ("POST", "/message", web.message),
        ("GET", "/history", web.history),
        ("GET", "/summary", web.summary),
        ("POST", "/resume-code", web.resume_code),
        ("POST", "/feedback", web.feedback),
        ("GET", "/export", web.export),
        ("DELETE", "/session", web.delete),
        ("GET", "/<name>", web.file),
    ):
        methods = [method] if path in asked else [method, "OPTIONS"]
        asked.add(path)
        routes.add_route(streamed(handler), path, methods=methods)
    return routes


class _Routes:
    """One method for each call of the contract."""

    def __init__(
        self, parts: Runtime, on_new_message: Callable[[UserMessage], Awaitable[Any]]
    ) -> None:
        self._parts = parts
        self._records = parts.records
        self._conversations = Conversations("web", parts, on_new_message)
        self._limits = RateLimits(parts.settings)
        self._pages = Pages(parts.settings)
        self._arrivals = ConversationLocks()

    async def page(self, request: Request) -> HTTPResponse:
        return self._pages.send(request, "")

    async def file(self, request: Request, name: str) -> HTTPResponse:
        return self._pages.send(request, name)

    async def session(self, request: Request) -> HTTPResponse:
        await self._limits.new_session(request)
        wanted = read_session(json_body(request))
        if wanted.resume is not None:
            await self._limits.resume(request)
            resumed = await self._conversations.resume(wanted.resume)
            if resumed is None:
                raise ClientError(400, "unknown_code", UNKNOWN_CODE)
            return _opened(resumed)
        return _opened(
            await self._conversations.open(
                start=wanted.start, timezone=wanted.timezone, country=wanted.country
            )
        )

    async def resume_code(self, request: Request) -> HTTPResponse:
        conversation = await self._known(request)
        code, until = await self._conversations.code(conversation)
        return response.json({"code": code, "expires_at": _utc(until)}, status=201)

    async def message(self, request: Request) -> HTTPResponse:
        # Held before anything is awaited: messages of a session are answered as they arrived.
        async with self._arrivals.hold(bearer_token(request)):
            return await self._answer(request)

    async def _answer(self, request: Request) -> HTTPResponse:
        said = read_message(json_body(request))
        try:
            known = self._known(request, self._limits.message, reads_it=True)
            conversation = await self._conversations.found_in_time(known, said.text)
            turn = await self._conversations.say(conversation, said)
        except RecordsUnavailable:
            turn = await self._conversations.stranded(said.text)
        except UnknownChoice as error:
            raise ClientError(
                400, "unknown_choice", "This choice was not offered. Choose one that was, or type."
            ) from error
        return response.json({"turn": turn.turn, "messages": turn.messages, "state": turn.state})

    async def history(self, request: Request) -> HTTPResponse:
        conversation = await self._known(request)
        messages = await asyncio.to_thread(self._records.history, conversation.id)
        state = await self._conversations.state(conversation, messages)
        await asyncio.to_thread(self._records.used, conversation.id)
        return response.json({"messages": messages, "state": state})

    async def summary(self, request: Request) -> HTTPResponse:
        kind = request.args.get("format", "json")
        if kind not in FORMATS:
            known = ", ".join(FORMATS)
            raise ClientError(400, "unknown_format", f"The summary comes as {known}.")
        conversation = await self._by_link(request, kind) or await self._known(request)
        made = await asyncio.to_thread(summary_file, self._parts, conversation, kind)
        if made is None:
            raise ClientError(404, "no_interview", "No interview was started in this conversation.")
        return made

    async def feedback(self, request: Request) -> HTTPResponse:
        conversation = await self._known(request)
        given = read_feedback(json_body(request))
        await asyncio.to_thread(self._records.add_feedback, conversation.id, **given)
        return response.empty(204)

    async def export(self, request: Request) -> HTTPResponse:
        conversation = await self._known(request)
        rows = await asyncio.to_thread(self._records.export, conversation.id)
        return response.json(as_json(rows))

    async def delete(self, request: Request) -> HTTPResponse:
        conversation = await self._known(request)
        await self._conversations.delete(conversation)
        return response.empty(204)

    async def _by_link(self, request: Request, kind: str) -> Conversation | None:
        """The conversation that a link of a summary opens; None when the address holds no key."""
        key = request.args.get("key")
        if key is None:
            return None
        opens = opened_by(kind)
        found = await asyncio.to_thread(self._records.take_key, key[:100], opens=opens)
        if found is None:
            message = "This link was used, or is too old. Ask for the summary again."
            raise ClientError(410, "link_over", message)
        return found

    async def _known(
        self,
        request: Request,
        limit: Callable[[str], Awaitable[None]] | None = None,
        *,
        reads_it: bool = False,
    ) -> Conversation:
        """The conversation of the request's token; `limit` counts the call for it. `reads_it`: what
        the caller does next finds out whether it was deleted."""
        await self._limits.call(request)
        token = bearer_token(request)
        found = self._records.known(token) if reads_it else None
        try:
            if found is None:
                found = await asyncio.to_thread(self._records.by_token, token)
        except UnknownConversation as error:
            raise ClientError(401, "unknown_session", UNKNOWN_SESSION) from error
        await (limit or self._limits.further)(found.id)
        return found


def _opened(opened: Opened) -> HTTPResponse:
    body = {
        "session": opened.conversation.id,
        "token": opened.token,
        "expires_at": _utc(opened.expires_at),
        "messages": opened.messages,
    }
    return response.json(body, status=201)


def _utc(at: datetime.datetime) -> str:
    return at.isoformat(timespec="seconds") + "Z"
