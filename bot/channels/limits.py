"""How many sessions and calls an address, and messages a conversation, may send in a minute.

Counted in this process, or in Redis when several processes share the work.
"""

from __future__ import annotations

import asyncio
import logging

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError
from sanic.request import Request

from bot.channels.http import ClientError
from bot.records.keys import hash_of
from bot.settings import Settings

log = logging.getLogger(__name__)
# 30 guesses in 15 minutes, of 29 ^ 8 codes: one in 10 ^ 10.
RESUME_TRIES, RESUME_MINUTES = 30, 15
# People behind one address (a clinic, a mobile network) who write at full speed.
PEOPLE_PER_ADDRESS = 20


class RateLimits:
    """Counts of the last minute."""

    def __init__(self, settings: Settings) -> None:
        self._is_shared = settings.redis_url is not None
        # Held here, because the limiter holds it only weakly.
        self._storage = (
            RedisStorage(settings.redis_url, socket_timeout=2, socket_connect_timeout=2)
            if self._is_shared
            else MemoryStorage()
        )
        self._limiter = MovingWindowRateLimiter(self._storage)
        self._sessions = RateLimitItemPerMinute(settings.sessions_per_minute)
        self._messages = RateLimitItemPerMinute(settings.messages_per_minute)
        self._calls = RateLimitItemPerMinute(settings.messages_per_minute * PEOPLE_PER_ADDRESS)
        self._resumes = RateLimitItemPerMinute(RESUME_TRIES, RESUME_MINUTES)
        self._proxies = settings.trusted_proxies

    async def new_session(self, request: Request) -> None:
        """Raises ClientError 429 when this address opened too many."""
        if not await self._hit(self._sessions, "session", self._address(request)):
            raise ClientError(429, "too_many", "Too many new conversations. Wait a minute.")

    async def resume(self, request: Request) -> None:
        """Raises ClientError 429 when this address tried too many codes."""
        await self.resume_by(self._address(request))

    async def resume_by(self, who: str) -> None:
        """Raises ClientError 429 when these (an address, a person) tried too many codes."""
        if not await self._hit(self._resumes, "resume", who):
            message = f"Too many codes were tried. Wait {RESUME_MINUTES} minutes."
            raise ClientError(429, "too_many", message)

    async def call(self, request: Request) -> None:
        """Raises ClientError 429 when this address made too many calls of any kind."""
        if not await self._hit(self._calls, "call", self._address(request)):
            raise ClientError(
                429,
                "too_many",
                "Too many calls from this address. Wait a minute. "
                "In an emergency, call your local emergency number.",
            )

    async def further(self, conversation: str) -> None:
        """Raises ClientError 429 when this conversation made too many calls besides messages."""
        if not await self._hit(self._messages, "further", conversation):
            raise ClientError(429, "too_many", "Too many calls at once. Wait a minute.")

    async def message(self, conversation: str) -> None:
        """Raises ClientError 429 when this conversation sent too many."""
        if not await self._hit(self._messages, "message", conversation):
            raise ClientError(
                429,
                "too_many",
                "Too many messages at once. Wait a minute, then send it again. "
                "In an emergency, call your local emergency number.",
            )

    async def _hit(self, limit: RateLimitItem, kind: str, who: str) -> bool:
        """Is this one allowed? Without Redis all are: a message may be an emergency. Counted by a
        hash, so that a conversation that was deleted is not named for another minute."""
        counted = (kind, hash_of(who))
        if not self._is_shared:
            return bool(self._limiter.hit(limit, *counted))
        try:
            return bool(await asyncio.to_thread(self._limiter.hit, limit, *counted))
        except RedisError:
            log.error("rate_limits_unavailable")
            return True

    def _address(self, request: Request) -> str:
        """The client's address; behind trusted proxies the one that they saw."""
        forwarded = [a.strip() for a in request.headers.get("x-forwarded-for", "").split(",")]
        if self._proxies and len(forwarded) >= self._proxies and forwarded[-self._proxies]:
            return forwarded[-self._proxies]
        return str(request.ip)
