"""Header fields: cut apart, unfolded, decoded, and their parameters read.

Written for headers as they arrive, not as they should be: raw 8-bit text, encoded words in quoted strings,
unterminated quotes and fields of a megabyte all give an answer, in linear time.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from intake.unpacking.charsets import clean_line, decode_text

_FIELD_NAME = re.compile(rb"[!-9;-~]{1,200}")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
# The next line that is surely a field, or the blank one that ends a header.
_FIELD_OR_END = re.compile(
    rb"^(?:(?P<end>\r?\n)|(?:content-[a-z-]{1,40}|mime-version|from|to|cc|subject|date|message-id|received|return-path|reply-to"
    rb"|references|in-reply-to|sender|dkim-signature|authentication-results|x-[a-z0-9-]{1,60})[ \t]{0,10}:)",
    re.IGNORECASE | re.MULTILINE,
)
_LOOK_AHEAD = 64 * 1024
_LONGEST_VALUE = 64 * 1024
_LONGEST_STRUCTURED = 8 * 1024
# RFC 2047, 2; blanks inside a Q word are a common slip
_ENCODED_WORD = re.compile(r"=\?([^?\s*]{1,60})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*)\?=")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))')
_CONTINUED = re.compile(r"^(.+?)\*(\d{1,3})?(\*)?$")  # RFC 2231, 3 and 4


@dataclass(frozen=True, slots=True)
class Block:
    """The header of one part: fields as they stand, and where the body begins."""

    fields: tuple[tuple[str, str], ...]
    body_start: int
    damaged: bool = False

    def first(self, name: str) -> str:
        """The first value of a field, still encoded, "" when absent."""
        return next((value for key, value in self.fields if key.lower() == name), "")

    def every(self, name: str) -> list[str]:
        """All values of a field, still encoded."""
        return [value for key, value in self.fields if key.lower() == name]


@dataclass(slots=True)
class _Gathering:
    """Fields while lines are read."""

    fields: list[tuple[str, list[bytes]]] = field(default_factory=list)
    damaged: bool = False


def read_block(data: bytes, start: int, end: int, most_bytes: int, most_fields: int) -> Block:
    """The header fields that begin at `start`. Lines that are no header are passed over and noted."""
    gathering = _Gathering()
    position = start
    known = -1  # where the next line stands that is surely a field
    last_position = min(end, start + most_bytes)
    while position < last_position:
        newline = data.find(b"\n", position, end)
        stop = end if newline < 0 else newline
        line = data[position : min(stop, position + _LONGEST_VALUE)].rstrip(b"\r")
        if not line and stop - position <= 1:
            return _finish(gathering, min(stop + 1, end))
        if not _take_line(gathering, line, most_fields):
            if not gathering.fields:
                return Block((), start, damaged=False)  # no header at all: everything is body
            if position >= known:
                known = _next_field(data, position, end)
            if known < position:
                return _finish(gathering, position)  # some programs forget the blank line
            gathering.damaged = True
        position = stop + 1
    if position >= end:
        return _finish(gathering, end)
    gathering.damaged = True
    blank = _BLANK_LINE.search(data, position - 1, end)
    return _finish(gathering, blank.end() if blank else end)


def _take_line(gathering: _Gathering, line: bytes, most_fields: int) -> bool:
    if line[:1] in (b" ", b"\t"):
        if gathering.fields:
            pieces = gathering.fields[-1][1]
            if len(pieces) < 1000:
                pieces.append(line)
            return True
        return not line.strip()
    name, colon, value = line.partition(b":")
    if not colon or not _FIELD_NAME.fullmatch(name.rstrip()):
        return line.startswith((b"From ", b">From "))  # the separator of an mbox file
    if len(gathering.fields) >= most_fields:
        gathering.damaged = True
        return True
    gathering.fields.append((name.rstrip().decode("ascii"), [value]))
    return True


def _next_field(data: bytes, position: int, end: int) -> int:
    """Where the next field of this header stands; -1 where none does: then the header is over."""
    found = _FIELD_OR_END.search(data, position, min(end, position + _LOOK_AHEAD))
    return found.start() if found and found["end"] is None else -1


def _finish(gathering: _Gathering, body_start: int) -> Block:
    # RFC 5322, 2.2.3: unfolding takes away the line break alone
    fields = tuple((name, decode_text(b"".join(pieces)[:_LONGEST_VALUE]).strip()) for name, pieces in gathering.fields)
    return Block(fields, body_start, gathering.damaged)


def decode_header(value: str) -> str:
    """A field's text for people: encoded words decoded, on one line, without control characters."""
    return clean_line(decode_words(value))


def decode_words(value: str) -> str:
    """Encoded words (RFC 2047) decoded wherever they stand, blanks between two of them dropped."""
    if "=?" not in value:
        return value
    pieces: list[str] = []
    charset, held, position = "", b"", 0
    for match in _ENCODED_WORD.finditer(value):
        between = value[position : match.start()]
        position = match.end()
        content = _word_bytes(match[2], match[3])
        if held and not between.strip() and match[1].lower() == charset:
            held += content  # a character may be cut in two by the end of a word
            continue
        pieces.append(decode_text(held, charset))
        pieces.append("" if held and not between.strip() else between)
        charset, held = match[1].lower(), content
    pieces.append(decode_text(held, charset))
    return "".join(pieces) + value[position:]


def _word_bytes(encoding: str, text: str) -> bytes:
    content = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(content, header=True)
    cleaned = re.sub(rb"[^A-Za-z0-9+/]", b"", content)
    usable = cleaned[: len(cleaned) - (len(cleaned) % 4 == 1)]
    return base64.b64decode(usable + b"=" * (-len(usable) % 4))


def read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """The value before the first semicolon in lower case, and the parameters (RFC 2045, 5.1; RFC 2231)."""
    value = value[:_LONGEST_STRUCTURED]
    main = value.partition(";")[0].strip().lower()
    plain: dict[str, str] = {}
    continued: dict[str, list[tuple[int, bool, str]]] = {}
    for match in _PARAMETER.finditer(value):
        quoted, bare = match[2], match[3]
        text = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else bare.strip().strip('"')
        name = match[1].lower()
        extended = _CONTINUED.match(name)
        if extended is None:
            plain.setdefault(name, decode_words(text))
        else:
            piece = (int(extended[2] or 0), bool(extended[3]) or extended[2] is None, text)
            continued.setdefault(extended[1], []).append(piece)
    return main, plain | {name: _join_pieces(pieces) for name, pieces in continued.items()}


def _join_pieces(pieces: list[tuple[int, bool, str]]) -> str:
    pieces.sort(key=lambda piece: piece[0])
    charset, content = "", b""
    for index, (_, encoded, text) in enumerate(pieces):
        if not encoded:
            content += text.encode("utf-8", "replace")
            continue
        if index == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)  # noqa: PLW2901 - the language is of no use here
        content += unquote_to_bytes(text)
    return decode_words(decode_text(content, charset))
