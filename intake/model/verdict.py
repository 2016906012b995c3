"""What a message was found to be, what was found in it, and what follows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a message is."""

    FINAL_SUBMISSION = "final-submission"
    FOLLOW_UP = "follow-up"  # mends an earlier submission
    QA_SUBMISSION = "qa-submission"  # a first version, for the QA Panel
    ENQUIRY = "enquiry"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"
    OWN_MAIL = "own-mail"
    OTHER = "other"


class Status(StrEnum):
    """What a check found."""

    MET = "met"
    GAP = "gap"
    UNSURE = "unsure"


class Certainty(StrEnum):
    """How far a finding or a kind can be relied on: only *certain* ones lead to automatic mail."""

    CERTAIN = "certain"
    POSSIBLE = "possible"


class Policy(StrEnum):
    """What a gap does: required blocks the forward, advisory is only named, off is not checked."""

    REQUIRED = "required"
    ADVISORY = "advisory"
    OFF = "off"


class Outcome(StrEnum):
    """What follows from a message."""

    COMPLIANT = "compliant"
    GAPS = "gaps"
    REVIEW = "review"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where something was found. `text` is a short quotation: it stays in the log, never in mail."""

    document: str
    page: int | None = None
    text: str = ""
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's result. `fault` names what is wrong (kebab-case) unless the check is met.

    `summary` and `remedy` are one sentence each, fit for a reply: they hold file names, page numbers and our
    own words, never text of a report. `blocked_by` names the check whose gap made this one impossible.
    """

    check: str
    status: Status
    policy: Policy
    certainty: Certainty
    summary: str
    fault: str | None = None
    remedy: str = ""
    evidence: tuple[Evidence, ...] = ()
    blocked_by: str | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Which of several mails a message says that it is: 2 of 3."""

    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Classification:
    """What a message is and the reasons that decided it, as short sentences for staff.

    `completes`: it brings a web address and nothing else; a submission that waits for that makes it certain.
    `series`: it says that it is one of several mails.
    """

    kind: Kind
    certainty: Certainty
    reasons: tuple[str, ...]
    completes: bool = False
    series: Series | None = None


@dataclass(frozen=True, slots=True)
class CaseIdentity:
    """Whose review it is, as far as the documents and the message say; None where they do not."""

    csp: str | None = None
    case: str | None = None


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A document without its text: what replies, manifests and the ledger name."""

    name: str
    size: int
    sha256: str
    media_type: str
    page_count: int
    role: str  # report, feedback-letter, action-plan, executive-summary, other
    active_content: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that does not close, so that a person decides. `judging.doubts` declares every code.

    `source` is the account it belongs to (words, pages, identity, sender, safety, case); `summary` is one sentence
    for staff, `quote` the sender's own sentence. `document`, `page` (from 1) and `sha256` (of the file) say what it
    is about, None where it is about the message as a whole.
    """

    code: str
    source: str
    summary: str
    quote: str | None = None
    document: str | None = None
    page: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows, and why (sentences for staff), with every doubt that is open."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


@dataclass(frozen=True, slots=True)
class Effort:
    """What a verdict took: seconds of each stage, pages that OCR looked at, and the processor's time altogether."""

    unpack_seconds: float = 0.0
    read_seconds: float = 0.0
    recognise_seconds: float = 0.0
    decide_seconds: float = 0.0
    ocr_pages: int = 0
    processor_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything the program thinks of one message. `report` is the file that would be forwarded."""

    kind: Kind
    certainty: Certainty
    reasons: tuple[str, ...]
    outcome: Outcome
    outcome_reasons: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    weblink: str | None = None
    identity: CaseIdentity = field(default_factory=CaseIdentity)
    report: FileFacts | None = None
    files: tuple[FileFacts, ...] = ()
    rules_version: str = ""
    doubts: tuple[Doubt, ...] = ()
    series: Series | None = None

    def finding(self, check: str) -> Finding | None:
        """The finding of one check, None when it did not run."""
        return next((f for f in self.findings if f.check == check), None)

    def gaps(self, policy: Policy) -> tuple[Finding, ...]:
        """The gaps of one policy, in catalogue order."""
        return tuple(f for f in self.findings if f.status is Status.GAP and f.policy is policy)


class SubmissionState(StrEnum):
    """Where a submission stands."""

    OPEN = "open"
    REVIEW = "review"
    WAITING_FOR_CSP = "waiting-for-CSP"
    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"
