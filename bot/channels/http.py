"""What every HTTP route of ours shares: errors as JSON, origins, security headers."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from sanic import Sanic, response
from sanic.exceptions import PayloadTooLarge, SanicException
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.errors import RecordsUnavailable, UnknownConversation, place_of
from bot.logs import event_log

log = event_log(__name__)
MAX_BODY_BYTES = 256 * 1024
# A body has this long to arrive, and one that is too large this long to go by before we hang up.
BODY_WITHIN_S, GOES_BY_WITHIN_S, GOES_BY_BYTES = 10, 1, 4 * 1024 * 1024
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
UNKNOWN_SESSION = (
    "This conversation is over or was deleted. Start a new one. "
    "In an emergency, call your local emergency number."
)
_CODES = {
    400: ("bad_request", "The request could not be read."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take this method."),
    408: ("timeout", "The request took too long. Please try again."),
    413: ("too_large", "The message is too long. Please send a shorter one."),
    503: ("unavailable", "Please try again in a moment."),
}


class ClientError(SanicException):
    """Something is wrong with the request; `message` says what to do."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message, status_code=status)
        self.code = code
        self.text = message


def error_answer(status: int, code: str, message: str) -> HTTPResponse:
    """The error of the contract."""
    return response.json({"error": {"code": code, "message": message}}, status=status)


def harden(app: Sanic, origins: frozenset[str]) -> None:
    """For every address of the server: limits, security headers, and errors as JSON without a
    stack trace. `origins` may use the chat besides our own."""
    app.config.REQUEST_MAX_SIZE = MAX_BODY_BYTES
    app.config.REQUEST_TIMEOUT = 15

    async def protect(request: Request, answer: HTTPResponse) -> None:
        _hang_up_on_rest(request)
        secure(request, answer, origins)

    app.register_middleware(protect, "response")
    install_error_handlers(app)


def install_error_handlers(app: Sanic) -> None:
    """All errors of the server as JSON, without a stack trace."""

    async def client_error(_: Request, error: ClientError) -> HTTPResponse:
        answer = error_answer(error.status_code, error.code, error.text)
        if error.status_code == 429:
            answer.headers["Retry-After"] = "60"
        return answer

    async def sanic_error(_: Request, error: Exception) -> HTTPResponse:
        status = getattr(error, "status_code", 500) or 500
        code, text = _CODES.get(status, ("error", "The request could not be answered."))
        return error_answer(status, code, text)

    async def no_records(_: Request, error: Exception) -> HTTPResponse:
        log.error("records_unavailable")
        return error_answer(503, "unavailable", _CODES[503][1])

    async def fault(_: Request, error: Exception) -> HTTPResponse:
        log.error("request_failed", reason=type(error).__name__, at=place_of(error))
        message = "Something went wrong on our side. Please try again, or call your care team."
        return error_answer(500, "error", message)

    app.error_handler.add(ClientError, client_error)
    app.error_handler.add(SanicException, sanic_error)

    async def conversation_over(_: Request, __: Exception) -> HTTPResponse:
        return error_answer(401, "unknown_session", UNKNOWN_SESSION)

    app.error_handler.add(RecordsUnavailable, no_records)
    app.error_handler.add(UnknownConversation, conversation_over)
    app.error_handler.add(Exception, fault)


def streamed(handler: Callable[..., Awaitable[HTTPResponse]]) -> Any:
    """The handler as Sanic wants it, marked as one that has its body read by `read_body`: Sanic
    itself waits for a body without an end."""

    async def handle(request: Request, **path: str) -> HTTPResponse:
        return await handler(request, **path)

    handle.__name__ = getattr(handler, "__name__", "handle")
    handle.is_stream = True  # type: ignore[attr-defined]
    return handle


async def read_body(request: Request) -> None:
    """Receive the body. Raises ClientError 408 when it is too slow, 413 when it is too large."""
    stream = request.stream
    if not stream.request_body:
        return
    stream.request_max_size = MAX_BODY_BYTES
    try:
        await asyncio.wait_for(request.receive_body(), BODY_WITHIN_S)
    except asyncio.TimeoutError as error:
        raise ClientError(408, *_CODES[408]) from error
    except PayloadTooLarge as error:
        # Who still sends does not read: let it go by, so that the answer is seen.
        stream.request_max_size = GOES_BY_BYTES
        with contextlib.suppress(asyncio.TimeoutError, PayloadTooLarge):
            await asyncio.wait_for(request.receive_body(), GOES_BY_WITHIN_S)
        raise ClientError(413, *_CODES[413]) from error


def _hang_up_on_rest(request: Request) -> None:
    """Close the connection after the answer when there is a body that nobody read: Sanic would
    wait for its end."""
    if request.stream is not None and request.stream.request_body:
        request.stream.request_body = None
        request.stream.keep_alive = False


def json_body(request: Request) -> dict[str, Any]:
    """The request's JSON object. Raises ClientError that says what is wrong."""
    kind = (request.headers.get("content-type") or "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ClientError(415, "not_json", "Send JSON, with Content-Type: application/json.")
    try:
        body = json.loads(request.body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ClientError(400, "invalid_json", "The body is not valid JSON in UTF-8.") from error
    if not isinstance(body, dict):
        raise ClientError(400, "invalid_json", "The body must be a JSON object.")
    return body


def bearer_token(request: Request) -> str:
    """The token of the Authorization header; empty (and so unknown) when there is none."""
    scheme, _, token = (request.headers.get("authorization") or "").partition(" ")
    return token.strip()[:200] if scheme.lower() == "bearer" else ""


def check_origin(request: Request, allowed: frozenset[str]) -> None:
    """Refuse a page of another site that was not allowed; a client that is no page sends none."""
    origin = request.headers.get("origin")
    if origin is None or origin.rstrip("/") in allowed:
        return
    try:
        host = urlsplit(origin).netloc
    except ValueError:
        host = ""
    if host != request.headers.get("host"):
        raise ClientError(403, "origin", "This website may not use the chat.")


def allow_cross_origin() -> HTTPResponse:
    """The answer to a browser's question before a cross-origin request."""
    return response.empty(
        204,
        headers={
            "Access-Control-Allow-Methods": "GET, POST, DELETE",
            "Access-Control-Allow-Headers": "Authorization, Content-Type",
            "Access-Control-Max-Age": "600",
        },
    )


def secure(request: Request, answer: HTTPResponse, allowed: frozenset[str]) -> None:
    """Headers for every answer."""
    answer.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    answer.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    origin = request.headers.get("origin")
    if origin and origin.rstrip("/") in allowed:
        answer.headers["Access-Control-Allow-Origin"] = origin
        answer.headers.setdefault("Vary", "Origin")
