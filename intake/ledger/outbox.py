"""The outbox: mail waiting to leave, claimed under a lease, and settled by what the relay said.

Every step names the state it expects, so two workers can never both take it. From *data-started* on, which is
committed before the DATA command, a lost worker means *uncertain*: the relay may have the mail, so it is never sent
again by itself.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, insert, or_, select, update

from intake.ledger import mail_queue, settling
from intake.ledger.database import Database, Writer
from intake.ledger.mail_queue import HOLD_FACT, Place
from intake.ledger.records import Caps, Delivery, MailClaim, NewMail
from intake.ledger.tables import RecipientState, attempts, messages, outgoing, recipients, submissions
from intake.model import MailKind, MessageState, OutgoingState

_WAITING = (OutgoingState.QUEUED, OutgoingState.DEFERRED)
_WAITS_FOR_READING = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What became of mail whose worker did not come back."""

    queued: int
    uncertain: int
    sent: int  # evidence had come meanwhile


class Outbox:
    def __init__(self, database: Database) -> None:
        self._database = database

    def queue(
        self,
        mail: NewMail,
        now: datetime,
        *,
        submission: int | None = None,
        version: int | None = None,
        answers: int | None = None,
        caps: Caps | None = None,
    ) -> mail_queue.Put:
        """Queue a mail outside a judgement."""
        with self._database.write() as writer:
            place = Place(submission=submission, version=version, answers=answers, caps=caps)
            return mail_queue.put(writer, mail, now, place)

    def claim(self, now: datetime, lease: timedelta, limit: int, worker: str) -> list[MailClaim]:
        """Take mail that is due, oldest first; the attempts are entered before any is made.

        Of one submission one forward, or reply, at a time is on its way: versions leave in order, whoever sends them.
        An acknowledgement says that a copy went to the Commissioner: it waits until that forward is sent. And what
        has come and is not judged yet may ask us not to send: mail waits for that, though not for long.
        """
        due = (
            select(outgoing)
            .where(outgoing.c.state.in_(_WAITING), outgoing.c.due_at <= now)
            .where(_true_by_now(), _all_is_read(now), _none_under_way())
            .order_by(outgoing.c.due_at, outgoing.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            if connection.execute(due).first() is None:
                return []  # without a turn at writing, and without a commit
        with self._database.write() as writer:
            due = due.with_for_update(skip_locked=True)
            rows = writer.connection.execute(due).all()
            claims = (_take(writer, row, now, lease, worker) for row in rows)
            return [claim for claim in claims if claim is not None]

    def start_data(self, claim: MailClaim, now: datetime, lease: timedelta) -> bool:
        """Commit that DATA comes next. False: the claim was lost, so the mail must NOT be sent."""
        with self._database.write() as writer:
            mine = and_(
                outgoing.c.id == claim.id,
                outgoing.c.claim_token == claim.token,
                outgoing.c.state == OutgoingState.SENDING,
            )
            values = {"state": OutgoingState.DATA_STARTED, "claim_until": now + lease}
            if writer.connection.execute(update(outgoing).where(mine).values(values)).rowcount != 1:
                return False
            this = and_(attempts.c.outgoing_id == claim.id, attempts.c.number == claim.attempt)
            writer.connection.execute(update(attempts).where(this).values(data_started_at=now))
            return True

    def settle(self, claim: MailClaim, delivery: Delivery, now: datetime) -> OutgoingState | None:
        """Enter how the attempt ended; the mail's state now, None where the claim was lost and it counts no more."""
        with self._database.write() as writer:
            # An answer that comes after the lease ran out is still the truth about this attempt.
            open_to = (OutgoingState.SENDING, OutgoingState.DATA_STARTED, OutgoingState.UNCERTAIN)
            mine = and_(outgoing.c.id == claim.id, outgoing.c.claim_token == claim.token, outgoing.c.state.in_(open_to))
            row = writer.connection.execute(select(outgoing).where(mine).with_for_update()).one_or_none()
            if row is None:
                return None
            return settling.conclude(writer, row, delivery, now)

    def give_back(self, claim: MailClaim, now: datetime, retry_at: datetime) -> None:
        """The relay could not be reached at all: the mail waits, without an attempt of its own against it."""
        with self._database.write() as writer:
            mine = and_(
                outgoing.c.id == claim.id,
                outgoing.c.claim_token == claim.token,
                outgoing.c.state == OutgoingState.SENDING,
            )
            row = writer.connection.execute(select(outgoing).where(mine).with_for_update()).one_or_none()
            if row is not None:
                settling.requeue(writer, row, retry_at, "not-tried", now)

    def recover(self, now: datetime, worker: str | None = None) -> Recovered:
        """Take back mail whose lease ran out, and at start whatever this worker's former self held."""
        lost = outgoing.c.claim_until <= now
        if worker is not None:
            lost = or_(lost, outgoing.c.claim_worker == worker)
        busy = outgoing.c.state.in_((OutgoingState.SENDING, OutgoingState.DATA_STARTED))
        with self._database.read() as connection:
            if connection.execute(select(outgoing.c.id).where(busy, lost).limit(1)).first() is None:
                return Recovered(queued=0, uncertain=0, sent=0)
        with self._database.write() as writer:
            query = select(outgoing).where(busy, lost).order_by(outgoing.c.id).with_for_update(skip_locked=True)
            ends = [_recover(writer, row, now) for row in writer.connection.execute(query).all()]
        return Recovered(
            queued=ends.count(OutgoingState.QUEUED),
            uncertain=ends.count(OutgoingState.UNCERTAIN),
            sent=ends.count(OutgoingState.SENT),
        )

    def next_due(self) -> datetime | None:
        """When the next mail falls due, None when nothing waits."""
        with self._database.read() as connection:
            query = select(outgoing.c.due_at).where(outgoing.c.state.in_(_WAITING)).order_by(outgoing.c.due_at)
            return connection.execute(query.limit(1)).scalar()

    def count_replies(self, since: datetime, *, recipient: str | None = None, submission: int | None = None) -> int:
        """Automatic answers made since then that have left or will by themselves."""
        with self._database.read() as connection:
            return mail_queue.count_replies(connection, since, recipient=recipient, submission=submission)

    def hold_everything(self, reason: str, now: datetime) -> int:
        """Hold all unsettled mail, and what is queued from now on except notices to staff; how many were held.

        Mail that was on its way is uncertain from here on where its data had started.
        """
        with self._database.write() as writer:
            return hold_everything(writer, reason, now)

    def let_go(self, by: str, now: datetime) -> None:
        """End the hold on mail queued from now on. What is held stays so until a person lets each one go."""
        with self._database.write() as writer:
            settling.forget_fact(writer, HOLD_FACT)
            writer.event("hold-ended", now, actor=by)


def hold_everything(writer: Writer, reason: str, now: datetime) -> int:
    """The same within a transaction."""
    busy = (OutgoingState.SENDING, OutgoingState.DATA_STARTED)
    for row in writer.connection.execute(select(outgoing).where(outgoing.c.state.in_(busy))).all():
        _recover(writer, row, now)
    values = {"state": OutgoingState.HELD, "hold_reason": reason, "row_version": outgoing.c.row_version + 1}
    held = update(outgoing).where(outgoing.c.state.in_(_WAITING)).values(values).returning(outgoing.c.id)
    count = len(writer.connection.execute(held).all())
    settling.remember_fact(writer, HOLD_FACT, reason, now)
    writer.event("everything-held", now, count=count)
    return count


def _take(writer: Writer, row: Row[Any], now: datetime, lease: timedelta, worker: str) -> MailClaim | None:
    if row.submission_id is not None and row.kind != MailKind.NOTICE and not _has_its_turn(writer.connection, row):
        return None
    token, first, number = secrets.token_hex(16), row.first_attempt_at or now, row.attempts + 1
    values = {
        "state": OutgoingState.SENDING,
        "claim_token": token,
        "claim_worker": worker,
        "claim_until": now + lease,
        "attempts": number,
        "first_attempt_at": first,
        "row_version": outgoing.c.row_version + 1,
    }
    expected = and_(outgoing.c.id == row.id, outgoing.c.state == row.state)
    if writer.connection.execute(update(outgoing).where(expected).values(values)).rowcount != 1:
        return None
    entry = {"outgoing_id": row.id, "number": number, "worker": worker, "started_at": now}
    writer.connection.execute(insert(attempts).values(entry))
    return MailClaim(
        id=row.id,
        token=token,
        attempt=number,
        kind=MailKind(row.kind),
        sender=row.sender,
        recipients=_pending(writer.connection, row.id),
        subject=row.subject,
        message_id=row.message_id,
        envelope_id=row.envelope_id,
        sha256=row.sha256,
        size=row.size,
        first_attempt_at=first,
        submission=row.submission_id,
        version=row.version,
    )


def _has_its_turn(connection: Connection, row: Row[Any]) -> bool:
    """Two who claim mails of one submission at once do not see each other's: its row is what they meet at."""
    mine = select(submissions.c.id).where(submissions.c.id == row.submission_id).with_for_update(skip_locked=True)
    if connection.execute(mine).first() is None:
        return False
    free = select(outgoing.c.id).where(outgoing.c.id == row.id, _none_under_way())
    return connection.execute(free).first() is not None


def _none_under_way() -> ColumnElement[bool]:
    other = outgoing.alias("other")
    alike = and_(other.c.submission_id == outgoing.c.submission_id, other.c.kind == outgoing.c.kind)
    busy = other.c.state.in_((OutgoingState.SENDING, OutgoingState.DATA_STARTED))
    return or_(outgoing.c.kind == MailKind.NOTICE, ~exists().where(alike, other.c.id != outgoing.c.id, busy))


def _true_by_now() -> ColumnElement[bool]:
    forward = outgoing.alias("forward")
    gone = and_(
        forward.c.submission_id == outgoing.c.submission_id,
        forward.c.version == outgoing.c.version,
        forward.c.kind == MailKind.FORWARD,
        forward.c.state == OutgoingState.SENT,
        forward.c.bounced_at.is_(None),
    )
    return or_(outgoing.c.kind != MailKind.ACKNOWLEDGEMENT, exists().where(gone))


def _all_is_read(now: datetime) -> ColumnElement[bool]:
    ready = or_(messages.c.not_before.is_(None), messages.c.not_before <= now)  # no message that waits to be retried
    unread = exists().where(messages.c.state == MessageState.ARRIVED, ready)
    return or_(outgoing.c.kind == MailKind.NOTICE, outgoing.c.due_at <= now - _WAITS_FOR_READING, ~unread)


def _pending(connection: Connection, identity: int) -> tuple[str, ...]:
    still = and_(recipients.c.outgoing_id == identity, recipients.c.state == RecipientState.PENDING)
    return tuple(connection.execute(select(recipients.c.address).where(still).order_by(recipients.c.address)).scalars())


def _recover(writer: Writer, row: Row[Any], now: datetime) -> OutgoingState:
    if row.state == OutgoingState.SENDING:
        settling.requeue(writer, row, now, "interrupted", now)
        return OutgoingState.QUEUED
    if row.evidence:
        return settling.conclude(writer, row, Delivery(outcome=OutgoingState.SENT, detail=row.evidence), now)
    lost = Delivery(outcome=OutgoingState.UNCERTAIN, detail="the connection or the program broke off after DATA")
    return settling.conclude(writer, row, lost, now)
