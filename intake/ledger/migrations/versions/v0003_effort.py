"""What each judgement took: seconds by stage, pages recognised. Earlier judgements count for nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_SECONDS = ("unpack_seconds", "read_seconds", "recognise_seconds", "decide_seconds")


def upgrade() -> None:
    with op.batch_alter_table("judgements") as table:
        for name in _SECONDS:
            table.add_column(sa.Column(name, sa.Float, nullable=False, server_default="0"))
        table.add_column(sa.Column("ocr_pages", sa.Integer, nullable=False, server_default="0"))
