"""What a running bot deletes by itself: each minute conversations that nobody agreed to store and
nobody used for an hour, once a day what is older than RETENTION_DAYS."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import BotError
from bot.logs import event_log
from bot.records.retention import purge
from bot.records.store import Records, utc_now
from bot.settings import Settings

log = event_log(__name__)
EVERY_S, PURGE_EVERY_S = 60.0, 24 * 3600.0


async def keep_house(
    records: Records, engine: Engine, config: Settings, *, every_s: float = EVERY_S
) -> None:
    """Until cancelled. A database that is gone is tried again a minute later."""
    purge_at = time.monotonic()
    while True:
        await asyncio.sleep(every_s)
        await asyncio.to_thread(_tried, records.drop_forgotten)
        if time.monotonic() >= purge_at and await asyncio.to_thread(
            _tried, lambda: purge(engine, config, utc_now())
        ):
            purge_at = time.monotonic() + PURGE_EVERY_S


def _tried(work: Callable[[], object]) -> bool:
    try:
        work()
    except (BotError, SQLAlchemyError) as error:
        log.error("housekeeping_failed", reason=type(error).__name__)
        return False
    return True
