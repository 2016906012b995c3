"""Which lines of a body are new: the earlier mails of the thread told apart from what was written this time.

Own rules, line by line and in linear time: the libraries for this hang on twenty thousand lines of `From: a`.
Covers Outlook (classic, web, mobile), Gmail, Apple Mail, Thunderbird and plain `>` quoting. An answer written
below or between quoted lines stays the author's own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from intake.model import LinkPlace
from intake.unpacking.lines import Line
from intake.unpacking.signatures import mark_signatures

_SEPARATOR = re.compile(
    r"^\W*(?:original message|original appointment|forwarded message|forwarded by .{0,80}|"
    r"neges wreiddiol|begin forwarded message|reply message)\W*$",
    re.IGNORECASE,
)
_DRAWN = re.compile(r"^[-_=*\s>]{3,}|^begin forwarded message", re.IGNORECASE)
_FIELD = re.compile(
    r"^\s*[*|]*(from|sent|date|to|cc|bcc|subject|reply-to|importance|attachments|when|where|oddi wrth|anfonwyd|at|pwnc)"
    r"[*]*\s?:[*]*(?=\s|$|\S)",
    re.IGNORECASE,
)
_OPENING_FIELDS = frozenset({"from", "oddi wrth"})
_WROTE_BEGIN = re.compile(r"^\s*(?:On|Ar)\s.{5,}", re.IGNORECASE)
_WROTE_END = re.compile(
    r"(?:wrote|writes|said|ysgrifennodd|has written)\s*:?\s*$|\bwrote:\s*$|ysgrifennodd\b.{0,80}:\s*$", re.IGNORECASE
)
_LOOKS_DATED = re.compile(r"\d{1,4}")
_MOST_WROTE_LINES = 4
_FIELD_WINDOW = 8


@dataclass(frozen=True, slots=True)
class PlacedLine:
    """A line and the part of the message it belongs to."""

    line: Line
    place: LinkPlace


def place_lines(lines: Sequence[Line]) -> list[PlacedLine]:
    """Give each line its place: latest, signature or quoted."""
    quoted = _find_quoted(lines)
    places = [LinkPlace.QUOTED if is_quoted else LinkPlace.LATEST for is_quoted in quoted]
    begin = 0
    while begin < len(lines):
        end = begin
        while end < len(lines) and quoted[end] == quoted[begin]:
            end += 1
        if not quoted[begin]:
            places[begin:end] = mark_signatures(lines[begin:end])
        begin = end
    if LinkPlace.LATEST not in {place for place, line in zip(places, lines, strict=True) if not line.blank}:
        places = _without_marks(lines, places)
    return [PlacedLine(line, place) for line, place in zip(lines, places, strict=True)]


def _without_marks(lines: Sequence[Line], places: list[LinkPlace]) -> list[LinkPlace]:
    """Some people write inside the frame of their signature: then only the words decide."""
    if not any(line.signature for line in lines):
        return places
    return [placed.place for placed in place_lines([replace(line, signature=False) for line in lines])]


def join_place(placed: Sequence[PlacedLine], place: LinkPlace) -> str:
    """The text of one place, runs of empty lines made one."""
    result: list[str] = []
    for item in placed:
        if item.place is place and (item.line.text.strip() or (result and result[-1])):
            result.append(item.line.text.rstrip())
    return "\n".join(result).strip()


def _find_quoted(lines: Sequence[Line]) -> list[bool]:
    quoted = [line.quoted for line in lines]
    next_text = _next_texts(lines)
    index = 0
    while index < len(lines):
        line = lines[index]
        if line.cut:
            return _cut(quoted, index)
        if not line.quoted and line.text:
            if _begins_earlier_mail(lines, index, next_text):
                return _cut(quoted, _above_rule(lines, index))
            length = _attribution(lines, index)
            if length:
                below = next_text[index + length - 1]
                if below is None or not lines[below].quoted:
                    # the program does not mark what it quotes: all that follows is the earlier mail
                    return _cut(quoted, index)
                quoted[index : index + length] = [True] * length
                index += length
                continue
        index += 1
    return quoted


def _cut(quoted: list[bool], index: int) -> list[bool]:
    return quoted[:index] + [True] * (len(quoted) - index)


def _next_texts(lines: Sequence[Line]) -> list[int | None]:
    """For each line, the next one below it that is not blank."""
    result: list[int | None] = [None] * len(lines)
    following: int | None = None
    for index in range(len(lines) - 1, -1, -1):
        result[index] = following
        if not lines[index].blank:
            following = index
    return result


def _begins_earlier_mail(lines: Sequence[Line], index: int, next_text: Sequence[int | None]) -> bool:
    text = lines[index].text
    if len(text) > 400:
        return False
    if _SEPARATOR.match(text) and (_DRAWN.match(text) or _header_below(lines, next_text[index], next_text)):
        return True
    field = _FIELD.match(text)
    # Below a drawn line some programs copy no more than From and Subject.
    fewest = 2 if _above_rule(lines, index) < index else 3
    return bool(field and field[1].lower() in _OPENING_FIELDS and _header_below(lines, index, next_text, fewest))


def _header_below(lines: Sequence[Line], start: int | None, next_text: Sequence[int | None], fewest: int = 3) -> bool:
    """Whether the block of From, Sent, To and Subject that mail programs copy stands here."""
    seen: set[str] = set()
    index = start
    for _ in range(_FIELD_WINDOW):
        if index is None:
            break
        match = _FIELD.match(lines[index].text[:400])
        if match:
            seen.add(match[1].lower())
        elif not seen or len(lines[index].text) > 400:
            break
        index = next_text[index]
    dated = bool(seen & {"sent", "date", "anfonwyd"})
    opened = bool(seen & _OPENING_FIELDS)
    return opened and len(seen) >= fewest and (dated or "subject" in seen or "pwnc" in seen)


def _above_rule(lines: Sequence[Line], index: int) -> int:
    """Where the line of dashes or underscores above an earlier mail begins, if there is one."""
    above = index - 1
    while above >= 0 and index - above <= 3 and lines[above].blank:
        above -= 1
    if above >= 0 and re.fullmatch(r"\s*[-_=]{5,}\s*", lines[above].text):
        return above
    return index


def _attribution(lines: Sequence[Line], index: int) -> int:
    """How many lines "On 3 May 2024, at 10:15, Jane Smith <j@x> wrote:" takes here; 0 where there is none."""
    first = lines[index].text
    following = lines[index + 1] if index + 1 < len(lines) else None
    if following is not None and following.quoted and first.rstrip().endswith(":") and "@" in first:
        return 1
    if not _WROTE_BEGIN.match(first[:300]):
        return 0
    text = ""
    for length in range(1, _MOST_WROTE_LINES + 1):
        if index + length > len(lines) or lines[index + length - 1].quoted:
            return 0
        text = f"{text} {lines[index + length - 1].text[:300].strip()}"
        if _WROTE_END.search(text[-120:]):
            return length if text.endswith(":") and _LOOKS_DATED.search(text) else 0
        if not lines[index + length - 1].text.strip():
            return 0
    return 0
