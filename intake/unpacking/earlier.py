"""Where an earlier mail begins in a body, as mail programs mark it, and who wrote that mail.

Outlook copies a block of fields, Notes a block without colons; most others write one line: "On 3 May 2026 at 10:15,
Jane Smith <j@x> wrote:", Zoho between dashes, GroupWise between `>>>`. Everything is linear in the lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from intake.model import Address
from intake.unpacking.addresses import valid_address
from intake.unpacking.charsets import clean_line
from intake.unpacking.lines import Line

_SEPARATOR = re.compile(
    r"^\W*(?:original message|original appointment|forwarded message|forwarded by .{0,80}|neges wreiddiol|"
    r"begin forwarded message|reply message|urspr[üu]ngliche nachricht|message d.origine|mensaje original)\W*$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(r"^\W*(?:begin )?forwarded (?:message|by)\b", re.IGNORECASE)
_DRAWN = re.compile(r"^[-_=*\s>]{3,}|^begin forwarded message", re.IGNORECASE)
_FIELD = re.compile(
    r"^\s*[*|]*(from|sent|date|to|cc|bcc|subject|reply-to|importance|attachments|when|where|oddi wrth|anfonwyd|at|pwnc)"
    r"[*]*\s?:[*]*(?=\s|$|\S)",
    re.IGNORECASE,
)
_OPENING_FIELDS = frozenset({"from", "oddi wrth"})
_LISTS = frozenset({"to", "cc", "bcc"})
_GOES_ON = re.compile(r"[@;]")  # a list of addresses on its second line
_NOTES_FIELD = re.compile(r"^\s*(to|cc|bcc|subject)(?:\s|$)", re.IGNORECASE)
_LONGEST_FIELD = 400
_FIELD_WINDOW = 8
_LONGEST_NAME = 120

_MONTH = (
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|ion|chw|ebr|mai|meh|gor|aws|med|hyd|tach|rhag)[^\W\d_]{0,9}"
)
_DATE = re.compile(
    rf"\b\d{{4}}[-/.]\d{{1,2}}[-/.]\d{{1,2}}\b|\b\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?[ -]{_MONTH}\.?,?[ -](?:\d{{4}}|\d{{2}})\b|\b{_MONTH}\.? \d{{1,2}},? \d{{4}}\b",
    re.IGNORECASE,
)
_TIME = re.compile(r"\b\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\b")
_DATE_ALONE = re.compile(r"[\w\s,./:+()-]{6,60}")
_MAIL = re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
# The line begins with On, with a weekday or a date, or with a person's address; never in the midst of a sentence.
_WROTE_BEGIN = re.compile(
    r"^\s{0,40}(?:>>>\s?)?(?:(?:on|at|ar|am|le|il|el|op|in a message dated|quoting|-{2,40}\s{0,8}on)\s"
    r"|(?:mon|tue|wed|thu|fri|sat|sun)[^\W\d_]*\b|\d{1,4}[-/. ]|[^.!?:]{2,100}[<\[(][^<>\s]{1,64}@)",
    re.IGNORECASE,
)
_WROTE = re.compile(
    r"\b(?:wrote|writes|said|ysgrifennodd|has written|schrieb|a écrit|ha scritto|escribió|schreef)\b|写道",
    re.IGNORECASE,
)
_WROTE_END = re.compile(r"[:：]\s*$|\bwrote\s*-{2,}\s*$", re.IGNORECASE)
# What stands around the name besides the date and the time.
_NO_NAME = re.compile(
    r"^\W*(?:on|at|ar|am)\s|\b(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\b,?|\bmailto:|"
    r",\s*at\b|\bat\s{0,9}(?=,)|\bum\b|\b(?:GMT|BST|UTC)\b(?:[+-][\d:]+)?|\s[+-]\d{4}\b|\b[ap]m\b|\bin message\b"
    r"|[<>\[(*\"“”]"
    r"|\s[-–,|]\s*$",
    re.IGNORECASE,
)
_GROUPWISE = re.compile(r"^\s*>>>\s?(?P<who>.{2,249}?\S)\s*>>>\s*$")
_NOTES_LINE = re.compile(r"^(?P<who>[^.!?:]{3,80}?)\s?-{3}\s?(?P<date>\d[^a-z]{8,30}?(?:[ap]m)?)\s?-{3}", re.IGNORECASE)
_MOST_WROTE_LINES = 4


@dataclass(frozen=True, slots=True)
class EarlierMail:
    """An earlier mail that begins at a line: who wrote it, whether it was forwarded, how many lines announce it."""

    begin: int
    length: int
    author: Address | None = None
    forwarded: bool = False


def begins_earlier_mail(lines: Sequence[Line], index: int, next_text: Sequence[int | None]) -> EarlierMail | None:
    """The earlier mail that begins here with a line of its own or with a block of fields; all below it is that mail."""
    text = lines[index].text
    if len(text) > _LONGEST_FIELD:
        return None
    fields: int | None = index
    if _SEPARATOR.match(text):
        fields = next_text[index]
        if _DRAWN.match(text) or _header_below(lines, fields, next_text):
            return _with_fields(lines, index, fields, next_text, forwarded=bool(_FORWARDED.match(text)))
    field = _FIELD.match(text)
    # Below a drawn line some programs copy no more than From and Subject.
    fewest = 2 if _above_rule(lines, index) < index else 3
    if field and field[1].lower() in _OPENING_FIELDS and _header_below(lines, index, next_text, fewest):
        return _with_fields(lines, _above_rule(lines, index), index, next_text)
    return _notes_block(lines, index, next_text)


def _with_fields(
    lines: Sequence[Line], begin: int, start: int | None, next_text: Sequence[int | None], *, forwarded: bool = False
) -> EarlierMail:
    """The mail whose block of fields begins at `start`, as far as one stands there."""
    end = begin + 1
    author: Address | None = None
    last = ""
    index = start
    while index is not None:
        text = lines[index].text[:_LONGEST_FIELD]
        if field := _FIELD.match(text):
            last = field[1].lower()
            if author is None and last in _OPENING_FIELDS:
                author = read_author(text[field.end() :])
        elif not (last in _LISTS and index == end and _GOES_ON.search(text)):
            break
        end = index + 1
        index = next_text[index]
    return EarlierMail(begin, end - begin, author, forwarded)


def _header_below(lines: Sequence[Line], start: int | None, next_text: Sequence[int | None], fewest: int = 3) -> bool:
    """Whether the block of From, Sent, To and Subject that mail programs copy stands here."""
    seen: set[str] = set()
    index = start
    for _ in range(_FIELD_WINDOW):
        if index is None:
            break
        match = _FIELD.match(lines[index].text[:_LONGEST_FIELD])
        if match:
            seen.add(match[1].lower())
        elif not seen or len(lines[index].text) > _LONGEST_FIELD:
            break
        index = next_text[index]
    dated = bool(seen & {"sent", "date", "anfonwyd"})
    opened = bool(seen & _OPENING_FIELDS)
    return opened and len(seen) >= fewest and (dated or "subject" in seen or "pwnc" in seen)


def _notes_block(lines: Sequence[Line], index: int, next_text: Sequence[int | None]) -> EarlierMail | None:
    """Notes: a name, the date and time, then To and Subject without a colon; or all on one line between dashes."""
    text = lines[index].text
    if one_line := _NOTES_LINE.match(text[:300]):
        return EarlierMail(index, 1, read_author(one_line["who"])) if _DATE.search(one_line["date"]) else None
    if len(text) > _LONGEST_NAME or _WROTE_END.search(text):
        return None
    position, dated = next_text[index], _is_dated(text)
    if not dated and position is not None and _DATE_ALONE.fullmatch(lines[position].text.strip()):
        dated, position = _is_dated(lines[position].text), next_text[position]
    seen: set[str] = set()
    last = index
    for _ in range(_FIELD_WINDOW if dated else 0):
        if position is None:
            break
        if field := _NOTES_FIELD.match(lines[position].text[:_LONGEST_FIELD]):
            seen.add(field[1].lower())
            last = position
        position = next_text[position]
    return EarlierMail(index, last + 1 - index, read_author(text)) if {"to", "subject"} <= seen else None


def _is_dated(text: str) -> bool:
    return bool(_DATE.search(text[:_LONGEST_FIELD]) and _TIME.search(text[:_LONGEST_FIELD]))


def _above_rule(lines: Sequence[Line], index: int) -> int:
    """Where the line of dashes or underscores above an earlier mail begins, if there is one."""
    above = index - 1
    while above >= 0 and index - above <= 3 and lines[above].blank:
        above -= 1
    if above >= 0 and re.fullmatch(r"\s*[-_=]{5,}\s*", lines[above].text):
        return above
    return index


def attribution(lines: Sequence[Line], index: int, next_text: Sequence[int | None]) -> EarlierMail | None:
    """The lines that say who wrote what is quoted below them; where nothing is marked below, only if they are dated."""
    if groupwise := _GROUPWISE.match(lines[index].text[:300]):
        dated = _DATE.search(groupwise["who"]) or _MAIL.search(groupwise["who"])
        return EarlierMail(index, 1, read_author(groupwise["who"])) if dated else None
    first = lines[index].text[:300]
    if _marked(lines, next_text[index]) and first.rstrip().endswith(":") and ("@" in first or _WROTE.search(first)):
        return EarlierMail(index, 1, read_author(first))
    if not _WROTE_BEGIN.match(first):
        return None
    text = ""
    for length in range(1, _MOST_WROTE_LINES + 1):
        last = index + length - 1
        if last >= len(lines) or lines[last].quoted or not lines[last].text.strip():
            return None
        text = f"{text} {lines[last].text[:300].strip()}"
        if _WROTE_END.search(text):
            marked = _marked(lines, next_text[last])
            return EarlierMail(index, length, read_author(text)) if _attributes(text, marked=marked) else None
    return None


def _attributes(text: str, *, marked: bool) -> bool:
    """Whether the text says when somebody wrote what follows; the author's own "On 3 May the chair said:" does not."""
    dated, timed = _DATE.search(text), _TIME.search(text)
    address, wrote = _MAIL.search(text), _WROTE.search(text)
    if marked:
        return bool(wrote and (dated or timed or address)) or bool(dated and address)
    said_only = wrote is not None and wrote[0].lower() == "said" and address is None
    return bool(dated and (timed or address) and (wrote or address)) and not said_only


def _marked(lines: Sequence[Line], index: int | None) -> bool:
    return index is not None and lines[index].quoted


def read_author(text: str) -> Address | None:
    """Whom a copied From field or an attribution names; the address is "" where only a name stands there."""
    text = clean_line(text, 600)
    found = _MAIL.search(text)
    address = (valid_address(found[0]) or "") if found else ""
    before = text[: found.start()] if found else text
    name = _NO_NAME.sub(" ", _DATE.sub(" ", _TIME.sub(" ", _WROTE.sub(" ", before))))
    name = " ".join(name.split()).strip(" ,:;-*")[:_LONGEST_NAME]
    return Address(address, name) if address or name else None
