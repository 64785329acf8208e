"""room for encrypted values, and a row that shows whether the key is the right one"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

WIDER = (("raised_flags", "rule"), ("raised_flags", "level"), ("trackers", "audience"),
         ("channel_events", "answer_to"))


def upgrade() -> None:
    """Apply. SQLite's texts have no length."""
    op.create_table(
        "records_key",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table, column in WIDER:
            op.alter_column(table, column, type_=sa.Text())


def downgrade() -> None:
    """Undo. Sealed values stay too long for the old columns, so these keep their width."""
    op.drop_table("records_key")
