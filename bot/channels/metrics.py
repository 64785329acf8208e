"""`GET /metrics` for Prometheus: with METRICS_TOKEN at the bot's own port, with METRICS_PORT at a
port of its own. Off without either."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, start_http_server
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.channels.http import ClientError, bearer_token
from bot.errors import BotError
from bot.metrics import exposed, registry
from bot.settings import Settings, settings


class MetricsChannel(InputChannel):
    """A route at the root (named in credentials.yml). Without METRICS_TOKEN there is none."""

    @classmethod
    def name(cls) -> str:
        """The channel's name."""
        return "metrics"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> MetricsChannel:
        """Nothing to set: settings come from the environment."""
        return cls()

    def url_prefix(self) -> str:
        """At the root."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """/metrics."""
        routes = Blueprint("metrics")
        token = settings().metrics_token
        if token is None:
            return routes

        @routes.get("/metrics")
        async def metrics(request: Request) -> HTTPResponse:
            given = bearer_token(request).encode("utf-8", "replace")
            if not hmac.compare_digest(given, token.encode("utf-8")):
                raise ClientError(401, "unknown_token", "Send METRICS_TOKEN as a bearer token.")
            return response.raw(exposed(), content_type=CONTENT_TYPE_LATEST)

        return routes


def serve_metrics(config: Settings) -> None:
    """Answer at METRICS_PORT, in a thread, until the process ends. Raises BotError when another
    program has the port."""
    if config.metrics_port is None:
        return
    try:
        start_http_server(config.metrics_port, addr=config.metrics_host, registry=registry)
    except OSError as error:
        raise BotError(
            f"METRICS_PORT: {config.metrics_host}:{config.metrics_port} cannot be used; "
            "stop what uses it, or choose another"
        ) from error
