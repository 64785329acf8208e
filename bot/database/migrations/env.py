"""Alembic's entry: runs migrations on the connection that bot.database.engine hands over."""

from __future__ import annotations

from alembic import context

import bot.knowledge.tables
import bot.records.tables  # noqa: F401 - each import fills the metadata
from bot.database.engine import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
