"""A case as the ledger tells it: its messages in order, its open doubts, its mail. Read here, judged in `standing`."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime

import msgspec

from intake.ledger import DoubtRow, JudgementRow, MessageRow, OutgoingRow, SubmissionView
from intake.model import Doubt, MailKind, OutgoingState, Verdict
from intake.senders.domains import organisation_of


@dataclass(frozen=True, slots=True)
class Told:
    """One message of a case. `confirmed`: its sender is proved and of the case's organisation, or a person placed it.

    `left_out`: a person said that it is no part of the case. `organisation` is the sender's organisational domain.
    """

    message: int
    verdict: Verdict
    confirmed: bool
    organisation: str = ""
    message_id: str = ""
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class OpenDoubt:
    """A doubt that nobody has closed; `message` is what raised it, `id` its row, None where it has none (yet)."""

    message: int | None
    doubt: Doubt
    id: int | None = None


@dataclass(frozen=True, slots=True)
class SentMail:
    """A mail of the case: `report` is the SHA-256 of the report that it takes or speaks of, `gist` what it asks."""

    id: int
    kind: MailKind
    state: OutgoingState
    version: int
    report: str | None = None
    gist: str | None = None
    answers: int | None = None
    settled_at: datetime | None = None
    bounced: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that happened in one case, oldest first."""

    told: tuple[Told, ...] = ()
    doubts: tuple[OpenDoubt, ...] = ()
    mails: tuple[SentMail, ...] = ()
    on_hold: bool = False
    released: str | None = None  # SHA-256 of the report that a person released as compliant

    def hears(self, told: Told, doubts: tuple[Doubt, ...]) -> Case:
        """The case with one more message, or with one judged again in its place."""
        others = tuple(each for each in self.told if each.message != told.message)
        known = [each for each in self.doubts if each.message != told.message]
        every = sorted((*others, told), key=lambda each: each.message)
        raised = [OpenDoubt(told.message, each) for each in doubts]
        return replace(self, told=tuple(every), doubts=(*known, *raised))

    def without(self, message: int) -> Case:
        """The case as it is without one of its messages."""
        return replace(
            self,
            told=tuple(each for each in self.told if each.message != message),
            doubts=tuple(each for each in self.doubts if each.message != message),
        )


def case_of(view: SubmissionView, *, before: int | None = None, at: datetime | None = None) -> Case:
    """The case of a submission; with `before` and `at`, as it was when that message came to be judged."""
    rows = [row for row in view.messages if before is None or row.id < before]
    latest = {entry.message: entry for entry in view.judgements}  # by round: the last one counts
    decided = at is None or any(note.about == "released" and note.at <= at for note in view.notes)
    return Case(
        told=tuple(_told(row, latest[row.id], decided=decided) for row in rows if row.id in latest),
        doubts=tuple(OpenDoubt(row.message, row.doubt, row.id) for row in view.doubts if _was_open(row, before, at)),
        mails=tuple(_mail(row) for row in view.outgoing if at is None or row.created_at < at),
        on_hold=view.submission.on_hold,
        released=view.submission.released_sha256 if decided else None,
    )


def _was_open(row: DoubtRow, before: int | None, at: datetime | None) -> bool:
    if at is None:
        return row.closed_at is None
    earlier = row.raised_at < at and (row.message is None or before is None or row.message < before)
    return earlier and (row.closed_at is None or row.closed_at > at)


def _told(row: MessageRow, entry: JudgementRow, *, decided: bool) -> Told:
    return Told(
        message=row.id,
        verdict=recorded_verdict(entry),
        confirmed=row.confirmed,
        organisation=organisation_of((row.sender or "").rpartition("@")[2].lower()),
        message_id=row.message_id or "",
        left_out=row.left_out and decided,
    )


def _mail(row: OutgoingRow) -> SentMail:
    return SentMail(
        id=row.id,
        kind=row.kind,
        state=row.state,
        version=row.version or 0,
        report=row.report_sha256,
        gist=row.gist,
        answers=row.answers,
        settled_at=row.settled_at,
        bounced=row.bounced_at is not None,
    )


def recorded_verdict(row: JudgementRow) -> Verdict:
    """The verdict of a recorded judgement, as it was when it was made.

    Judgements from before doubts were recorded keep their findings and files in rows of their own alone.
    """
    if row.verdict.get("findings") or "doubts" in row.verdict:
        return msgspec.convert(row.verdict, Verdict)
    findings = [
        {name: value for name, value in asdict(finding).items() if name != "rules_version"} for finding in row.findings
    ]
    files = [{name: value for name, value in asdict(file).items() if name != "is_report"} for file in row.files]
    return msgspec.convert({**row.verdict, "findings": findings, "files": files}, Verdict)
