"""Putting mail into the outbox, taking unsent mail out again, and the caps: the parts that other transactions use.

A mail that would go out a second time for the same version is never queued, and one that somebody must look at
first is held, with the reason.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, insert, or_, select, update

from intake.ledger.database import SERVICE, Writer, next_value
from intake.ledger.records import Caps, NewMail
from intake.ledger.references import envelope_id, secret
from intake.ledger.tables import RecipientState, facts, outgoing, recipients, submissions
from intake.model import MailKind, OutgoingState

HOLD_FACT = "hold-everything"
ON_HOLD = "the submission is on hold"
CAPPED = frozenset({MailKind.REPLY, MailKind.ACKNOWLEDGEMENT, MailKind.RECEIPT})
UNSENT = (OutgoingState.HELD, OutgoingState.QUEUED, OutgoingState.DEFERRED)
_REMAKABLE = (*UNSENT, OutgoingState.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What a mail belongs to, and what holds it back from outside."""

    submission: int | None = None
    version: int | None = None
    answers: int | None = None
    hold: str | None = None
    caps: Caps | None = None


@dataclass(frozen=True, slots=True)
class Put:
    """What became of a mail: its row and state; skipped where it had been queued or sent before."""

    id: int
    state: OutgoingState
    skipped: bool = False
    hold: str | None = None


def put(writer: Writer, mail: NewMail, now: datetime, place: Place) -> Put:
    """Queue a mail, or hold it. One of its kind for the same version that never left makes way for it."""
    connection = writer.connection
    for row in _rivals(connection, mail, place):
        if row.state not in _REMAKABLE or _accepted_by_some(connection, row.id):
            writer.event("mail-not-repeated", now, submission=place.submission, outgoing=row.id, mail=mail.kind)
            return Put(row.id, OutgoingState(row.state), skipped=True)
        cancel(writer, row.id, now, why="replaced")
    hold = mail.hold_reason or _hold(connection, mail, now, place)
    state = OutgoingState.HELD if hold else OutgoingState.QUEUED
    identity = _insert(connection, mail, now, place, (state, hold))
    writer.event(
        f"mail-{state}",
        now,
        submission=place.submission,
        message=place.answers,
        outgoing=identity,
        mail=mail.kind,
        version=place.version,
        sha256=mail.sha256,
        message_id=mail.message_id,
    )
    return Put(identity, state, hold=hold)


def cancel(writer: Writer, identity: int, now: datetime, *, why: str, actor: str = SERVICE) -> bool:
    """Take a mail out that no recipient has; False when it is on its way, gone, or accepted by some."""
    if _accepted_by_some(writer.connection, identity):
        return False
    done = writer.connection.execute(
        update(outgoing)
        .where(outgoing.c.id == identity, outgoing.c.state.in_(_REMAKABLE))
        .values(state=OutgoingState.CANCELLED, settled_at=now, row_version=outgoing.c.row_version + 1)
        .returning(outgoing.c.submission_id)
    ).one_or_none()
    if done is None:
        return False
    writer.event("mail-cancelled", now, actor=actor, submission=done.submission_id, outgoing=identity, why=why)
    return True


def withdraw(
    writer: Writer, submission: int, kinds: Collection[MailKind], now: datetime, *, why: str, actor: str = SERVICE
) -> tuple[int, ...]:
    """Cancel a submission's unsent mail of these kinds; which ones."""
    query = select(outgoing.c.id).where(
        outgoing.c.submission_id == submission, outgoing.c.kind.in_(list(kinds)), outgoing.c.state.in_(UNSENT)
    )
    found = writer.connection.execute(query.order_by(outgoing.c.id)).scalars().all()
    return tuple(each for each in found if cancel(writer, each, now, why=why, actor=actor))


def count_replies(
    connection: Connection, since: datetime, *, recipient: str | None = None, submission: int | None = None
) -> int:
    """Automatic answers made since then that have left or will by themselves."""
    counted: list[ColumnElement[bool]] = [
        outgoing.c.kind.in_(list(CAPPED)),
        outgoing.c.created_at > since,
        outgoing.c.state.not_in((OutgoingState.HELD, OutgoingState.CANCELLED)),
    ]
    if submission is not None:
        counted.append(outgoing.c.submission_id == submission)
    if recipient is not None:
        to_them = and_(recipients.c.outgoing_id == outgoing.c.id, recipients.c.address == recipient)
        counted.append(exists().where(to_them))
    return int(connection.execute(select(func.count()).select_from(outgoing).where(*counted)).scalar_one())


def _rivals(connection: Connection, mail: NewMail, place: Place) -> Sequence[Row[Any]]:
    """Live mail that this one would repeat: the same Message-ID, the same report, or an answer to the same message."""
    same: list[ColumnElement[bool]] = [outgoing.c.message_id == mail.message_id]
    if mail.kind is MailKind.FORWARD and mail.report_sha256 is not None:
        same.append(and_(outgoing.c.kind == mail.kind, outgoing.c.report_sha256 == mail.report_sha256))
    elif mail.kind in CAPPED and place.answers is not None:
        same.append(and_(outgoing.c.kind == mail.kind, outgoing.c.answers_id == place.answers))
    query: Select[Any] = select(outgoing.c.id, outgoing.c.state).where(
        or_(*same), outgoing.c.state != OutgoingState.CANCELLED
    )
    return connection.execute(query).all()


def _accepted_by_some(connection: Connection, identity: int) -> bool:
    taken = and_(recipients.c.outgoing_id == identity, recipients.c.state == RecipientState.ACCEPTED)
    return connection.execute(select(recipients.c.address).where(taken).limit(1)).first() is not None


def _hold(connection: Connection, mail: NewMail, now: datetime, place: Place) -> str | None:
    if mail.kind is MailKind.NOTICE:
        return None  # staff are always told
    if place.hold:
        return place.hold
    everything = connection.execute(select(facts.c.value).where(facts.c.name == HOLD_FACT)).scalar()
    if everything:
        return str(everything)
    if place.submission is not None:
        row = select(submissions.c.on_hold).where(submissions.c.id == place.submission)
        if connection.execute(row).scalar():
            return ON_HOLD
    return _cap(connection, mail, now, place) if place.caps and mail.kind in CAPPED else None


def _cap(connection: Connection, mail: NewMail, now: datetime, place: Place) -> str | None:
    caps = place.caps
    if caps is None:
        return None
    next_value(connection, "caps")  # two commits at once must count each other's mail
    since = now - caps.window
    if any(count_replies(connection, since, recipient=each) >= caps.per_sender for each in mail.recipients):
        return "cap-sender"
    if place.submission is not None:
        made = count_replies(connection, since, submission=place.submission)
        if made >= caps.per_submission:
            return "cap-submission"
    return "cap-hour" if count_replies(connection, now - timedelta(hours=1)) >= caps.per_hour else None


def _insert(
    connection: Connection, mail: NewMail, now: datetime, place: Place, fate: tuple[OutgoingState, str | None]
) -> int:
    row = {
        "kind": mail.kind,
        "state": fate[0],
        "hold_reason": fate[1],
        "submission_id": place.submission,
        "version": place.version,
        "answers_id": place.answers,
        "sender": mail.sender,
        "subject": mail.subject,
        "message_id": mail.message_id,
        "envelope_id": envelope_id(secret(connection), mail.message_id),
        "sha256": mail.sha256,
        "size": mail.size,
        "report_sha256": mail.report_sha256,
        "gist": mail.gist,
        "created_at": now,
        "due_at": max(mail.not_before or now, now),
        "attempts": 0,
        "row_version": 1,
    }
    identity = connection.execute(insert(outgoing).values(row).returning(outgoing.c.id)).scalar_one()
    rows = [
        {"outgoing_id": identity, "address": address, "state": RecipientState.PENDING}
        for address in dict.fromkeys(mail.recipients)
    ]
    connection.execute(insert(recipients), rows)
    return int(identity)
