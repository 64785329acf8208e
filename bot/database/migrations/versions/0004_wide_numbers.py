"""room for more than 2^31 rows; expired one-time keys are found by an index"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBERED = ("consents", "feedback", "interview_answers", "red_flag_audit")


def upgrade() -> None:
    """Apply. SQLite's numbers are wide already."""
    op.create_index("ix_one_time_keys_expires_at", "one_time_keys", ["expires_at"])
    if op.get_bind().dialect.name == "postgresql":
        for table in NUMBERED:
            op.alter_column(table, "id", type_=sa.BigInteger())
            op.execute(f"alter sequence {table}_id_seq as bigint")


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_one_time_keys_expires_at", "one_time_keys")
    if op.get_bind().dialect.name == "postgresql":
        for table in NUMBERED:
            op.alter_column(table, "id", type_=sa.Integer())
