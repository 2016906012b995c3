"""What several instances on one ledger need: leases, and messages in the database for who keeps them there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(400), nullable=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "kept_messages",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_kept_messages"),
    )
    op.create_table(
        "kept_pieces",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", "number", name="pk_kept_pieces"),
        sa.ForeignKeyConstraint(["sha256"], ["kept_messages.sha256"], name="fk_kept_pieces_sha256", ondelete="CASCADE"),
    )
    if op.get_bind().dialect.name == "postgresql":  # base64 of what is compressed already
        op.execute("ALTER TABLE kept_pieces ALTER COLUMN content SET STORAGE EXTERNAL")


def downgrade() -> None:
    for name in ("kept_pieces", "kept_messages", "leases"):
        op.drop_table(name)
