"""Subjects: the reference up front, the sender's security marking kept in its own form and place.

A marking such as OFFICIAL-SENSITIVE is read by mail gateways and by people, so it goes out as it came in.
"""

from __future__ import annotations

import re

from intake.correspondence.display import clean_line

_PREFIX = re.compile(
    r"^\s*(?:(?:re|fwd?|aw|wg|atb|ateb|yml)(?:\s*\[\d+\])?\s*:|\[ext(?:ernal)?\]|ext(?:ernal)?\s*:)\s*", re.IGNORECASE
)
_MARKING = re.compile(
    r"""
    [\[({<*]{0,3}                                               # any bracket round it
    (?:SEC\s{0,3}=\s{0,3})?
    (?:
        (?i:official[-\u2010-\u2014:/\s]{0,5}sensitive)
        (?:[-\u2010-\u2014:/\[(\s]{1,5}(?i:personal|commercial|legal|hr|locsen|marketing)\b[\])]?)?
      | \bOFFICIAL\b | \bO-S\b | \b(?:RESTRICTED|CONFIDENTIAL|PROTECT)\b
    )
    [\])}>*]{0,3}
    """,
    re.VERBOSE,
)
_ENCODED_WORD = re.compile(r"(?<!=)=+\?+")  # RFC 2047, 2: what starts an encoded word


def header_text(text: str, limit: int = 180) -> str:
    """A line fit for a header: clean, and without anything that a reader would decode into a line break."""
    return _ENCODED_WORD.sub("-", clean_line(text, limit)).strip()


def marking_of(subject: str) -> str:
    """The security marking in a subject as it stands there, with its brackets; "" when there is none."""
    found = _MARKING.search(header_text(subject))
    return found.group(0) if found else ""


def reply_subject(incoming: str, reference: str, fallback: str) -> str:
    """`Re:`, the marking if it led, the reference, then the sender's own subject."""
    topic = _without_prefixes(header_text(incoming).replace(f"[{reference}]", " "))
    return f"Re: {_referenced(topic or fallback, reference)}"


def own_subject(topic: str, reference: str, incoming: str = "") -> str:
    """A subject of our own: the marking of the incoming mail stays at the end it stood at."""
    subject = _without_prefixes(header_text(incoming))
    found = _MARKING.search(subject)
    line = header_text(topic)
    if not found:
        return f"[{reference}] {line}" if reference else line
    if found.start() > 0 and found.end() == len(subject):
        return f"[{reference}] {line} {found.group(0)}"
    after = ":" if subject[found.end() :].startswith(":") else ""
    return f"{found.group(0)}{after} [{reference}] {line}"


def _referenced(topic: str, reference: str) -> str:
    found = _MARKING.match(topic)
    if not found:
        return f"[{reference}] {topic}"
    end = re.compile(r"\s*(?:[:|\u2013-]\s*)?").match(topic, found.end())
    cut = end.end() if end else found.end()
    return f"{topic[:cut].rstrip()} [{reference}] {topic[cut:]}".rstrip()


def _without_prefixes(subject: str) -> str:
    line = " ".join(subject.split())
    while (stripped := _PREFIX.sub("", line)) != line:
        line = stripped
    return line
