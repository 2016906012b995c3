"""Doubts as rows of their own, messages that count in their case, and each report to the Commissioner once.

What waited for a person before keeps its reasons: each becomes a doubt. Messages of submissions that did not wait,
and those whose sender was proved, count in their case.
"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _doubts()
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("value", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_secrets"),
    )
    with op.batch_alter_table("messages") as table:
        table.add_column(sa.Column("joined_by", sa.String(20)))
        # A plain default: with any other, SQLite makes the table anew, which the rows that refer to it forbid.
        table.add_column(sa.Column("confirmed", sa.Boolean, nullable=False, server_default="0"))
        table.add_column(sa.Column("left_out", sa.Boolean, nullable=False, server_default="0"))
    with op.batch_alter_table("submissions") as table:
        table.add_column(sa.Column("released_sha256", sa.String(64)))
    op.drop_index("uq_outgoing_once", "outgoing")
    with op.batch_alter_table("outgoing") as table:
        table.add_column(sa.Column("report_sha256", sa.String(64)))
        table.add_column(sa.Column("gist", sa.String(32)))
    _carry_over()
    answer = sa.text("kind IN ('reply', 'acknowledgement', 'receipt') AND state != 'cancelled'")
    forward = sa.text("kind = 'forward' AND state != 'cancelled'")
    for name, columns, where in (
        ("uq_outgoing_answer", ["answers_id", "kind"], answer),
        ("uq_outgoing_report", ["report_sha256"], forward),
    ):
        op.create_index(name, "outgoing", columns, unique=True, sqlite_where=where, postgresql_where=where)


def _doubts() -> None:
    op.create_table(
        "doubts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("submission_id", sa.Integer, nullable=False),
        sa.Column("message_id", sa.Integer),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("source", sa.String(20), nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("quote", sa.Text),
        sa.Column("document", sa.Text),
        sa.Column("page", sa.Integer),
        sa.Column("sha256", sa.String(64)),
        sa.Column("raised_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT),
        sa.Column("closed_by", sa.Text),
        sa.Column("closed_why", sa.Text),
        sa.PrimaryKeyConstraint("id", name="pk_doubts"),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_doubts_submission_id"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_doubts_message_id"),
    )
    op.create_index("ix_doubts_submission_id_closed_at", "doubts", ["submission_id", "closed_at"])
    op.create_index("ix_doubts_message_id", "doubts", ["message_id"])
    op.create_index("ix_doubts_code_closed_at", "doubts", ["code", "closed_at"])


def _carry_over() -> None:
    connection = op.get_bind()
    connection.execute(
        sa.text(
            "UPDATE messages SET confirmed = :yes WHERE submission_id IN"
            " (SELECT id FROM submissions WHERE state != 'review' OR sender_domain = messages.sender_domain)"
            " AND (authentication IS NOT NULL OR submission_id IN (SELECT id FROM submissions WHERE state != 'review'))"
        ),
        {"yes": True},
    )
    waiting = sa.text(
        "SELECT s.id AS submission, j.message_id AS message, j.reasons AS reasons,"
        " COALESCE(j.judged_at, s.state_since) AS at"
        " FROM submissions s LEFT JOIN judgements j ON j.id = s.judgement_id WHERE s.state = 'review'"
    )
    for row in connection.execute(waiting).all():
        reasons = json.loads(row.reasons) if isinstance(row.reasons, str) else row.reasons
        for reason in reasons or ["it waited for a person"]:
            connection.execute(
                sa.text(
                    "INSERT INTO doubts (submission_id, message_id, code, source, summary, raised_at)"
                    " VALUES (:submission, :message, 'earlier-reason', 'case', :reason, :at)"
                ),
                {"submission": row.submission, "message": row.message, "reason": reason, "at": row.at},
            )
    # The report that each forward took: the one of the latest judgement of its version.
    connection.execute(
        sa.text(
            "UPDATE outgoing SET report_sha256 = (SELECT f.sha256 FROM files f JOIN judgements j ON j.id ="
            " f.judgement_id JOIN messages m ON m.id = j.message_id WHERE m.submission_id = outgoing.submission_id"
            " AND m.version <= outgoing.version AND f.is_report ORDER BY m.version DESC, j.id DESC LIMIT 1)"
            " WHERE kind = 'forward' AND state != 'cancelled'"
        )
    )
    # Of a report that went twice by a person's word, the first forward that arrived is the one that counts.
    connection.execute(
        sa.text(
            "UPDATE outgoing SET report_sha256 = NULL WHERE kind = 'forward' AND state != 'cancelled' AND id NOT IN"
            " (SELECT id FROM (SELECT id, ROW_NUMBER() OVER (PARTITION BY report_sha256 ORDER BY"
            " CASE WHEN state = 'sent' AND bounced_at IS NULL THEN 0 WHEN state = 'failed' THEN 2 ELSE 1 END, id)"
            " AS place FROM outgoing WHERE kind = 'forward' AND state != 'cancelled') ranked WHERE place = 1)"
        )
    )
    connection.execute(
        sa.text(
            "UPDATE outgoing SET answers_id = NULL WHERE kind IN ('reply', 'acknowledgement', 'receipt')"
            " AND state != 'cancelled' AND id NOT IN (SELECT MAX(id) FROM outgoing WHERE kind IN ('reply',"
            " 'acknowledgement', 'receipt') AND state != 'cancelled' GROUP BY answers_id, kind)"
        )
    )
