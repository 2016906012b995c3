"""What staff are owed a mail about. The debt is written in the transaction of the thing itself, and paid once.

Composing the mail is not the ledger's work: the service asks what is due, composes, stores the bytes and queues;
a crash anywhere in between leaves the notice due and the mail unsent, or both done.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, select, update

from intake.ledger import mail_queue
from intake.ledger.database import Database, Writer, insert_new
from intake.ledger.records import NewMail, NewNotice
from intake.ledger.tables import notices, outgoing, submissions
from intake.model import MailKind, OutgoingState, SubmissionState


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A notice to compose: what it is about, and the reasons to give."""

    id: int
    kind: str
    key: str
    due_at: datetime
    created_at: datetime
    reasons: tuple[str, ...]
    submission: int | None
    reference: str | None
    version: int | None
    message: int | None
    outgoing: int | None
    mail: MailKind | None  # the kind of the outgoing mail it is about


class Notices:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, notice: NewNotice, now: datetime) -> bool:
        """Owe staff a notice; False when its key is known, told already or still due."""
        with self._database.write() as writer:
            return owe(writer, notice, now)

    def due(self, now: datetime, limit: int = 20) -> list[NoticeRow]:
        """What is to be told now, oldest first. What has settled by itself meanwhile is never told."""
        with self._database.read() as connection:
            query = _query().where(notices.c.due_at <= now).order_by(notices.c.due_at, notices.c.id).limit(limit * 5)
            rows = connection.execute(query).all()
        moot = [row.id for row in rows if _moot(row)]
        if moot:
            with self._database.write() as writer:
                unsettled = and_(notices.c.id.in_(moot), notices.c.settled_at.is_(None))
                writer.connection.execute(update(notices).where(unsettled).values(settled_at=now))
        return [_row(row) for row in rows if row.id not in moot][:limit]

    def queue(self, notice: int, mail: NewMail, now: datetime) -> int | None:
        """Queue the composed mail and settle the notice, together; None when it was settled already."""
        with self._database.write() as writer:
            due = and_(notices.c.id == notice, notices.c.settled_at.is_(None))
            taken = update(notices).where(due).values(settled_at=now).returning(notices.c.submission_id)
            row = writer.connection.execute(taken).one_or_none()
            if row is None:
                return None
            put = mail_queue.put(writer, mail, now, mail_queue.Place(submission=row.submission_id))
            writer.connection.execute(update(notices).where(notices.c.id == notice).values(outgoing_id=put.id))
            return put.id

    def next_due(self) -> datetime | None:
        """When the next notice falls due."""
        with self._database.read() as connection:
            query = select(notices.c.due_at).where(notices.c.settled_at.is_(None)).order_by(notices.c.due_at).limit(1)
            return connection.execute(query).scalar()


def owe(writer: Writer, notice: NewNotice, now: datetime) -> bool:
    """Enter a notice within a transaction that does more."""
    known = select(notices.c.id).where(notices.c.key == notice.key)
    if writer.connection.execute(known).first():
        return False
    row = {
        "key": notice.key,
        "kind": notice.kind,
        "due_at": notice.due_at or now,
        "created_at": now,
        "submission_id": notice.submission,
        "message_id": notice.message,
        "about_id": notice.outgoing,
        "reasons": list(notice.reasons),
    }
    insert_new(writer.connection, notices, [row])
    return True


def _query() -> Select[Any]:
    # A reason to tell that is gone by now: the person acted, or the evidence came.
    moot = case(
        (
            and_(notices.c.kind.in_(("review", "reminder")), submissions.c.id.is_not(None)),
            submissions.c.state != SubmissionState.REVIEW,
        ),
        (
            and_(notices.c.kind == "silence", submissions.c.id.is_not(None)),
            submissions.c.state != SubmissionState.WAITING_FOR_CSP,
        ),
        (notices.c.kind == "uncertain", outgoing.c.state != OutgoingState.UNCERTAIN),
        else_=False,
    ).label("is_moot")
    return (
        select(
            notices,
            submissions.c.reference,
            submissions.c.version,
            outgoing.c.kind.label("mail"),
            moot,
        )
        .outerjoin(submissions, submissions.c.id == notices.c.submission_id)
        .outerjoin(outgoing, outgoing.c.id == notices.c.about_id)
        .where(notices.c.settled_at.is_(None))
    )


def _moot(row: Row[Any]) -> bool:
    return bool(row.is_moot)


def _row(row: Row[Any]) -> NoticeRow:
    return NoticeRow(
        id=row.id,
        kind=row.kind,
        key=row.key,
        due_at=row.due_at,
        created_at=row.created_at,
        reasons=tuple(row.reasons),
        submission=row.submission_id,
        reference=row.reference,
        version=row.version,
        message=row.message_id,
        outgoing=row.about_id,
        mail=MailKind(row.mail) if row.mail else None,
    )
