"""glossary"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "glossary",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("means", sa.Text(), nullable=False),
        sa.Column("topic", sa.String(length=60), nullable=False),
        sa.Column("entry", sa.String(length=120), nullable=True),
        sa.Column("values", sa.String(length=120), nullable=True),
        sa.Column("explain", sa.Boolean(), nullable=False),
        sa.Column("bare", sa.Boolean(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["topic"], ["topics.id"]),
        sa.ForeignKeyConstraint(["entry"], ["entries.id"]),
        sa.ForeignKeyConstraint(["values"], ["entries.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "glossary_names",
        sa.Column("term", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["term"], ["glossary.id"]),
        sa.PrimaryKeyConstraint("term", "position"),
    )
    op.create_table(
        "glossary_facts",
        sa.Column("term", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("fact", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["fact"], ["facts.id"]),
        sa.ForeignKeyConstraint(["term"], ["glossary.id"]),
        sa.PrimaryKeyConstraint("term", "position"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_table("glossary_facts")
    op.drop_table("glossary_names")
    op.drop_table("glossary")
