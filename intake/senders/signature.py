"""What a DKIM signature covers and when it was made (RFC 6376, 3.5), whoever verified it.

A good signature says that a domain signed *something*. Only one that covers what people see, and what says how the body
is to be read, proves the message; and it stays good when somebody sends the message on, to others and much later.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from intake.senders.domains import aligned

# RFC 5322, 3.6: each may stand once. What is named twice is shown one way, signed another and answered a third.
SINGLE = (
    *("from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id"),
    *("content-type", "content-transfer-encoding", "mime-version"),
)
_ALWAYS_COVERED = frozenset({"from"})
_COVERED_WHERE_PRESENT = (
    *("from", "subject", "date", "to", "reply-to"),
    *("content-type", "content-transfer-encoding", "content-disposition", "mime-version"),
)
_BLANKS = re.compile(r"\s+")
_TAG = re.compile(r"[a-z][a-z0-9_]*", re.IGNORECASE)
_LONGEST = 4_000  # a longer field was cut by the reader
_MOST = 20


@dataclass(frozen=True, slots=True)
class Signature:
    """A DKIM-Signature field. `partial` says that `l=` leaves the rest of the body to anybody."""

    domain: str
    fields: tuple[str, ...]
    partial: bool
    signed_at: datetime | None

    def covers(self, names: Counter[str]) -> bool:
        """Does it cover everything that shows in a message with these header fields (in lower case, with counts)?"""
        signed = Counter(self.fields)
        whole = all(names[name] <= signed[name] for name in _COVERED_WHERE_PRESENT)
        return whole and not self.partial and signed.keys() >= _ALWAYS_COVERED


def read_signature(field: str) -> Signature | None:
    """The field's tags; None where it cannot be read without doubt."""
    if len(field) >= _LONGEST:
        return None
    tags: dict[str, str] = {}
    for piece in field.rstrip().removesuffix(";").split(";"):
        name, equals, value = piece.partition("=")
        name = name.strip()
        if not equals or not _TAG.fullmatch(name) or name in tags:  # a repeated tag spoils it all (RFC 6376, 3.2)
            return None
        tags[name] = _BLANKS.sub("", value)
    if not tags.get("d") or not tags.get("h"):
        return None
    fields = tuple(tags["h"].lower().split(":"))
    return Signature(tags["d"].lower(), fields, "l" in tags, _moment(tags.get("t", "")))


@dataclass(frozen=True, slots=True)
class Signatures:
    """What a message's signatures amount to for its author's domain."""

    present: bool  # there is one for the author's organisation, or one that cannot be read
    whole: bool  # and every such one covers all that shows
    signed_at: datetime | None  # when the oldest was made; None where one does not say


def signatures_of(headers: Sequence[tuple[str, str]], domain: str) -> Signatures:
    """The signatures that could vouch for `domain`. Which one a server verified is not known: all must be good."""
    texts = [value for name, value in headers if name.lower() == "dkim-signature"]
    read = [read_signature(text) for text in texts[:_MOST]]
    own = [one for one in read if one is not None and aligned(one.domain, domain)]
    unreadable = None in read or len(texts) > _MOST
    names = counted(name for name, _ in headers)
    whole = bool(own) and not unreadable and all(one.covers(names) for one in own)
    moments = [one.signed_at for one in own if one.signed_at is not None]
    dated = bool(moments) and len(moments) == len(own)
    return Signatures(bool(own) or unreadable, whole, min(moments) if dated else None)


def counted(names: Iterable[str]) -> Counter[str]:
    """How often each header field stands there."""
    return Counter(name.lower() for name in names)


def doubled(headers: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The fields that stand more than once though they may not."""
    names = counted(name for name, _ in headers)
    return tuple(name for name in SINGLE if names[name] > 1)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(text), UTC) if text.isascii() and text.isdigit() else None
    except (ValueError, OverflowError, OSError):
        return None
