"""How long what people said is kept: RETENTION_DAYS after the last message, then nothing of it."""

from __future__ import annotations

import datetime
from dataclasses import asdict, dataclass

from sqlalchemy import delete, select
from sqlalchemy.engine import Engine

from bot.database.engine import leave_no_trace, writing
from bot.logs import event_log
from bot.records import tables as t
from bot.records.events import KEPT
from bot.records.store import MEMORY_LIFE
from bot.records.transfer import delete_rows
from bot.settings import Settings

log = event_log(__name__)
AT_ONCE = 200


@dataclass
class Purged:
    """How many were deleted."""

    conversations: int = 0
    channel_consents: int = 0
    one_time_keys: int = 0
    channel_events: int = 0
    audit_lines: int = 0


def purge(engine: Engine, config: Settings, now: datetime.datetime) -> Purged:
    """Delete what is too old at `now` (UTC, without a zone). Several bots may do it at once, while
    people talk."""
    kept = now - datetime.timedelta(days=config.retention_days)
    done = Purged(conversations=_conversations(engine, kept, withdrawn=now - MEMORY_LIFE))
    events, keys, audit = t.channel_events.c, t.one_time_keys.c, t.red_flag_audit.c
    consents, links = t.channel_consents.c, t.channel_links.c
    has_conversation = select(links.person).where(links.person == consents.person).exists()
    audit_kept = now - datetime.timedelta(days=config.audit_retention_days)
    with writing(engine) as connection:
        # What somebody answered about Slack goes with their last conversation.
        done.channel_consents = connection.execute(
            delete(t.channel_consents).where(consents.at < kept, ~has_conversation)
        ).rowcount
        done.one_time_keys = connection.execute(
            delete(t.one_time_keys).where(keys.expires_at <= now)
        ).rowcount
        done.channel_events = connection.execute(
            delete(t.channel_events).where(events.at < now - KEPT)
        ).rowcount
        done.audit_lines = connection.execute(
            delete(t.red_flag_audit).where(audit.at < audit_kept)
        ).rowcount
    leave_no_trace(engine)
    log.info("purged", **asdict(done))
    return done


def _conversations(
    engine: Engine, before: datetime.datetime, *, withdrawn: datetime.datetime
) -> int:
    """Delete what was used last before then. Where consent was taken back only a crash leaves
    something here (Records.set_consent): its time ends at `withdrawn`."""
    c, done = t.conversations.c, 0
    is_left = c.consent.is_(False) & (c.last_used_at < withdrawn)
    is_old = (c.last_used_at < before) | is_left
    old = select(c.id).where(is_old).order_by(c.last_used_at).limit(AT_ONCE)
    while True:
        with writing(engine) as connection:
            # PostgreSQL: whoever writes in this moment keeps the conversation.
            found = connection.scalars(old.with_for_update(skip_locked=True)).all()
            for conversation in found:
                delete_rows(connection, conversation)
        done += len(found)
        if not found:
            return done
