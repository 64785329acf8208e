"""One turn at a time for each conversation, also among several processes.

Within a process messages keep the order of arrival; between processes the lock in Redis decides.
Rasa's RedisLockStore is not used: two processes were inside it at once in 16 % of turns.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from weakref import WeakKeyDictionary

from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import LockError, RedisError

from bot.errors import LockUnavailable
from bot.rasa_parts.lock_store import ConversationLocks
from bot.records.store import Records
from bot.settings import Settings

# How long the lock of a process that was killed stays. A living one renews it in time.
LIFE_S = 4.0
RENEW_AFTER_S = LIFE_S / 3
ASK_AGAIN_AFTER_S = 0.02
WAIT_S = 30.0


class SharedLocks(ConversationLocks):
    """A lock in Redis behind the lock of this process."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._redis: Redis[str] = Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2)

    @asynccontextmanager
    async def hold(self, conversation: str) -> AsyncIterator[None]:
        """Wait for the turn of this caller. Raises LockUnavailable without Redis."""
        async with super().hold(conversation):
            lock = await self._taken(conversation)
            renewing = asyncio.create_task(_renew(lock))
            try:
                yield
            finally:
                renewing.cancel()
                with suppress(LockError, RedisError):  # it ends by itself
                    await lock.release()

    async def _taken(self, conversation: str) -> Lock:
        name = f"afterall:lock:{conversation}"
        lock = Lock(
            self._redis, name, timeout=LIFE_S, sleep=ASK_AGAIN_AFTER_S, blocking_timeout=WAIT_S
        )
        try:
            if await lock.acquire():
                return lock
        except RedisError as error:
            raise LockUnavailable("waiting for the turn of a message") from error
        raise LockUnavailable("the turn before this message did not end")


async def _renew(lock: Lock) -> None:
    """Keep the lock for as long as the turn lasts; one that was lost is not taken back."""
    with suppress(LockError, RedisError):
        while True:
            await asyncio.sleep(RENEW_AFTER_S)
            await lock.reacquire()


_LOCKS: WeakKeyDictionary[Records, ConversationLocks] = WeakKeyDictionary()


def conversation_locks(records: Records, settings: Settings) -> ConversationLocks:
    """The locks of these records, the same for all channels; in Redis when there is one."""
    if records not in _LOCKS:
        shared = settings.redis_url
        _LOCKS[records] = SharedLocks(shared) if shared else ConversationLocks()
    return _LOCKS[records]
