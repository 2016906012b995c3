"""What the ledger shows to the command line and the web log: records made from rows, nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from intake.ledger.events import EventRow
from intake.ledger.records import SubmissionRow
from intake.model import Doubt, MailKind, MessageState, OutgoingState


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """A message that arrived, and what became of it."""

    id: int
    state: MessageState
    mailbox: str
    folder: str
    uid: int
    sha256: str | None
    size: int | None
    message_id: str | None
    internal_date: datetime | None
    arrived_at: datetime
    judged_at: datetime | None
    hold_outgoing: str | None
    duplicate_of: int | None
    reason: str | None
    strikes: int
    round: int
    kind: str | None
    outcome: str | None
    sender: str | None
    subject: str | None
    sent_at: datetime | None
    authentication: str | None
    submission: int | None
    reference: str | None
    version: int | None
    joined_by: str | None
    confirmed: bool
    left_out: bool
    seen_at: datetime | None  # a person dealt with it by hand
    seen_by: str | None
    filing: str | None  # due, done, gone
    filing_target: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One check's result, as it was found by the rules of that day."""

    check: str
    status: str
    policy: str
    certainty: str
    fault: str | None
    summary: str
    remedy: str
    evidence: tuple[dict[str, Any], ...]
    blocked_by: str | None
    rules_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """A file that came with a message."""

    name: str
    size: int
    sha256: str
    media_type: str
    page_count: int
    role: str
    active_content: tuple[str, ...]
    is_report: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementRow:
    """One judgement of a message, with its findings and files."""

    id: int
    message: int
    round: int
    judged_at: datetime
    kind: str
    certainty: str
    outcome: str
    reasons: tuple[str, ...]
    verdict: dict[str, Any]
    rules_version: str
    findings: tuple[FindingRow, ...]
    files: tuple[FileRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientRow:
    address: str
    state: str
    code: int | None
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptRow:
    number: int
    worker: str
    started_at: datetime
    data_started_at: datetime | None
    ended_at: datetime | None
    outcome: str | None
    code: int | None
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingRow:
    """An outgoing mail; recipients and attempts are filled in where one submission or mail is shown."""

    id: int
    kind: MailKind
    state: OutgoingState
    submission: int | None
    reference: str | None
    version: int | None
    answers: int | None
    sender: str
    subject: str
    message_id: str
    envelope_id: str
    sha256: str
    size: int
    report_sha256: str | None
    gist: str | None
    hold_reason: str | None
    created_at: datetime
    due_at: datetime
    first_attempt_at: datetime | None
    attempt_count: int
    settled_at: datetime | None
    evidence: str | None
    bounced_at: datetime | None
    last_code: int | None
    last_detail: str | None
    row_version: int
    csp: str | None
    case_name: str | None
    recipients: tuple[RecipientRow, ...] = ()
    attempts: tuple[AttemptRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRow:
    """Words of a person: a note, or the reason for the action named by `about`."""

    id: int
    at: datetime
    by: str
    about: str
    text: str
    message: int | None
    outgoing: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtRow:
    """A doubt of a submission, open until `closed_at`; `message` is what raised it."""

    id: int
    submission: int
    message: int | None
    code: str
    source: str
    summary: str
    quote: str | None
    document: str | None
    page: int | None
    sha256: str | None
    raised_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    closed_why: str | None

    @property
    def doubt(self) -> Doubt:
        return Doubt(self.code, self.source, self.summary, self.quote, self.document, self.page, self.sha256)


@dataclass(frozen=True, slots=True, kw_only=True)
class LookingRow:
    """Somebody who said that they are looking at a submission; over at `until`."""

    submission: int
    by: str
    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidRow:
    """What a message says: what its sender wrote this time, and what stood below (signature, earlier mails)."""

    message: int
    words: str
    below: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionView:
    """Everything about one submission."""

    submission: SubmissionRow
    messages: tuple[MessageRow, ...]
    judgements: tuple[JudgementRow, ...]
    doubts: tuple[DoubtRow, ...]
    outgoing: tuple[OutgoingRow, ...]
    notes: tuple[NoteRow, ...]
    events: tuple[EventRow, ...]
    said: tuple[SaidRow, ...] = ()
    looking: LookingRow | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageView:
    """Everything about one message."""

    message: MessageRow
    said: SaidRow | None
    judgements: tuple[JudgementRow, ...]
    notes: tuple[NoteRow, ...]
    events: tuple[EventRow, ...]


def message_row(row: Row[Any]) -> MessageRow:
    return MessageRow(
        id=row.id,
        state=MessageState(row.state),
        mailbox=row.mailbox,
        folder=row.folder,
        uid=row.uid,
        sha256=row.sha256,
        size=row.size,
        message_id=row.message_id,
        internal_date=row.internal_date,
        arrived_at=row.arrived_at,
        judged_at=row.judged_at,
        hold_outgoing=row.hold_outgoing,
        duplicate_of=row.duplicate_of,
        reason=row.reason,
        strikes=row.strikes,
        round=row.round,
        kind=row.kind,
        outcome=row.outcome,
        sender=row.sender,
        subject=row.subject,
        sent_at=row.sent_at,
        authentication=row.authentication,
        submission=row.submission_id,
        reference=row.reference,
        version=row.version,
        joined_by=row.joined_by,
        confirmed=row.confirmed,
        left_out=row.left_out,
        seen_at=row.seen_at,
        seen_by=row.seen_by,
        filing=row.filing,
        filing_target=row.filing_target,
    )


def doubt_row(row: Row[Any]) -> DoubtRow:
    return DoubtRow(
        id=row.id,
        submission=row.submission_id,
        message=row.message_id,
        code=row.code,
        source=row.source,
        summary=row.summary,
        quote=row.quote,
        document=row.document,
        page=row.page,
        sha256=row.sha256,
        raised_at=row.raised_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        closed_why=row.closed_why,
    )


def finding_row(row: Row[Any]) -> FindingRow:
    return FindingRow(
        check=row.check_id,
        status=row.status,
        policy=row.policy,
        certainty=row.certainty,
        fault=row.fault,
        summary=row.summary,
        remedy=row.remedy,
        evidence=tuple(row.evidence),
        blocked_by=row.blocked_by,
        rules_version=row.rules_version,
    )


def file_row(row: Row[Any]) -> FileRow:
    return FileRow(
        name=row.name,
        size=row.size,
        sha256=row.sha256,
        media_type=row.media_type,
        page_count=row.page_count,
        role=row.role,
        active_content=tuple(row.active_content),
        is_report=row.is_report,
    )


def judgement_row(row: Row[Any], findings: tuple[FindingRow, ...], files: tuple[FileRow, ...]) -> JudgementRow:
    return JudgementRow(
        id=row.id,
        message=row.message_id,
        round=row.round,
        judged_at=row.judged_at,
        kind=row.kind,
        certainty=row.certainty,
        outcome=row.outcome,
        reasons=tuple(row.reasons),
        verdict=row.verdict,
        rules_version=row.rules_version,
        findings=findings,
        files=files,
    )


def outgoing_row(
    row: Row[Any], recipients: tuple[RecipientRow, ...] = (), attempts: tuple[AttemptRow, ...] = ()
) -> OutgoingRow:
    return OutgoingRow(
        id=row.id,
        kind=MailKind(row.kind),
        state=OutgoingState(row.state),
        submission=row.submission_id,
        reference=row.reference,
        version=row.version,
        answers=row.answers_id,
        sender=row.sender,
        subject=row.subject,
        message_id=row.message_id,
        envelope_id=row.envelope_id,
        sha256=row.sha256,
        size=row.size,
        report_sha256=row.report_sha256,
        gist=row.gist,
        hold_reason=row.hold_reason,
        created_at=row.created_at,
        due_at=row.due_at,
        first_attempt_at=row.first_attempt_at,
        attempt_count=row.attempts,
        settled_at=row.settled_at,
        evidence=row.evidence,
        bounced_at=row.bounced_at,
        last_code=row.last_code,
        last_detail=row.last_detail,
        row_version=row.row_version,
        csp=row.csp,
        case_name=row.case_name,
        recipients=recipients,
        attempts=attempts,
    )


def recipient_row(row: Row[Any]) -> RecipientRow:
    return RecipientRow(address=row.address, state=row.state, code=row.code, detail=row.detail)


def attempt_row(row: Row[Any]) -> AttemptRow:
    return AttemptRow(
        number=row.number,
        worker=row.worker,
        started_at=row.started_at,
        data_started_at=row.data_started_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        code=row.code,
        detail=row.detail,
    )


def looking_row(row: Row[Any]) -> LookingRow:
    return LookingRow(submission=row.submission_id, by=row.by, since=row.since, until=row.until)


def said_row(row: Row[Any]) -> SaidRow:
    return SaidRow(message=row.message_id, words=row.words, below=row.below)


def note_row(row: Row[Any]) -> NoteRow:
    return NoteRow(
        id=row.id,
        at=row.at,
        by=row.by,
        about=row.about,
        text=row.text,
        message=row.message_id,
        outgoing=row.outgoing_id,
    )
