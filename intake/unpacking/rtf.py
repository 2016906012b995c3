"""Outlook's rich text: compressed (MS-OXRTFCP), and with HTML or plain text wrapped into it (MS-OXRTFEX).

A reader for words and links, in one linear walk: everything about looks is passed over. What claims more room than a
body may take is cut, and said to be.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from intake.unpacking.charsets import decode_text

_COMPRESSED, _STORED = b"LZFu", b"MELA"
_HEADER = struct.Struct("<II4sI")
# What the dictionary holds at the beginning (MS-OXRTFCP, 2.1.2.1).
_FIRST_WORDS = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    b"MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n"
    b"\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW = 4096
_TOKEN = re.compile(
    rb"\\(?:'(?P<hex>[0-9A-Fa-f]{2})|(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,9})? ?|(?P<sign>[^A-Za-z]))"
    rb"|(?P<open>\{)|(?P<close>\})|[\r\n]+|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
_SIGNS = {"~": "\u00a0", "_": "-", "\n": "\n", "\r": "\n"}
_WORDS = {
    **dict.fromkeys(("par", "line", "sect", "page", "row"), "\n"),
    **dict.fromkeys(("tab", "cell"), "\t"),
    **dict.fromkeys(("emspace", "enspace"), " "),
    "lquote": "\u2018",
    "rquote": "\u2019",
    "ldblquote": "\u201c",
    "rdblquote": "\u201d",
    "bullet": "\u2022",
    "endash": "\u2013",
    "emdash": "\u2014",
}
_PASSED_OVER = frozenset(
    {"colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "headerl", "headerr", "footerl", "footerr"}
    | {"listtable", "listoverridetable", "revtbl", "rsidtbl", "generator", "xmlnstbl", "themedata", "mhtmltag"}
)
_CHARSETS = {128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255, 178: 1256}
_CHARSETS |= {186: 1257, 204: 1251, 222: 874, 238: 1250, 77: 10000}
_HYPERLINK = re.compile(r"HYPERLINK\s{1,20}\"?(https?://[^\s\"]{1,2000})", re.IGNORECASE)
_DEEPEST = 2000


class RtfDamaged(ValueError):
    """The text does not follow the format."""


@dataclass(frozen=True, slots=True)
class RichText:
    """The words of a rich text, as HTML where it was made of HTML."""

    plain: str = ""
    html: str = ""


class _Into(Enum):
    TEXT = auto()
    HTML_TAG = auto()
    FONTS = auto()
    FIELD = auto()
    NOTHING = auto()


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds inside one pair of braces."""

    into: _Into = _Into.TEXT
    hidden: bool = False  # \htmlrtf: for readers that know no HTML
    fallback: int = 1  # characters that stand behind a \u for readers that know no Unicode
    font: int = -1


@dataclass(slots=True)
class _Reading:
    """The words so far."""

    groups: list[_Group] = field(default_factory=lambda: [_Group()])
    pieces: list[str] = field(default_factory=list)
    held: bytearray = field(default_factory=bytearray)  # characters of a code page, which may take several bytes
    field_text: list[str] = field(default_factory=list)
    fonts: dict[int, int] = field(default_factory=dict)
    page: int = 1252
    from_html: bool = False
    ignorable: bool = False
    skip: int = 0
    deeper: int = 0  # groups beyond the deepest one that is followed


def decompress_rtf(content: bytes, most: int) -> tuple[bytes, bool]:
    """The rich text in a compressed one, and whether it was cut at `most`. Raises RtfDamaged."""
    if len(content) < _HEADER.size:
        raise RtfDamaged("header")
    _, size, kind, _ = _HEADER.unpack_from(content)
    if kind == _STORED:
        stored = content[_HEADER.size : _HEADER.size + size]
        return stored[:most], len(stored) > most
    if kind != _COMPRESSED:
        raise RtfDamaged("kind")
    wanted = min(size, most)
    return _expand(content, wanted), size > most


def _expand(content: bytes, wanted: int) -> bytes:
    window = bytearray(_FIRST_WORDS.ljust(_WINDOW, b" "))
    place = len(_FIRST_WORDS)
    result = bytearray()
    position = _HEADER.size
    while position < len(content) and len(result) < wanted:
        control = content[position]
        position += 1
        for bit in range(8):
            if position + (control >> bit & 1) >= len(content):
                return bytes(result[:wanted])
            if control >> bit & 1:
                (reference,) = struct.unpack_from(">H", content, position)
                position += 2
                offset, length = reference >> 4, (reference & 0xF) + 2
                if offset == place:
                    return bytes(result[:wanted])
            else:
                offset, length = -1, 1
            for step in range(length):
                byte = content[position] if offset < 0 else window[(offset + step) % _WINDOW]
                result.append(byte)
                window[place] = byte
                place = (place + 1) % _WINDOW
            position += offset < 0
    return bytes(result[:wanted])


def read_rtf(content: bytes) -> RichText:
    """The words of a rich text. Raises RtfDamaged where it is none."""
    if not content.lstrip()[:5].lower() == b"{\\rtf":
        raise RtfDamaged("beginning")
    reading = _Reading(from_html=re.search(rb"\\fromhtml1?\b", content[:2000]) is not None)
    position = 0
    while (token := _TOKEN.match(content, position)) is not None:
        position = token.end()
        if token["word"] is not None and token["word"] == b"bin":
            position += max(0, int(token["number"] or 0))
        else:
            _take(reading, token)
    _flush(reading)
    text = "".join(reading.pieces)
    return RichText(html=text) if reading.from_html else RichText(plain=text)


def _take(reading: _Reading, token: re.Match[bytes]) -> None:
    if token["open"]:
        _flush(reading)
        reading.deeper += len(reading.groups) >= _DEEPEST
        if len(reading.groups) < _DEEPEST:
            reading.groups.append(reading.groups[-1])
    elif token["close"]:
        _close(reading)
    elif token["hex"]:
        if reading.skip:
            reading.skip -= 1
        else:
            reading.held.append(int(token["hex"], 16))
    elif token["word"]:
        _flush(reading)
        _obey(reading, token["word"].decode("ascii"), token["number"])
    elif token["sign"]:
        _flush(reading)
        _take_sign(reading, token["sign"].decode("latin-1"))
    elif token["text"]:
        text = token["text"][reading.skip :]
        reading.skip = max(0, reading.skip - len(token["text"]))
        reading.held += text


def _close(reading: _Reading) -> None:
    _flush(reading)
    reading.ignorable = False
    if reading.deeper:
        reading.deeper -= 1
        return
    group = reading.groups.pop() if len(reading.groups) > 1 else reading.groups[0]
    if group.into is _Into.FIELD and reading.groups[-1].into is not _Into.FIELD:
        link = _HYPERLINK.search("".join(reading.field_text)[:4000])
        reading.field_text = []
        if link is not None and not reading.from_html:
            _write(reading, f" <{link[1]}> ")


def _take_sign(reading: _Reading, sign: str) -> None:
    if sign == "*":
        reading.ignorable = True
    elif reading.skip:
        reading.skip -= 1
    elif sign in "{}\\":
        _write(reading, sign)
    else:
        _write(reading, _SIGNS.get(sign, ""))


def _obey(reading: _Reading, word: str, number: bytes | None) -> None:
    """One control word."""
    group = reading.groups[-1]
    value = int(number) if number is not None else None
    ignorable, reading.ignorable = reading.ignorable, False
    if into := _destination(word, ignorable=ignorable):
        reading.groups[-1] = replace(group, into=into)
    elif word == "htmlrtf":
        reading.groups[-1] = replace(group, hidden=value != 0)
    elif word == "u" and value is not None:
        _write(reading, _character(value))
        reading.skip = group.fallback
    elif word == "uc" and value is not None:
        reading.groups[-1] = replace(group, fallback=min(max(value, 0), 100))
    elif word == "f" and value is not None:
        reading.groups[-1] = replace(group, font=value)
    elif word == "fcharset" and group.into is _Into.FONTS:
        reading.fonts[group.font] = _CHARSETS.get(value or 0, 0)
    elif word == "ansicpg" and value:
        reading.page = value
    elif word in _WORDS:
        _write(reading, _WORDS[word])


def _destination(word: str, *, ignorable: bool) -> _Into | None:
    if word in {"htmltag", "fldinst", "fonttbl"}:
        return {"htmltag": _Into.HTML_TAG, "fldinst": _Into.FIELD, "fonttbl": _Into.FONTS}[word]
    return _Into.NOTHING if ignorable or word in _PASSED_OVER else None


def _character(value: int) -> str:
    code = value + 0x10000 if value < 0 else value
    return chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else "\N{REPLACEMENT CHARACTER}"


def _flush(reading: _Reading) -> None:
    """Write the characters of the code page that were held."""
    if not reading.held:
        return
    page = reading.fonts.get(reading.groups[-1].font) or reading.page
    text = decode_text(bytes(reading.held), "utf-8" if page == 65001 else f"cp{page}")
    reading.held.clear()
    _write(reading, text)


def _write(reading: _Reading, text: str) -> None:
    group = reading.groups[-1]
    if group.into is _Into.FIELD:
        reading.field_text.append(text)
    elif group.into is _Into.HTML_TAG or (group.into is _Into.TEXT and not group.hidden):
        reading.pieces.append(text)
