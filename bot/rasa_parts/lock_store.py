"""One turn at a time for each conversation, in the order of arrival.

Rasa's own store makes a waiting message ask again every second.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockStore


class ConversationLocks:
    """An asyncio.Lock for each conversation, for as long as somebody holds or awaits it."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def hold(self, conversation: str) -> AsyncIterator[None]:
        """Wait for the turn of this caller."""
        lock, users = self._locks.get(conversation, (asyncio.Lock(), 0))
        self._locks[conversation] = (lock, users + 1)
        try:
            async with lock:
                yield
        finally:
            lock, users = self._locks[conversation]
            if users == 1:
                del self._locks[conversation]
            else:
                self._locks[conversation] = (lock, users - 1)


class InProcessLockStore(LockStore):
    """Rasa's lock store for one process (named in endpoints.yml)."""

    def __init__(self, endpoint_config: Any = None, **kwargs: Any) -> None:
        self._locks = ConversationLocks()

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = 0, wait_time_in_seconds: float = 0
    ) -> AsyncIterator[TicketLock]:
        """Hold the conversation's lock; a turn is ended by its own time limit, not by the lock."""
        async with self._locks.hold(conversation_id):
            yield TicketLock(conversation_id)
