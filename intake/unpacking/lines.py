"""The lines of a body, before anyone decides which of them are new, a signature, or quoted."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from intake.unpacking.charsets import clean_text, clean_words

LONGEST_LINE = 20_000
_QUOTE_MARKS = re.compile(r"^(?:>[ \t]?)+")
# GroupWise writes so who is quoted below; what it quotes has no marks.
_GROUPWISE = re.compile(r"^>>> ?[^>\s].{2,250}(?:>>>|wrote:)\s*$")
_OPEN_ADDRESS = re.compile(r"<https?://[^\s<>]*$", re.IGNORECASE)
_ADDRESS_BEGINS = re.compile(r"https?://", re.IGNORECASE)
_NO_ADDRESS = re.compile(r"[\s<>\"]")
_OPEN_END = ("-", "/", "=", "&", "?", "%", "_", ".")
_LONG_ADDRESS = 20  # characters behind its scheme: a shorter one is not cut
_REST_OF_ADDRESS = re.compile(r"^[^\s<>\"\-/=&?%_.#\d]*+[-/=&?%_.#\d][^\s<>\"]*$")
_WRAPPED_AT = 60
MOST_LINES = 30_000
_MOST_JOINED = 60


@dataclass(frozen=True, slots=True)
class Anchor:
    """An HTML link: where its text stands in the line, and what it points to."""

    start: int
    end: int
    href: str
    original: str = ""  # what Safe Links says it replaced


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `quoted` and `signature` are what the markup itself says; `cut` begins the earlier mails."""

    text: str
    quoted: bool = False
    signature: bool = False
    cut: bool = False
    anchors: tuple[Anchor, ...] = ()

    @property
    def blank(self) -> bool:
        return not self.text.strip() and not self.anchors


def plain_lines(text: str, *, flowed: bool = False, delete_space: bool = False) -> list[Line]:
    """The lines of a plain text, soft breaks undone and addresses cut by a line break made whole."""
    lines: list[Line] = []
    raw_lines = clean_text(text).split("\n", MOST_LINES)[:MOST_LINES]
    if flowed:
        raw_lines = _unflow(raw_lines, delete_space=delete_space)
    above = ""
    for raw in raw_lines:
        announces = not above.startswith(">") and _GROUPWISE.match(raw)
        above = raw
        marks = None if announces else _QUOTE_MARKS.match(raw)
        body = raw[marks.end() :] if marks else raw
        # ">From" is how mbox files hide a line that begins with From
        quoted = bool(marks) and not (raw.startswith(">From ") and not body.startswith(" "))
        pieces = [body[start : start + LONGEST_LINE] for start in range(0, max(1, len(body)), LONGEST_LINE)]
        lines.extend(Line(clean_words(piece).rstrip(), quoted=quoted) for piece in pieces)
    return _join_addresses(lines)


def _unflow(raw_lines: list[str], *, delete_space: bool) -> list[str]:
    """Paragraphs of format=flowed (RFC 3676, 4)."""
    result: list[str] = []
    pieces: list[str] = []
    open_depth = 0
    for raw in raw_lines:
        depth = len(raw) - len(raw.lstrip(">"))
        body = raw[depth:].removeprefix(" ")  # 4.4: space-stuffing
        soft = body.endswith(" ") and body != "-- "  # 4.3: the signature separator never flows
        if pieces and (depth != open_depth or body == "-- "):
            result.append(_flowed_line(open_depth, pieces))
            pieces = []
        open_depth = depth
        pieces.append(body[:-1] if soft and delete_space else body)
        if not soft:
            result.append(_flowed_line(open_depth, pieces))
            pieces = []
    if pieces:
        result.append(_flowed_line(open_depth, pieces))
    return result


def _flowed_line(depth: int, pieces: list[str]) -> str:
    return (">" * depth + " " if depth else "") + "".join(pieces)


def _join_addresses(lines: list[Line]) -> list[Line]:
    result: list[Line] = []
    joined = 0
    for line in lines:
        if result and joined < _MOST_JOINED and _continues(result[-1], line):
            result[-1] = replace(result[-1], text=result[-1].text + line.text.strip())
            joined += 1
        else:
            result.append(line)
            joined = 0
    return result


def _continues(before: Line, line: Line) -> bool:
    """Whether a line goes on with the web address that the line before it ends in."""
    text = line.text.strip()
    if before.quoted != line.quoted or not text or len(before.text) > LONGEST_LINE:
        return False
    tail = before.text[-2100:]
    if _OPEN_ADDRESS.search(tail):  # RFC 3986, appendix C: angle brackets hold it together
        return bool(re.match(r"[^\s<>]*>", text)) or bool(re.fullmatch(r"[^\s<>]{20,}", text))
    return (
        len(before.text) >= _WRAPPED_AT
        and _ends_in_an_address(tail)
        and bool(_REST_OF_ADDRESS.match(text))
        and not text.lower().startswith(("http:", "https:", "www."))
    )


def _ends_in_an_address(text: str) -> bool:
    """Whether a text ends in a long address with a sign that no address ends with."""
    last = _NO_ADDRESS.split(text)[-1]
    begin = _ADDRESS_BEGINS.search(last)
    return begin is not None and last.endswith(_OPEN_END) and len(last) - begin.end() > _LONG_ADDRESS
