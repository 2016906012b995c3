"""What callers hand to the ledger and get back from it: plain records, shared by its parts."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from intake.ledger.tables import RecipientState
from intake.model import (
    Doubt,
    Effort,
    MailKind,
    MessageState,
    Outcome,
    OutgoingMail,
    OutgoingState,
    SubmissionState,
    Verdict,
)

# --- going in ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """A mail to queue; its bytes are in the message store already.

    `not_before` is when it may leave at the earliest (the settle time); `hold_reason` keeps it for a person.
    `report_sha256` is of the report that it takes or speaks of: each goes to the Commissioner once. `gist` is what a
    reply asks for, as a digest.
    """

    kind: MailKind
    sender: str
    recipients: tuple[str, ...]
    subject: str
    message_id: str
    sha256: str
    size: int
    not_before: datetime | None = None
    hold_reason: str | None = None
    report_sha256: str | None = None
    gist: str | None = None

    @classmethod
    def of(
        cls,
        mail: OutgoingMail,
        sha256: str,
        *,
        not_before: datetime | None = None,
        hold_reason: str | None = None,
        report_sha256: str | None = None,
        gist: str | None = None,
    ) -> NewMail:
        """The composed mail, whose content is stored under `sha256`."""
        return cls(
            kind=mail.kind,
            sender=mail.sender,
            recipients=mail.recipients,
            subject=mail.subject,
            message_id=mail.message_id,
            sha256=sha256,
            size=len(mail.content),
            not_before=not_before,
            hold_reason=hold_reason,
            report_sha256=report_sha256,
            gist=gist,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """Something that staff are owed a mail about. The same `key` is only ever told once."""

    kind: str
    key: str
    reasons: tuple[str, ...] = ()
    due_at: datetime | None = None  # None: at once
    submission: int | None = None
    message: int | None = None
    outgoing: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Headers:
    """The incoming message's own facts that the log shows and later messages are matched by.

    `words` is what the sender wrote this time, `below` what stood under it: signature and earlier mails.
    """

    sender: str | None = None
    subject: str = ""
    sent_at: datetime | None = None
    authentication: str | None = None
    words: str = ""
    below: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """The submission that a message makes or joins.

    `expected` is the row version of the submission that was read, None for a new one. `version` counts its reports.
    """

    reference: str
    state: SubmissionState
    joined_by: str
    expected: int | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """What a submission stands at once a person has put something right: as `cases.standing` works it out."""

    outcome: Outcome
    state: SubmissionState
    version: int
    csp: str | None = None
    case_name: str | None = None
    weblink: str | None = None
    report_sha256: str | None = None
    judged: int | None = None  # the message whose judgement counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How many automatic answers may leave; what goes over is held for staff."""

    per_sender: int
    per_submission: int
    per_hour: int
    window: timedelta = timedelta(days=1)  # for the first two


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All that follows from one message. `verdict` is what its case stands at then, `own` what it was found to be.

    `doubts` are those that the message raises, `settled` rows that a fact has closed, with the fact. `confirmed`: its
    sender is proved and of the case's own organisation. `withdraw` names the kinds of the submission's earlier,
    unsent mail that this message makes out of date. `notices` about the submission or message leave their ids out:
    they are filled in.
    """

    verdict: Verdict
    outcome: Outcome
    reasons: tuple[str, ...]
    state: MessageState
    headers: Headers
    own: Verdict | None = None
    doubts: tuple[Doubt, ...] = ()
    settled: tuple[tuple[int, str], ...] = ()
    confirmed: bool = False
    submission: Joining | None = None
    filing: str | None = None
    mails: tuple[NewMail, ...] = ()
    notices: tuple[NewNotice, ...] = ()
    withdraw: frozenset[MailKind] = frozenset({MailKind.REPLY})
    caps: Caps | None = None
    effort: Effort = field(default_factory=Effort)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientResult:
    """What the relay said to one recipient; pending means refused for now."""

    address: str
    state: RecipientState
    code: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How an attempt ended: sent, deferred, failed or uncertain. Deferred without a next time means given up."""

    outcome: OutgoingState
    code: int | None = None
    detail: str = ""
    recipients: tuple[RecipientResult, ...] = ()
    next_attempt_at: datetime | None = None


# --- coming out -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """What a judgement's commit did. `done` is False where it had been committed before, or the claim was lost."""

    done: bool
    reference: str | None = None
    submission: int | None = None
    version: int | None = None
    queued: tuple[int, ...] = ()
    held: tuple[int, ...] = ()
    skipped: tuple[MailKind, ...] = ()  # this version had such a mail already, on its way or gone
    withdrawn: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionRow:
    """A submission as it stands."""

    id: int
    reference: str
    state: SubmissionState
    outcome: Outcome
    version: int
    csp: str | None
    case_name: str | None
    sender: str | None
    sender_domain: str | None
    weblink: str | None
    report_sha256: str | None
    on_hold: bool
    released_sha256: str | None  # of the report that a person released, whatever its checks say
    judgement_id: int | None
    opened_at: datetime
    changed_at: datetime
    state_since: datetime
    completed_at: datetime | None
    row_version: int

    @classmethod
    def of(cls, row: Row[Any]) -> SubmissionRow:
        values = {each.name: row._mapping[each.name] for each in fields(cls)}  # noqa: SLF001 - documented
        return cls(**values | {"state": SubmissionState(row.state), "outcome": Outcome(row.outcome)})


@dataclass(frozen=True, slots=True, kw_only=True)
class MailClaim:
    """A mail that this worker alone may try to deliver until the lease ends. `recipients` are those still open."""

    id: int
    token: str
    attempt: int
    kind: MailKind
    sender: str
    recipients: tuple[str, ...]
    subject: str
    message_id: str
    envelope_id: str
    sha256: str
    size: int
    first_attempt_at: datetime
    submission: int | None
    version: int | None
