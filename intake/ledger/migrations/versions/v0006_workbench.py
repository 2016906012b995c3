"""What messages say, to read and to search; who looks at a submission; and messages that a person has dealt with.

Of messages that came before, subject, sender and file names are found at once; the sender's words when the message is
judged again.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from intake.ledger.wording import terms

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# External content: the words stand once, in message_words (sqlite.org/fts5.html, 4.4.3).
_SQLITE = """
CREATE VIRTUAL TABLE message_search USING fts5(terms, content='message_words', content_rowid='message_id')
--
CREATE TRIGGER message_search_new AFTER INSERT ON message_words BEGIN
  INSERT INTO message_search(rowid, terms) VALUES (new.message_id, new.terms);
END
--
CREATE TRIGGER message_search_gone AFTER DELETE ON message_words BEGIN
  INSERT INTO message_search(message_search, rowid, terms) VALUES ('delete', old.message_id, old.terms);
END
--
CREATE TRIGGER message_search_other AFTER UPDATE ON message_words BEGIN
  INSERT INTO message_search(message_search, rowid, terms) VALUES ('delete', old.message_id, old.terms);
  INSERT INTO message_search(rowid, terms) VALUES (new.message_id, new.terms);
END
"""
_POSTGRESQL = (
    "CREATE INDEX ix_message_words_search ON message_words USING gin (to_tsvector('simple'::regconfig, terms))"
)


def upgrade() -> None:
    op.create_table(
        "message_words",
        sa.Column("message_id", sa.Integer, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("below", sa.Text, nullable=False),
        sa.Column("terms", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_message_words"),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name="fk_message_words_message_id"),
    )
    op.create_table(
        "looking",
        sa.Column("submission_id", sa.Integer, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("submission_id", name="pk_looking"),
        sa.ForeignKeyConstraint(["submission_id"], ["submissions.id"], name="fk_looking_submission_id"),
    )
    with op.batch_alter_table("messages") as table:
        table.add_column(sa.Column("seen_at", MOMENT))
        table.add_column(sa.Column("seen_by", sa.Text))
    connection = op.get_bind()
    for statement in (_SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL).split("\n--\n"):
        connection.exec_driver_sql(statement)
    _fill(connection)


def _fill(connection: sa.Connection) -> None:
    names: dict[int, list[str]] = {}
    files = "SELECT j.message_id AS message, f.name AS name FROM files f JOIN judgements j ON j.id = f.judgement_id"
    for row in connection.execute(sa.text(files)):
        names.setdefault(row.message, []).append(row.name)
    enter = sa.text("INSERT INTO message_words (message_id, words, below, terms) VALUES (:message, '', '', :terms)")
    known = "SELECT id, subject, sender FROM messages WHERE judged_at IS NOT NULL"
    for row in connection.execute(sa.text(known)).all():
        found = terms((row.subject or "", row.sender or "", *names.get(row.id, ())))
        connection.execute(enter, {"message": row.id, "terms": found})
