"""Is the process alive, and can it answer? For load balancers; no details."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.errors import BotError
from bot.records.sealing_keys import check_keys
from bot.runtime import runtime


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
            is_ready = agent is not None and agent.is_ready()
            try:
                await asyncio.to_thread(runtime().knowledge.catalogue)
                await asyncio.to_thread(check_keys, runtime().engine)
            except BotError:
                is_ready = False
            status = "ok" if is_ready else "starting"
            return response.json({"status": status}, status=200 if is_ready else 503)

        return routes
