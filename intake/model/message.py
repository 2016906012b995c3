"""What arrived, and what was unpacked from it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class MessageState(StrEnum):
    """Where a received message stands in the ledger."""

    ARRIVED = "arrived"  # stored, not yet judged
    PROCESSED = "processed"
    IGNORED = "ignored"  # not a submission: left in the mailbox for people
    DUPLICATE = "duplicate"  # the same bytes were seen before
    SET_ASIDE = "set-aside"  # the program could not handle it: kept for a person
    VANISHED = "vanished"  # listed, but gone before it could be fetched


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


class LinkOddity(StrEnum):
    """Why an address is never taken at its word, however well it fits: a person has to look where it leads."""

    HIDDEN = "hidden"  # a mail gateway rewrote it and keeps the target to itself
    DECODED = "decoded"  # it was made from base64: nobody could read it in the message
    USERINFO = "userinfo"  # something stands before an @: council.gov.uk@elsewhere
    BACKSLASH = "backslash"  # browsers take it for a slash, other programs do not
    ESCAPED_HOST = "escaped-host"  # a % in the name of the site
    FOREIGN_LETTERS = "foreign-letters"  # letters beyond ASCII in the name of the site, punycode too
    MIXED_SCRIPTS = "mixed-scripts"  # letters of several scripts in one word of it


@dataclass(frozen=True, slots=True)
class Link:
    """A web address, unwrapped from any link-protection service; `text` is an anchor's text.

    `context` is its sentence, with the one that introduces it where it stands alone (one line, some 400 characters at
    most). `wrapped` is true where a protection service (Safe Links and the like) had rewritten it. One with `oddities`
    may be no certain place of publication.
    """

    url: str
    text: str = ""
    context: str = ""
    place: LinkPlace = LinkPlace.LATEST
    wrapped: bool = False
    oddities: tuple[LinkOddity, ...] = ()


# Everything that unpacking can find wrong, and what it means; each of them needs a person.
FAULTS = {
    "zip-password": "an archive is locked with a password",
    "zip-limits": "an archive holds more than is opened",
    "zip-damaged": "an archive is damaged, or packed in a way that is not read",
    "tnef-damaged": "Outlook's winmail.dat is damaged",
    "msg-damaged": "a message that Outlook saved (.msg) is damaged",
    "encrypted-message": "the message, or a message in it, is encrypted",
    "protected-message": "the message is rights-protected: Outlook opens it for the people it was sent to",
    "scan-in-progress": "the mailbox's own scanner still holds a file back and has put a placeholder in its place",
    "attachment-removed": "a mail gateway took a file out and left a note in its place",
    "stand-in-text": "the mail server gave a stand-in, as it could not convert the message",
    "words-unread": "words of the message are in a form that could not be read",
    "words-cut": "the message holds more words than are read",
    "forms-differ": "the plain form of the message says what its HTML form, which people see, does not",
    "too-many-parts": "the message has more parts or files than are opened",
    "too-deep": "messages or parts are inside each other deeper than is followed",
    "damaged-mime": "the structure of the message is damaged",
}


@dataclass(frozen=True, slots=True)
class UnpackProblem:
    """Something in the message that could not be opened, or not to its end.

    `fault` is one of `FAULTS`; `name` is the file concerned, "" for the message itself.
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


class PassedOnAs(StrEnum):
    """How an earlier mail came along with a message."""

    ATTACHED = "attached"  # as a message of its own, or saved as a file
    FORWARDED = "forwarded"  # in the body, and said to be passed on
    ANSWERED = "answered"  # in the body, below an answer to it


@dataclass(frozen=True, slots=True)
class PassedOn:
    """An earlier mail that came along, and who wrote it, as it says itself: nothing proves it.

    `own` where that is the sender: what was forwarded or attached then speaks as the sender's own words do. `name` is
    what the attached message is called; `headers` are its fields, so that the service knows its own mail in it.
    """

    author: Address | None
    how: PassedOnAs
    own: bool = False
    name: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    def header_all(self, name: str) -> list[str]:
        """Every value of a header of an attached message."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]


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
    passed_on: tuple[PassedOn, ...] = ()  # the earlier mails that came along, as far as they say whose they are

    def header(self, name: str) -> str:
        """The first value of a header, "" when absent."""
        return next(iter(self.header_all(name)), "")

    def header_all(self, name: str) -> list[str]:
        """Every value of a header, topmost first."""
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]
