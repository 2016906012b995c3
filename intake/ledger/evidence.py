"""What proves afterwards that a mail arrived, or did not: delivery reports, bounces, the copy in a Sent folder.

It settles what is uncertain, and ties a bounce to the mail that caused it: a bounced forward opens its submission
again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from intake.ledger import notices, settling, submissions
from intake.ledger.database import Database, Writer
from intake.ledger.records import Delivery, NewNotice
from intake.ledger.tables import RecipientState, outgoing, recipients
from intake.ledger.tables import submissions as submission_table
from intake.model import MailKind, OutgoingState, SubmissionState

_UNSENT = (OutgoingState.HELD, OutgoingState.QUEUED, OutgoingState.DEFERRED)


class Proof(StrEnum):
    """How we know that a mail was accepted."""

    DSN = "dsn"
    SENT_COPY = "sent-copy"  # in our own mailbox: nobody else can put one there
    ANSWER = "answer"
    BOUNCE = "bounce"  # the relay took it, and could not pass it on


@dataclass(frozen=True, slots=True, kw_only=True)
class Tied:
    """The mail that a bounce speaks of. `first` is False where it was known to have bounced."""

    outgoing: int
    kind: MailKind
    reference: str | None
    submission: int | None
    reopened: bool
    first: bool


class Evidence:
    def __init__(self, database: Database) -> None:
        self._database = database

    def knows(self, *, message_id: str | None = None, envelope_id: str | None = None) -> bool:
        """Whether one of these names a mail of ours, whatever became of it."""
        with self._database.read() as connection:
            named = [column == value for column, value in _names(message_id, envelope_id) if value]
            return bool(named) and connection.execute(select(outgoing.c.id).where(or_(*named))).first() is not None

    def tie_bounce(
        self,
        now: datetime,
        *,
        message_id: str | None = None,
        envelope_id: str | None = None,
        recipient: str | None = None,
        code: int | None = None,
        message: int | None = None,
    ) -> Tied | None:
        """Enter that a mail of ours came back; None where it is not one of ours. `message` is the bounce itself."""
        with self._database.write() as writer:
            row = _find(writer.connection, message_id, envelope_id)
            if row is None or row.state == OutgoingState.CANCELLED:
                return None
            if row.bounced_at is not None:
                return _tied(writer.connection, row, reopened=False, first=False)
            if row.state == OutgoingState.UNCERTAIN:
                settling.conclude(writer, row, Delivery(outcome=OutgoingState.SENT, detail=Proof.BOUNCE), now)
            values = {"bounced_at": now, "evidence": Proof.BOUNCE, "row_version": outgoing.c.row_version + 1}
            writer.connection.execute(update(outgoing).where(outgoing.c.id == row.id).values(values))
            _refuse(writer, row, recipient, code)
            writer.event("mail-bounced", now, submission=row.submission_id, message=message, outgoing=row.id, code=code)
            if row.kind != MailKind.NOTICE:
                key = f"bounce:{row.id}"
                notice = NewNotice(kind="bounce", key=key, submission=row.submission_id, outgoing=row.id)
                notices.owe(writer, notice, now)
            return _tied(writer.connection, row, reopened=_reopen(writer, row, now), first=True)

    def settle(
        self, now: datetime, proof: Proof, *, message_id: str | None = None, envelope_id: str | None = None
    ) -> bool:
        """A proof of acceptance came: an uncertain mail is sent. True when it changed something.

        Only the copy in our own Sent folder also settles mail that waits unsent, as it does after a restore: anyone
        could forge the other proofs to keep a mail from leaving.
        """
        with self._database.write() as writer:
            row = _find(writer.connection, message_id, envelope_id)
            if row is None:
                return False
            if row.state == OutgoingState.DATA_STARTED:  # its worker may still be there: decided when it ends
                changed = update(outgoing).where(outgoing.c.id == row.id, outgoing.c.evidence.is_(None))
                return writer.connection.execute(changed.values(evidence=proof)).rowcount == 1
            waits = proof is Proof.SENT_COPY and row.state in _UNSENT
            if row.state != OutgoingState.UNCERTAIN and not waits:
                return False
            values = {"evidence": proof, "hold_reason": None}
            writer.connection.execute(update(outgoing).where(outgoing.c.id == row.id).values(values))
            settling.conclude(writer, row, Delivery(outcome=OutgoingState.SENT, detail=proof), now)
            return True


def _find(connection: Connection, message_id: str | None, envelope_id: str | None) -> Row[Any] | None:
    named = [column == value for column, value in _names(message_id, envelope_id) if value]
    if not named:
        return None
    cancelled = outgoing.c.state == OutgoingState.CANCELLED
    query = select(outgoing).where(or_(*named)).order_by(cancelled, outgoing.c.id.desc()).limit(1)
    return connection.execute(query.with_for_update()).one_or_none()


def _names(message_id: str | None, envelope_id: str | None) -> tuple[tuple[Any, str | None], ...]:
    return (outgoing.c.message_id, message_id), (outgoing.c.envelope_id, envelope_id)


def _refuse(writer: Writer, row: Row[Any], recipient: str | None, code: int | None) -> None:
    if recipient is not None:
        theirs = (recipients.c.outgoing_id == row.id) & (recipients.c.address == recipient)
        values = {"state": RecipientState.REFUSED, "code": code, "detail": "bounced"}
        writer.connection.execute(update(recipients).where(theirs).values(values))


def _reopen(writer: Writer, row: Row[Any], now: datetime) -> bool:
    if row.kind != MailKind.FORWARD or row.submission_id is None:
        return False
    settling.returned(writer, row, "the forward to the Commissioner came back as undeliverable", now)
    submission = submissions.locked(writer.connection, row.submission_id)
    if submission.state == SubmissionState.REVIEW:
        return False
    submissions.move(writer, submission, SubmissionState.REVIEW, now)
    return True


def _tied(connection: Connection, row: Row[Any], *, reopened: bool, first: bool) -> Tied:
    query = select(submission_table.c.reference).where(submission_table.c.id == row.submission_id)
    reference = connection.execute(query).scalar() if row.submission_id is not None else None
    return Tied(
        outgoing=row.id,
        kind=MailKind(row.kind),
        reference=reference,
        submission=row.submission_id,
        reopened=reopened,
        first=first,
    )
