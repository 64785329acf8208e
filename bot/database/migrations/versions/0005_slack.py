"""people of channels that name them, and the events taken from them"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "channel_links",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("conversation", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["conversation"], ["conversations.id"]),
        sa.PrimaryKeyConstraint("person", "conversation"),
    )
    op.create_index("ix_channel_links_conversation", "channel_links", ["conversation"])
    op.create_table(
        "channel_consents",
        sa.Column("person", sa.String(length=64), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("person"),
    )
    op.create_table(
        "channel_events",
        sa.Column("key_hash", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("answer_to", sa.String(length=64), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key_hash"),
    )
    op.create_index("ix_channel_events_at", "channel_events", ["at"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("channel_events")
    op.drop_table("channel_consents")
    op.drop_table("channel_links")
