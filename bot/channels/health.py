"""Is the process alive, and can it answer? For load balancers; what is missing is in the log."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import aiohttp
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.errors import BotError
from bot.logs import event_log
from bot.records.sealing_keys import check_keys
from bot.runtime import Runtime, runtime

log = event_log(__name__)
WITHIN_S = 1.5  # whoever asks waits 2 s


class HealthChannel(InputChannel):
    """Routes at the root (named in credentials.yml)."""

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "health"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> HealthChannel:
        """Nothing to set."""
        return cls()

    def url_prefix(self) -> str:
        """At the root."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """/healthz and /readyz."""
        routes = Blueprint("health")

        @routes.get("/healthz")
        async def alive(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @routes.get("/readyz")
        async def ready(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            missing = [] if agent is not None and agent.is_ready() else ["model"]
            missing += await missing_parts(runtime())
            for part in missing:
                log.warning("not_ready", reason=part)
            status = "starting" if missing else "ok"
            return response.json({"status": status}, status=503 if missing else 200)

        return routes


async def missing_parts(parts: Runtime) -> list[str]:
    """Which of the things that a turn needs cannot be used now."""
    checks: dict[str, Awaitable[bool]] = {
        "knowledge": _answers(parts.knowledge.catalogue),
        "records": _answers(parts.records.check),
        "key": _answers(check_keys, parts.engine),
    }
    if parts.settings.action_endpoint_url is not None:
        checks["actions"] = _actions_answer(parts.settings.action_endpoint_url)
    are_there = await asyncio.gather(*checks.values())
    return [name for name, is_there in zip(checks, are_there, strict=True) if not is_there]


async def _answers(call: Callable[..., object], *given: object) -> bool:
    """A database that does not answer in time is gone; its thread ends by the limits of its own."""
    try:
        await asyncio.wait_for(asyncio.to_thread(call, *given), WITHIN_S)
    except (BotError, asyncio.TimeoutError):
        return False
    return True


async def _actions_answer(url: str) -> bool:
    """rasa-sdk's server says at /health that it is there."""
    try:
        health = urlunsplit(urlsplit(url)._replace(path="/health", query=""))
        limit = aiohttp.ClientTimeout(total=WITHIN_S)
        async with aiohttp.ClientSession(timeout=limit) as session, session.get(health) as answer:
            return answer.status == 200
    except (aiohttp.ClientError, asyncio.TimeoutError, ValueError):
        return False
