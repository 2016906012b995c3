"""Numbers for messages that only have names: Microsoft Graph knows no UIDs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("mailbox", sa.String(320), nullable=False),
        sa.Column("folder", sa.String(320), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger, nullable=False),
        sa.Column("next_uid", sa.BigInteger, nullable=False),
        sa.Column("cursor", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_series"),
        sa.UniqueConstraint("mailbox", "folder", name="uq_series_mailbox_folder"),
    )
    op.create_table(
        "numbers",
        sa.Column("series_id", sa.Integer, nullable=False),
        sa.Column("uid", sa.BigInteger, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mail_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("series_id", "uid", name="pk_numbers"),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name="fk_numbers_series_id"),
        sa.UniqueConstraint("series_id", "name", name="uq_numbers_series_id_name"),
    )


def downgrade() -> None:
    for name in ("numbers", "series"):
        op.drop_table(name)
