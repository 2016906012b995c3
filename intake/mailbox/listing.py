"""What a server says about its messages: FETCH answers read into records.

imaplib hands answers out as it met them: a tuple (head, literal) for each literal, plain bytes for the rest, answers
that nobody asked for among them. The attributes may stand before or behind a literal, in any order.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

BEGIN = re.compile(rb"\s*\d+ \(")
UID = re.compile(rb"\bUID (\d+)")
SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
FLAGS = re.compile(rb"\bFLAGS \(([^()]*)\)")
INTERNAL_DATE = re.compile(rb'\bINTERNALDATE "([^"]*)"')
DATE = re.compile(r"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
MESSAGE_ID = re.compile(rb"^message-id[ \t]*:(.*)", re.IGNORECASE | re.DOTALL)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONGEST_ID = 998

# A message whose date of arrival nobody knows counts as old mail: a person looks at it.
UNKNOWN_DATE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """A folder as it stood when it was selected."""

    uidvalidity: int
    uidnext: int
    exists: int


@dataclass(frozen=True, slots=True)
class Listed:
    """A message as the server lists it. `internal_date` is when it arrived, in UTC; `message_id` has its <>."""

    uid: int
    size: int
    internal_date: datetime
    message_id: str
    flags: frozenset[str]


@dataclass(slots=True)
class Answer:
    """One message's FETCH answer: its attributes without the literals, and the literals."""

    attributes: bytes
    literals: list[bytes] = field(default_factory=list)

    @property
    def uid(self) -> int:
        """0 where the answer names none, as one that nobody asked for may."""
        found = UID.search(self.attributes)
        return int(found[1]) if found else 0

    @property
    def size(self) -> int:
        found = SIZE.search(self.attributes)
        return int(found[1]) if found else 0

    @property
    def has_body(self) -> bool:
        return b"BODY[" in self.attributes

    @property
    def body(self) -> bytes:
        """The one section asked for; empty where the server wrote "" or NIL instead of a literal."""
        return self.literals[0] if self.literals else b""


def answers(data: Iterable[bytes | tuple[bytes, bytes] | None]) -> Iterator[Answer]:
    """Put imaplib's pieces together again, one Answer for each message."""
    current: Answer | None = None
    for piece in data:
        if piece is None:
            continue
        head = piece[0] if isinstance(piece, tuple) else piece
        if BEGIN.match(head):
            if current is not None:
                yield current
            current = Answer(head)
        elif current is not None:
            current.attributes += b" " + head
        if isinstance(piece, tuple) and current is not None:
            current.literals.append(piece[1])
    if current is not None:
        yield current


def listed(answer: Answer) -> Listed:
    """The record of one message that was listed."""
    flags = FLAGS.search(answer.attributes)
    date = INTERNAL_DATE.search(answer.attributes)
    return Listed(
        uid=answer.uid,
        size=answer.size,
        internal_date=internal_date(date[1].decode("ascii", "replace")) if date else UNKNOWN_DATE,
        message_id=message_id(answer.body),
        flags=frozenset(flags[1].decode("ascii", "replace").split()) if flags else frozenset(),
    )


def internal_date(text: str) -> datetime:
    """`17-Jul-2026 02:44:25 +0100` in UTC (RFC 3501, 9: date-time). strptime would depend on the locale."""
    found = DATE.fullmatch(text)
    if not found or found[2].lower() not in MONTHS:
        return UNKNOWN_DATE
    offset = timedelta(hours=int(found[8]), minutes=int(found[9]))
    try:
        zone = timezone(-offset if found[7] == "-" else offset)
        day, year, hour, minute, second = (int(found[group]) for group in (1, 3, 4, 5, 6))
        month = MONTHS.index(found[2].lower()) + 1
        return datetime(year, month, day, hour, minute, second, tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return UNKNOWN_DATE


def message_id(header: bytes) -> str:
    """The Message-ID of a header block that holds at most that one field; "" when there is none."""
    found = MESSAGE_ID.match(header)
    if not found:
        return ""
    value = b" ".join(found[1].split()).decode("ascii", "backslashreplace")
    bracketed = re.search(r"<[^<>]*>", value)
    return (bracketed[0] if bracketed else value)[:LONGEST_ID]


def uid_sets(uids: Iterable[int], most: int) -> Iterator[str]:
    """UIDs as IMAP sets (`3:7,9`), each of at most `most` messages."""
    ordered = sorted(set(uids))
    for start in range(0, len(ordered), most):
        ranges: list[list[int]] = []
        for uid in ordered[start : start + most]:
            if ranges and ranges[-1][1] == uid - 1:
                ranges[-1][1] = uid
            else:
                ranges.append([uid, uid])
        yield ",".join(str(low) if low == high else f"{low}:{high}" for low, high in ranges)
