"""One submission, message or mail with everything about it: the rows that belong together, in a few queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, or_, select

from intake.ledger import tables, views
from intake.ledger.events import EventRow, event_row
from intake.ledger.records import SubmissionRow
from intake.ledger.tables import messages, outgoing
from intake.ledger.views import (
    DoubtRow,
    JudgementRow,
    LookingRow,
    MessageView,
    NoteRow,
    OutgoingRow,
    SaidRow,
    SubmissionView,
)


def messages_query() -> Select[Any]:
    """Messages with the names of their folder, submission and filing."""
    return (
        select(
            messages,
            tables.epochs.c.mailbox,
            tables.epochs.c.folder,
            tables.submissions.c.reference,
            tables.filings.c.state.label("filing"),
            tables.filings.c.target.label("filing_target"),
        )
        .join(tables.epochs, tables.epochs.c.id == messages.c.epoch_id)
        .outerjoin(tables.submissions, tables.submissions.c.id == messages.c.submission_id)
        .outerjoin(tables.filings, tables.filings.c.message_id == messages.c.id)
    )


def outgoing_query() -> Select[Any]:
    """Outgoing mail with its submission's reference and names."""
    owner = tables.submissions
    columns = (outgoing, owner.c.reference, owner.c.csp, owner.c.case_name)
    return select(*columns).outerjoin(owner, owner.c.id == outgoing.c.submission_id)


def submission_view(connection: Connection, submission: SubmissionRow) -> SubmissionView:
    identity = submission.id
    found = connection.execute(
        messages_query().where(messages.c.submission_id == identity).order_by(messages.c.id)
    ).all()
    here = [row.id for row in found]
    events = or_(tables.events.c.submission_id == identity, tables.events.c.message_id.in_(here))
    notes = or_(tables.notes.c.submission_id == identity, tables.notes.c.message_id.in_(here))
    return SubmissionView(
        submission=submission,
        messages=tuple(views.message_row(row) for row in found),
        judgements=_judgements(connection, tables.judgements.c.message_id.in_(here)),
        doubts=doubt_rows(connection, tables.doubts.c.submission_id == identity),
        outgoing=outgoing_rows(connection, outgoing.c.submission_id == identity),
        notes=_notes(connection, notes),
        events=_events(connection, events),
        said=_said(connection, here),
        looking=next(iter(looking_rows(connection, [identity])), None),
    )


def message_view(connection: Connection, message: int) -> MessageView | None:
    row = connection.execute(messages_query().where(messages.c.id == message)).one_or_none()
    if row is None:
        return None
    return MessageView(
        message=views.message_row(row),
        said=next(iter(_said(connection, [message])), None),
        judgements=_judgements(connection, tables.judgements.c.message_id == message),
        notes=_notes(connection, tables.notes.c.message_id == message),
        events=_events(connection, tables.events.c.message_id == message),
    )


def outgoing_rows(connection: Connection, condition: ColumnElement[bool]) -> tuple[OutgoingRow, ...]:
    """Outgoing mail, each with its recipients and attempts."""
    return with_recipients(connection, connection.execute(outgoing_query().where(condition).order_by(outgoing.c.id)))


def with_recipients(connection: Connection, found: Iterable[Row[Any]]) -> tuple[OutgoingRow, ...]:
    """These mails, in their order, each with its recipients and attempts."""
    rows = list(found)
    here = [row.id for row in rows]
    people: dict[int, list[views.RecipientRow]] = defaultdict(list)
    tries: dict[int, list[views.AttemptRow]] = defaultdict(list)
    recipients, attempts = tables.recipients, tables.attempts
    query = select(recipients).where(recipients.c.outgoing_id.in_(here)).order_by(recipients.c.address)
    for row in connection.execute(query):
        people[row.outgoing_id].append(views.recipient_row(row))
    query = select(attempts).where(attempts.c.outgoing_id.in_(here)).order_by(attempts.c.number)
    for row in connection.execute(query):
        tries[row.outgoing_id].append(views.attempt_row(row))
    return tuple(views.outgoing_row(row, tuple(people[row.id]), tuple(tries[row.id])) for row in rows)


def doubt_rows(connection: Connection, condition: ColumnElement[bool]) -> tuple[DoubtRow, ...]:
    """Doubts, oldest first."""
    query = select(tables.doubts).where(condition).order_by(tables.doubts.c.id)
    return tuple(views.doubt_row(row) for row in connection.execute(query))


def looking_rows(connection: Connection, submissions: Collection[int]) -> tuple[LookingRow, ...]:
    """Who looks at these submissions, those whose time is over with them."""
    query = select(tables.looking).where(tables.looking.c.submission_id.in_(list(submissions)))
    return tuple(views.looking_row(row) for row in connection.execute(query))


def _said(connection: Connection, here: Collection[int]) -> tuple[SaidRow, ...]:
    said = tables.message_words
    query = select(said).where(said.c.message_id.in_(list(here))).order_by(said.c.message_id)
    return tuple(views.said_row(row) for row in connection.execute(query))


def _judgements(connection: Connection, condition: ColumnElement[bool]) -> tuple[JudgementRow, ...]:
    rows = connection.execute(select(tables.judgements).where(condition).order_by(tables.judgements.c.id)).all()
    here = [row.id for row in rows]
    found: dict[int, list[views.FindingRow]] = defaultdict(list)
    files: dict[int, list[views.FileRow]] = defaultdict(list)
    findings = tables.findings
    query = select(findings).where(findings.c.judgement_id.in_(here)).order_by(findings.c.position)
    for row in connection.execute(query):
        found[row.judgement_id].append(views.finding_row(row))
    query = select(tables.files).where(tables.files.c.judgement_id.in_(here)).order_by(tables.files.c.id)
    for row in connection.execute(query):
        files[row.judgement_id].append(views.file_row(row))
    return tuple(views.judgement_row(row, tuple(found[row.id]), tuple(files[row.id])) for row in rows)


def _notes(connection: Connection, condition: ColumnElement[bool]) -> tuple[NoteRow, ...]:
    query = select(tables.notes).where(condition).order_by(tables.notes.c.id)
    return tuple(views.note_row(row) for row in connection.execute(query))


def _events(connection: Connection, condition: ColumnElement[bool]) -> tuple[EventRow, ...]:
    query = select(tables.events).where(condition).order_by(tables.events.c.id)
    return tuple(event_row(row) for row in connection.execute(query))
