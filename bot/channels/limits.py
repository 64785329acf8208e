"""How many sessions and calls an address, and messages a conversation, may send in a minute.

Counted in this process, or in Redis when several processes share the work. In this process a list
of times does: the library's own memory starts a thread that goes through all counts again and
again, which took 6 % of a busy bot's time.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.exceptions import RedisError
from sanic.request import Request

from bot.channels.http import ClientError
from bot.logs import event_log
from bot.records.keys import hash_of
from bot.settings import Settings

log = event_log(__name__)
# 30 guesses in 15 minutes, of 29 ^ 8 codes: one in 10 ^ 10.
RESUME_TRIES, RESUME_MINUTES = 30, 15
FORGET_S = RESUME_MINUTES * 60
# People behind one address (a clinic, a mobile network) who write at full speed.
PEOPLE_PER_ADDRESS = 20


class OwnCounts:
    """When each one was last allowed, in this process; for one thread."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        """`now`: seconds of a clock that never goes back."""
        self._now = now
        self._times: dict[str, deque[float]] = {}
        self._looked_at = now()

    def hit(self, limit: RateLimitItem, *who: str) -> bool:
        """Is one more allowed? Then it counts."""
        now, key = self._now(), limit.key_for(*who)
        self._forget(now)
        times = self._times.setdefault(key, deque(maxlen=limit.amount))
        if len(times) == limit.amount and times[0] > now - limit.get_expiry():
            return False
        times.append(now)
        return True

    def _forget(self, now: float) -> None:
        """Drop those that were not seen for the longest of the limits, now and then."""
        if now - self._looked_at < FORGET_S:
            return
        self._looked_at = now
        self._times = {k: times for k, times in self._times.items() if times[-1] > now - FORGET_S}


class RateLimits:
    """Counts of the last minute."""

    def __init__(self, settings: Settings) -> None:
        self._own = OwnCounts()
        self._shared: MovingWindowRateLimiter | None = None
        if settings.redis_url is not None:
            # Held here, because the limiter holds it only weakly.
            self._storage = RedisStorage(
                settings.redis_url, socket_timeout=2, socket_connect_timeout=2
            )
            self._shared = MovingWindowRateLimiter(self._storage)
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
        if self._shared is None:
            return self._own.hit(limit, *counted)
        try:
            return bool(await asyncio.to_thread(self._shared.hit, limit, *counted))
        except RedisError:
            log.error("rate_limits_unavailable")
            return True

    def _address(self, request: Request) -> str:
        """The client's address; behind trusted proxies the one that they saw."""
        forwarded = [a.strip() for a in request.headers.get("x-forwarded-for", "").split(",")]
        if self._proxies and len(forwarded) >= self._proxies and forwarded[-self._proxies]:
            return forwarded[-self._proxies]
        return str(request.ip)
