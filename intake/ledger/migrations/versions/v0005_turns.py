"""Whose a message says it is when it comes, whether that is proved, and the processor's time that judging took.

Messages from before were judged in the order in which they came: those that still wait go as if nothing were proved.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("messages") as table:
        table.add_column(sa.Column("claimed_sender", sa.Text, nullable=False, server_default=""))
        table.add_column(sa.Column("proved", sa.Boolean, nullable=False, server_default="0"))
    with op.batch_alter_table("judgements") as table:
        table.add_column(sa.Column("processor_seconds", sa.Float, nullable=False, server_default="0"))
    op.create_index("ix_judgements_judged_at", "judgements", ["judged_at"])
