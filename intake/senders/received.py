"""Reads a Received line by its grammar (RFC 5321, 4.4): which host wrote it, and when.

Much of such a line is the other side's: the name it greeted with, its address, the envelope. So a line counts only when
it can be read in one way: one `from` clause of one word, then one `by` clause, comments balanced, one date. A greeting
of `by`, of several words or of half a comment makes a line that nobody can be sure of, and such a line names no host.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 3_000
_PLAIN = re.compile(r"[\t\x20-\x7e]*")
_HOST = re.compile(r"[A-Za-z0-9._:\[\]-]{1,255}")
_CLAUSES = frozenset({"from", "by"})
_HIDDEN_CLAUSE = re.compile(r"(?<![\w.-])by(?![\w.-])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Hop:
    """One host's line. `by` is its name or address in lower case; `at` is None where the date makes no sense."""

    by: str
    at: datetime | None


def read_received(line: str) -> Hop | None:
    """What the line says; None when it can be read in more than one way, or in none."""
    if len(line) > LONGEST or not _PLAIN.fullmatch(line):
        return None
    text = _without_comments(line)
    # A quoted pair or a quotation could hide a clause from one reader and not from another.
    if text is None or "\\" in text or '"' in text or text.count(";") != 1:
        return None
    clauses, _, date = text.partition(";")
    words = clauses.split()
    if words[:1] and words[0].lower() == "from":
        words = words[2:]
    if len(words) < 2 or words[0].lower() != "by" or not _HOST.fullmatch(words[1]):
        return None
    if any(word.lower() in _CLAUSES for word in (*words[1:], *date.split())):
        return None
    return Hop(words[1].lower().rstrip(".").strip("[]"), _moment(date))


def _without_comments(line: str) -> str | None:
    """The line without its comments; None when they do not balance or one of them holds what may be a clause."""
    kept: list[str] = []
    start = depth = 0
    for at, sign in enumerate(line):
        if sign == "\\" and depth:
            return None
        if sign == "(":
            start = start if depth else at
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth < 0 or (depth == 0 and _HIDDEN_CLAUSE.search(line, start, at)):
                return None
        elif not depth:
            kept.append(sign)
        if sign == ")" and depth == 0:
            kept.append(" ")
    return None if depth else "".join(kept)


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text.strip()[:100])
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
