"""Alembic's entry: runs migrations on the connection that bot.database.engine hands over."""

from __future__ import annotations

from alembic import context

from bot.knowledge import tables as knowledge
from bot.records import tables as records

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=[knowledge.metadata, records.metadata],
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
