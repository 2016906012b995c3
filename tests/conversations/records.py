"""What a conversation file can say, as records: its steps, its mails and their files, and what must come of each.

README.md explains every key to a person who writes one; `reading.py` reads a file into these.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

Some = Annotated[int, Meta(ge=1)]
FileKind = Literal[
    "report",
    "word report",
    "letter",
    "scanned letter",
    "word letter",
    "plan",
    "word plan",
    "excel plan",
    "executive summary",
    "picture",
    "text",
    "zip",
    "mail",
    "same",
]
Part = Literal["letter", "plan", "executive summary"]
Proof = Literal["proved", "unproved", "failed", "none"]
State = Literal["open", "review", "waiting-for-CSP", "complete", "withdrawn", "closed"]
LeftKind = Literal["reply", "acknowledgement", "receipt", "forward", "notice"]


class Record(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file."""


class File(Record, frozen=True, kw_only=True):
    """One attachment."""

    file: FileKind
    label: str = ""
    name: str = ""
    about: str = ""
    without: tuple[Part, ...] = ()
    letter_about: str = ""
    letter: Literal["typed", "scanned", "resubmit"] = "typed"
    version: Some = 1
    pages: Some = 8
    link: str = ""
    draft: bool = False
    password: bool = False
    flaw: Literal["", "javascript", "broken off"] = ""
    megabytes: float = 0.0
    text: str = ""
    of: str = ""
    holds: tuple[File, ...] = ()


class Mail(Record, frozen=True, kw_only=True):
    """One mail that comes in."""

    label: str
    sender: str = field(default="", name="from")
    name: str = ""
    proof: Proof = "proved"
    about: str = ""
    subject: str = ""
    answers: str = ""
    message_id: str = ""
    again: str = ""
    text: str | None = None
    link: str | bool = True
    signed: bool = False
    quotes: bool = False
    html: bool | str = False
    attach: tuple[File, ...] = ()
    headers: dict[str, str] = {}
    to: str = ""
    cc: tuple[str, ...] = ()
    days_old: float = 0.0


class Bounce(Record, frozen=True, kw_only=True):
    """A delivery report that comes in."""

    of: str
    label: str = "bounce"
    action: Literal["failed", "delayed", "delivered"] = "failed"
    status: str = "5.1.1"
    recipient: str = ""
    form: Literal["report", "plain", "guessed"] = "report"
    proof: Proof = "none"


class Left(Record, frozen=True, kw_only=True):
    """One mail that must have left."""

    kind: LeftKind
    to: str = ""
    about: str = ""
    report: str = ""
    file: str = ""
    subject: str = ""
    says: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    label: str = ""


class Case(Record, frozen=True, kw_only=True):
    """What a submission must stand at. What is not said is not looked at."""

    case: Some
    state: State | tuple[State, ...] = ()
    outcome: Literal["compliant", "gaps", "review", "ignore", ""] = ""
    version: int | None = None
    weblink: str | None = None
    report: str | None = None
    doubts: tuple[str, ...] | None = None
    messages: tuple[str, ...] | None = None
    on_hold: bool | None = None


class Step(Record, frozen=True, kw_only=True):
    """One thing that happens, and what must have come of it when the service has done all it had to do."""

    note: str = ""
    mails: tuple[Mail, ...] = field(default=(), name="mail")
    bounce: Bounce | None = None
    advance: str = ""
    until: str = ""
    command: tuple[str, ...] = ()
    refused: bool = False
    prints: tuple[str, ...] = ()
    relay: str = ""
    mailbox: Literal["", "well", "away"] = ""
    killed_at: tuple[str, ...] = ()
    restart: bool = False
    settings: dict[str, Any] = {}
    left: tuple[Left, ...] = ()
    may_leave: tuple[str, ...] = ()
    outbox: tuple[str, ...] | None = None
    cases: tuple[Case, ...] = field(default=(), name="case")
    submissions: int | None = None
    messages: dict[str, str] = {}


class Conversation(Record, frozen=True, kw_only=True):
    """A whole file."""

    title: str
    kind: str
    starts: str = "2025-11-04 09:30"
    about: str = "Northmere Anna"
    fast: bool = False
    settings: dict[str, Any] = {}
    steps: tuple[Step, ...] = field(name="step")
