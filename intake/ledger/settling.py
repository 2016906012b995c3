"""How an attempt to deliver ends, and what follows from it: recipients, next try, submission, notices.

Used by the outbox when the relay answered, and by the evidence that comes later by other ways.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, func, select, update

from intake.ledger import doubt_rows, notices, submissions
from intake.ledger.database import Writer, insert_new
from intake.ledger.records import Delivery, NewNotice
from intake.ledger.tables import RecipientState, attempts, facts, outgoing, recipients
from intake.model import Doubt, MailKind, Outcome, OutgoingState, SubmissionState


def conclude(writer: Writer, row: Row[Any], delivery: Delivery, now: datetime) -> OutgoingState:
    """Enter an attempt's end: the mail's new state and all that follows from it."""
    _recipients(writer, row, delivery)
    state = _state(writer, row, delivery)
    values: dict[str, Any] = {
        "state": state,
        "last_code": delivery.code,
        "last_detail": delivery.detail,
        "row_version": outgoing.c.row_version + 1,
    }
    if state is OutgoingState.DEFERRED:
        values |= {"due_at": delivery.next_attempt_at, "claim_token": None, "claim_worker": None, "claim_until": None}
    elif state is OutgoingState.UNCERTAIN:
        values |= {"claim_until": None}  # the token stays: the worker may yet come back with the answer
    else:
        values |= {"settled_at": now, "claim_token": None, "claim_worker": None, "claim_until": None}
    writer.connection.execute(update(outgoing).where(outgoing.c.id == row.id).values(values))
    _end_attempt(writer, row, state, delivery, now)
    if state is not OutgoingState.DEFERRED or row.attempts == 1:  # a long outage is one event, not a hundred
        writer.event(
            f"mail-{state}",
            now,
            submission=row.submission_id,
            outgoing=row.id,
            mail=row.kind,
            attempt=row.attempts,
            code=delivery.code,
            sha256=row.sha256,
        )
    follow(writer, row, state, now)
    return state


def requeue(writer: Writer, row: Row[Any], due_at: datetime, outcome: str, now: datetime) -> None:
    """Put a claimed mail back whose data never started."""
    values = {
        "state": OutgoingState.QUEUED,
        "due_at": due_at,
        "claim_token": None,
        "claim_worker": None,
        "claim_until": None,
        "row_version": outgoing.c.row_version + 1,
    }
    writer.connection.execute(update(outgoing).where(outgoing.c.id == row.id).values(values))
    this = and_(attempts.c.outgoing_id == row.id, attempts.c.number == row.attempts)
    writer.connection.execute(update(attempts).where(this).values(ended_at=now, outcome=outcome))


def follow(writer: Writer, row: Row[Any], state: OutgoingState, now: datetime) -> None:
    """What a settled mail means for its submission and for staff."""
    if state is OutgoingState.UNCERTAIN:
        _owe(writer, row, "uncertain", now)
    refused = _count(writer, row.id, RecipientState.REFUSED)
    if state is OutgoingState.FAILED or (state is OutgoingState.SENT and refused):
        _owe(writer, row, "failed", now)
    if row.kind == MailKind.REPLY and row.submission_id is not None and state is OutgoingState.SENT:
        submissions.asked(writer, submissions.locked(writer.connection, row.submission_id), now)
    if row.kind != MailKind.FORWARD or row.submission_id is None:
        return
    submission = submissions.locked(writer.connection, row.submission_id)
    if submission.version != row.version:
        return  # a later version is what counts now
    if state is OutgoingState.SENT and submission.outcome == Outcome.COMPLIANT:
        if SubmissionState.COMPLETE in submissions.WAYS[SubmissionState(submission.state)]:
            submissions.move(writer, submission, SubmissionState.COMPLETE, now)
    elif state is OutgoingState.FAILED and submission.state != SubmissionState.CLOSED:
        returned(writer, row, "the forward to the Commissioner could not be delivered", now)
        submissions.move(writer, submissions.locked(writer.connection, submission.id), SubmissionState.REVIEW, now)


def returned(writer: Writer, row: Row[Any], summary: str, now: datetime) -> None:
    """A forward did not arrive: its submission waits for a person, with the reason."""
    doubt_rows.raise_doubt(writer, row.submission_id, None, Doubt("forward-returned", "case", summary), now)


def remember_fact(writer: Writer, name: str, value: Any, now: datetime) -> bool:
    """Set a fact within a transaction; True when its value is another than before."""
    known = writer.connection.execute(select(facts.c.value).where(facts.c.name == name)).one_or_none()
    if known is None:
        insert_new(writer.connection, facts, [{"name": name, "value": value, "since": now, "updated_at": now}])
        return True
    changed = known.value != value
    values = {"value": value, "updated_at": now} | ({"since": now} if changed else {})
    writer.connection.execute(update(facts).where(facts.c.name == name).values(values))
    return bool(changed)


def forget_fact(writer: Writer, name: str) -> None:
    writer.connection.execute(delete(facts).where(facts.c.name == name))


def _recipients(writer: Writer, row: Row[Any], delivery: Delivery) -> None:
    pending = and_(recipients.c.outgoing_id == row.id, recipients.c.state == RecipientState.PENDING)
    for result in delivery.recipients:
        values = {"state": result.state, "code": result.code, "detail": result.detail}
        writer.connection.execute(
            update(recipients).where(pending, recipients.c.address == result.address).values(values)
        )
    given_up = delivery.outcome is OutgoingState.DEFERRED and delivery.next_attempt_at is None
    rest = {OutgoingState.SENT: RecipientState.ACCEPTED, OutgoingState.FAILED: RecipientState.REFUSED}
    final = RecipientState.REFUSED if given_up else rest.get(delivery.outcome)
    if final is not None:
        values = {"state": final, "code": delivery.code, "detail": delivery.detail}
        writer.connection.execute(update(recipients).where(pending).values(values))


def _state(writer: Writer, row: Row[Any], delivery: Delivery) -> OutgoingState:
    """The state that the recipients' answers add up to."""
    if delivery.outcome is OutgoingState.UNCERTAIN:
        return OutgoingState.UNCERTAIN
    if _count(writer, row.id, RecipientState.PENDING):
        return OutgoingState.DEFERRED
    accepted = _count(writer, row.id, RecipientState.ACCEPTED)
    return OutgoingState.SENT if accepted else OutgoingState.FAILED


def _count(writer: Writer, identity: int, state: RecipientState) -> int:
    here = and_(recipients.c.outgoing_id == identity, recipients.c.state == state)
    return int(writer.connection.execute(select(func.count()).select_from(recipients).where(here)).scalar_one())


def _end_attempt(writer: Writer, row: Row[Any], state: OutgoingState, delivery: Delivery, now: datetime) -> None:
    this = and_(attempts.c.outgoing_id == row.id, attempts.c.number == row.attempts)
    values = {"ended_at": now, "outcome": state, "code": delivery.code, "detail": delivery.detail}
    writer.connection.execute(update(attempts).where(this).values(values))


def _owe(writer: Writer, row: Row[Any], kind: str, now: datetime) -> None:
    if row.kind == MailKind.NOTICE:
        return  # a notice about a notice that cannot be delivered would never end; health shows it
    notice = NewNotice(kind=kind, key=f"{kind}:{row.id}:{row.attempts}", submission=row.submission_id, outgoing=row.id)
    notices.owe(writer, notice, now)
