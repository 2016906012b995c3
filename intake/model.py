"""The records that the stages hand on: frozen, free of behaviour beyond simple properties.

Order follows the flow: what arrived, what was unpacked, what was read, where the parts are, what was
found, what was decided, what leaves. The words are those of the README's glossary; nothing here does I/O.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

# --- words ------------------------------------------------------------------------------------------


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


class Mode(StrEnum):
    """How far the service acts by itself."""

    TRIAL = "trial"  # mail goes only to an allow-list
    SUPERVISED = "supervised"  # every outgoing mail waits for a person's release
    AUTOMATIC = "automatic"


class MessageState(StrEnum):
    """Where a received message stands in the ledger."""

    ARRIVED = "arrived"  # stored, not yet judged
    PROCESSED = "processed"
    IGNORED = "ignored"  # not a submission: left in the mailbox for people
    DUPLICATE = "duplicate"  # the same bytes were seen before
    SET_ASIDE = "set-aside"  # the program could not handle it: kept for a person
    VANISHED = "vanished"  # listed, but gone before it could be fetched


class SubmissionState(StrEnum):
    """Where a submission stands."""

    OPEN = "open"
    REVIEW = "review"
    WAITING_FOR_CSP = "waiting-for-CSP"
    COMPLETE = "complete"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


class OutgoingState(StrEnum):
    """Where an outgoing mail stands in the outbox."""

    HELD = "held"  # waits for a person's release
    QUEUED = "queued"
    SENDING = "sending"  # claimed under a lease
    DATA_STARTED = "data-started"  # committed before DATA: from here a crash means *uncertain*
    SENT = "sent"
    DEFERRED = "deferred"  # refused for now (4xx, no connection): tried again later
    FAILED = "failed"
    UNCERTAIN = "uncertain"  # may have been accepted: never blindly resent
    CANCELLED = "cancelled"


class MailKind(StrEnum):
    """What an outgoing mail is for."""

    REPLY = "reply"  # to the CSP: gaps
    ACKNOWLEDGEMENT = "acknowledgement"  # to the CSP: compliant, forwarded
    RECEIPT = "receipt"  # to the CSP: "we have it, a colleague is looking"
    FORWARD = "forward"  # to the Commissioner
    NOTICE = "notice"  # to staff


# --- what was unpacked --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of an address header. `address` has its domain in lower case."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file that came with a message.

    `name` is safe to show (no path, no control characters) and never empty; `containers` names what held
    it, outermost first (a ZIP, winmail.dat, a forwarded message, a PDF); `inline` marks what is part of something
    else: a picture shown in the body, such as a signature's logo, or a file inside a PDF.
    """

    name: str
    declared_type: str
    content: bytes
    containers: tuple[str, ...] = ()
    inline: bool = False

    @property
    def size(self) -> int:
        return len(self.content)


class LinkPlace(StrEnum):
    """Which part of a message or document a link stood in."""

    LATEST = "latest"  # the part of the body the sender wrote this time
    SIGNATURE = "signature"  # signature block or disclaimer
    QUOTED = "quoted"  # an earlier mail of the thread
    SUBJECT = "subject"


@dataclass(frozen=True, slots=True)
class Link:
    """A web address, unwrapped from any link-protection service; `text` is an anchor's text.

    `context` is its sentence, with the one that introduces it where it stands alone (one line, some 400 characters at
    most). `wrapped` is true where a protection service (Safe Links and the like) had rewritten it.
    """

    url: str
    text: str = ""
    context: str = ""
    place: LinkPlace = LinkPlace.LATEST
    wrapped: bool = False


@dataclass(frozen=True, slots=True)
class UnpackProblem:
    """Something in the message that could not be opened.

    `fault` is one of: zip-password, zip-limits, zip-damaged, tnef-damaged, encrypted-message, too-many-parts,
    too-deep, damaged-mime. `name` is the file concerned, "" for the message itself.
    """

    fault: str
    name: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a delivery status notification says of one recipient (RFC 3464).

    `action` is failed, delayed, delivered, relayed or expanded; `status` the enhanced code ("5.1.1"); `envelope_id`
    the Original-Envelope-Id of the whole report.
    """

    recipient: str
    action: str
    status: str = ""
    envelope_id: str = ""


@dataclass(frozen=True, slots=True)
class Body:
    """The words of a message: what was written this time, and what only travelled along."""

    latest: str = ""
    signature: str = ""
    quoted: str = ""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A message, opened. `headers` are the top-level ones in order, decoded, unfolded."""

    headers: tuple[tuple[str, str], ...] = ()
    subject: str = ""
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sender: Address | None = None  # the one From address; None when absent or ambiguous
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    date: datetime | None = None
    content_type: str = "text/plain"
    report_type: str = ""  # multipart/report's report-type parameter
    returned_headers: tuple[tuple[str, str], ...] = ()  # of the mail a delivery report speaks of
    body: Body = field(default_factory=Body)
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    problems: tuple[UnpackProblem, ...] = ()
    delivery_reports: tuple[DeliveryReport, ...] = ()

    def header(self, name: str) -> str:
        """The first value of a header, "" when absent."""
        return next(iter(self.header_all(name)), "")

    def header_all(self, name: str) -> list[str]:
        """Every value of a header, topmost first."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]


# --- what was read --------------------------------------------------------------------------------------


class TextSource(StrEnum):
    """Where a page's text comes from."""

    LAYER = "layer"  # the file's own text
    OCR = "ocr"
    NONE = "none"  # no usable text (yet): a picture, blank, or gibberish


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `number` counts from 1; `label` is the printed page label where the file has one.

    `picture` is the share of the page covered by images (0..1): a page with some text and a large picture
    may hide a scanned letter or table. `confidence` is OCR's mean word confidence (0..1), 1.0 for text layers.
    Lengths are in points (1/72 inch), after the page's own rotation.
    """

    number: int
    text: str
    source: TextSource
    label: str | None = None
    confidence: float = 1.0
    picture: float = 0.0
    width: float = 0.0
    height: float = 0.0
    links: tuple[str, ...] = ()

    @property
    def landscape(self) -> bool:
        return self.width > self.height


class ReadProblem(StrEnum):
    """Why a document, or part of it, could not be read."""

    PASSWORD = "password"  # noqa: S105 - a word, not a secret
    DAMAGED = "damaged"
    EMPTY = "empty"
    NO_PAGES = "no-pages"
    TOO_COMPLEX = "too-complex"  # over the time, memory or output limit
    XFA = "xfa-form"  # a form whose pages are drawn by a viewer: no content to read
    PORTFOLIO = "portfolio"  # a PDF whose documents are embedded files
    NOT_READ = "not-read"  # not attempted (a type the program does not read)


@dataclass(frozen=True, slots=True)
class Document:
    """One attached file, read.

    `media_type` is what the bytes say (libmagic), `is_pdf` whether they are a PDF that a reader recognises.
    `pages` may be shorter than `page_count` when reading stopped early (`problem` says why). For Word,
    spreadsheet and plain-text files `pages` holds one pseudo-page per sheet or section, so their content
    can be recognised too. `active_content` names what runs or reaches out (javascript, launch, open-action,
    embedded-file, external-file, submit-form, rich-media, macros).
    """

    name: str
    size: int
    sha256: str
    media_type: str
    is_pdf: bool
    pages: tuple[Page, ...] = ()
    page_count: int = 0
    problem: ReadProblem | None = None
    title: str = ""
    outline: tuple[tuple[str, int], ...] = ()  # (heading, page number)
    embedded_files: tuple[str, ...] = ()
    active_content: tuple[str, ...] = ()
    owner_password: bool = False
    repaired: bool = False
    containers: tuple[str, ...] = ()
    inline: bool = False
    unread_pages: tuple[int, ...] = ()  # wanted for OCR, but over the budget or failed

    @property
    def readable(self) -> bool:
        return self.problem is None and bool(self.pages)


# --- what was found ---------------------------------------------------------------------------------------


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
class Classification:
    """What a message is and the reasons that decided it, as short sentences for staff."""

    kind: Kind
    certainty: Certainty
    reasons: tuple[str, ...]


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
class Decision:
    """What follows, and why (sentences for staff)."""

    outcome: Outcome
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effort:
    """What a verdict took: seconds of each stage, and pages that OCR looked at."""

    unpack_seconds: float = 0.0
    read_seconds: float = 0.0
    recognise_seconds: float = 0.0
    decide_seconds: float = 0.0
    ocr_pages: int = 0


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

    def finding(self, check: str) -> Finding | None:
        """The finding of one check, None when it did not run."""
        return next((f for f in self.findings if f.check == check), None)

    def gaps(self, policy: Policy) -> tuple[Finding, ...]:
        """The gaps of one policy, in catalogue order."""
        return tuple(f for f in self.findings if f.status is Status.GAP and f.policy is policy)


# --- what leaves ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One mail, ready to send: `content` is the whole RFC 5322 message, fixed from here on."""

    kind: MailKind
    sender: str  # envelope sender; "" is the null sender
    recipients: tuple[str, ...]
    subject: str
    message_id: str
    content: bytes
