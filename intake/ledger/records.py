"""What callers hand to the ledger and get back from it: plain records, shared by its parts."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from intake.ledger.tables import RecipientState
from intake.model import Effort, MailKind, MessageState, Outcome, OutgoingMail, OutgoingState, SubmissionState, Verdict

# --- going in ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMail:
    """A mail to queue; its bytes are in the message store already.

    `not_before` is when it may leave at the earliest (the settle time); `hold_reason` keeps it for a person.
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

    @classmethod
    def of(
        cls,
        mail: OutgoingMail,
        sha256: str,
        *,
        not_before: datetime | None = None,
        hold_reason: str | None = None,
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
    """The incoming message's own facts that the log shows and later messages are matched by."""

    sender: str | None = None
    subject: str = ""
    sent_at: datetime | None = None
    authentication: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joining:
    """The submission that a message makes or joins.

    `expected` is the row version of the submission that was read, None for a new one. `state` None attaches the
    message only: outcome, state and version stay (a question in the thread, say).
    """

    reference: str
    state: SubmissionState | None
    joined_by: str
    expected: int | None = None
    new_version: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How many automatic answers may leave; what goes over is held for staff."""

    per_sender: int
    per_submission: int
    per_hour: int
    window: timedelta = timedelta(days=1)  # for the first two


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """All that follows from one message. `outcome` may be more careful than the verdict's own.

    `withdraw` names the kinds of the submission's earlier, unsent mail that this message makes out of date.
    `notices` about the submission or message leave their ids out: they are filled in.
    """

    verdict: Verdict
    outcome: Outcome
    reasons: tuple[str, ...]
    state: MessageState
    headers: Headers
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
