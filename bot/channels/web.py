"""The web channel: HTTP under /chat. The contract is in docs/http.md; identity is a bearer token."""

from __future__ import annotations

import asyncio
import html
import mimetypes
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.conversations import Conversations, Said, UnknownChoice
from bot.channels.http import (
    ClientError,
    allow_cross_origin,
    bearer_token,
    check_origin,
    install_error_handlers,
    json_body,
    secure,
)
from bot.channels.limits import RateLimits
from bot.channels.summary_download import FORMATS, summary_file
from bot.channels.web_input import read_feedback, read_message, read_session
from bot.errors import RecordsUnavailable, UnknownConversation
from bot.records.store import Conversation
from bot.records.transfer import as_json
from bot.runtime import Runtime, runtime
from bot.settings import ROOT

WEB = ROOT / "web"
UNKNOWN_SESSION = (
    "This conversation is over or was deleted. Start a new one. "
    "In an emergency, call your local emergency number."
)


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
    conversations = Conversations("web", parts, on_new_message)
    limits = RateLimits(parts.settings)
    pages = _Pages(parts)

    @routes.listener("before_server_start")
    async def prepare(app: Sanic, _: Any) -> None:
        install_error_handlers(app)

    @routes.middleware("request")
    async def guard(request: Request) -> HTTPResponse | None:
        check_origin(request, parts.settings.origins)
        return allow_cross_origin(request) if request.method == "OPTIONS" else None

    @routes.middleware("response")
    async def protect(request: Request, answer: HTTPResponse) -> None:
        secure(request, answer, parts.settings.origins)

    async def known(request: Request) -> Conversation:
        try:
            return await asyncio.to_thread(parts.records.by_token, bearer_token(request))
        except UnknownConversation as error:
            raise ClientError(401, "unknown_session", UNKNOWN_SESSION) from error

    @routes.get("/")
    async def page(_: Request) -> HTTPResponse:
        return pages.page()

    @routes.post("/session")
    async def session(request: Request) -> HTTPResponse:
        limits.new_session(request)
        wanted = read_session(json_body(request))
        opened = await conversations.open(
            start=wanted.start, timezone=wanted.timezone, country=wanted.country
        )
        body = {
            "session": opened.conversation.id,
            "token": opened.token,
            "expires_at": opened.expires_at.isoformat(timespec="seconds") + "Z",
            "messages": opened.messages,
        }
        return response.json(body, status=201)

    @routes.post("/message")
    async def message(request: Request) -> HTTPResponse:
        conversation = await known(request)
        limits.message(request, conversation.id)
        said: Said = read_message(json_body(request))
        try:
            turn = await conversations.say(conversation, said)
        except UnknownChoice as error:
            raise ClientError(
                400, "unknown_choice", "This choice was not offered. Choose one that was, or type."
            ) from error
        return response.json({"turn": turn.turn, "messages": turn.messages, "state": turn.state})

    @routes.get("/history")
    async def history(request: Request) -> HTTPResponse:
        conversation = await known(request)
        return response.json(
            {"messages": await asyncio.to_thread(parts.records.history, conversation.id)}
        )

    @routes.get("/summary")
    async def summary(request: Request) -> HTTPResponse:
        conversation = await known(request)
        kind = request.args.get("format", "json")
        if kind not in FORMATS:
            known_formats = ", ".join(FORMATS)
            raise ClientError(400, "unknown_format", f"The summary comes as {known_formats}.")
        made = await asyncio.to_thread(summary_file, parts, conversation, kind)
        if made is None:
            raise ClientError(404, "no_interview", "No interview was started in this conversation.")
        return made

    @routes.post("/feedback")
    async def feedback(request: Request) -> HTTPResponse:
        conversation = await known(request)
        given = read_feedback(json_body(request))
        await asyncio.to_thread(parts.records.add_feedback, conversation.id, **given)
        return response.empty(204)

    @routes.get("/export")
    async def export(request: Request) -> HTTPResponse:
        conversation = await known(request)
        return response.json(as_json(await asyncio.to_thread(parts.records.export, conversation.id)))

    @routes.delete("/session")
    async def delete(request: Request) -> HTTPResponse:
        conversation = await known(request)
        await asyncio.to_thread(parts.records.delete, conversation.id)
        return response.empty(204)

    @routes.get("/<name>")
    async def static(_: Request, name: str) -> HTTPResponse:
        return pages.file(name)

    return routes


class _Pages:
    """The chat page and its scripts, read once; nothing outside web/ can be named."""

    def __init__(self, parts: Runtime) -> None:
        self._files = {p.name: p.read_bytes() for p in sorted(WEB.iterdir()) if p.suffix in (".js", ".css")}
        page = (WEB / "chat.html").read_text(encoding="utf-8")
        phone = parts.settings.care_team_phone
        attribute = f' data-phone="{html.escape(phone)}"' if phone else ""
        self._page = page.replace("<relapse-chat", f"<relapse-chat{attribute}", 1)

    def page(self) -> HTTPResponse:
        return response.html(self._page, headers={"Cache-Control": "no-cache"})

    def file(self, name: str) -> HTTPResponse:
        if name not in self._files:
            raise ClientError(404, "not_found", "There is nothing at this address.")
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if kind == "application/javascript":
            kind = "text/javascript"
        return response.raw(
            self._files[name],
            content_type=f"{kind}; charset=utf-8",
            headers={"Cache-Control": "no-cache"},
        )
