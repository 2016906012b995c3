"""How things look in mail: cleaned names, sizes, dates, counts, and lines that fit a screen.

Names, subjects and sentences come from strangers' mail, so everything shown passes through `clean_line` first.
"""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Iterable
from datetime import datetime

MEGABYTE = 1024 * 1024  # the unit of the 20 MB limit
WIDTH = 76

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_MARKER = re.compile(r"^(\s*)(- |\d{1,2}\. )?")


def clean_line(text: str, limit: int = 500) -> str:
    """One line that is safe to show: no line breaks, control, direction-changing or invisible characters.

    Right-to-left marks can make "fdp.exe" read as "exe.pdf" (Unicode TR 36); lone surrogates cannot be encoded.
    """
    kept = "".join(_shown(character) for character in text)
    line = " ".join(kept.split())
    if len(line) <= limit:
        return line
    half = (limit - 1) // 2
    return f"{line[:half].rstrip()}…{line[-half:].lstrip()}"


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Zl", "Zp"}:
        return " "
    if category == "Cf":
        return ""
    return "\N{REPLACEMENT CHARACTER}" if category == "Cs" else character


def clean_name(name: str) -> str:
    """A file name that is safe to show and to write into a header; never empty."""
    line = re.sub(r'[\\/:*?"<>|]+', "-", clean_line(name, limit=120)).strip(" .-")
    return line or "unnamed file"


def size_text(size: int) -> str:
    """A size in the unit of the limit, rounded down so that a file under the limit never shows as the limit."""
    tenths = size * 10 // MEGABYTE
    return f"{tenths // 10}.{tenths % 10} MB" if tenths else "under 0.1 MB"


def date_text(moment: datetime) -> str:
    """A date as people write it: 18 October 2023."""
    return f"{moment.day} {moment:%B %Y}"


def time_text(moment: datetime) -> str:
    """A date and time with its zone: 18 October 2023 at 14:05 UTC."""
    return f"{date_text(moment)} at {moment:%H:%M} {moment:%Z}".rstrip()


def counted(number: int, singular: str, plural: str | None = None) -> str:
    """`one thing`, `three things`, `12 things`."""
    word = _WORDS[number] if 0 <= number < len(_WORDS) else str(number)
    return f"{word} {singular if number == 1 else plural or singular + 's'}"


def listed(items: Iterable[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *rest, last = [*items] or [""]
    return f"{', '.join(rest)} and {last}" if rest else last


def wrap_text(text: str) -> str:
    """Wraps each long line under its own bullet or number; a web address is never broken (RFC 3676, 4.2)."""
    lines = [_wrap_line(line.rstrip()) for line in text.strip().splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)) + "\n"


def unwrap_text(text: str) -> str:
    """The text with each wrapped line whole again: a line goes on where the next word would not have fitted on it."""
    whole: list[str] = []
    room = 0
    for line in text.strip().splitlines():
        words, marker = line.split(), _MARKER.match(line)
        begins = marker is not None and marker[2] is not None
        if whole and words and whole[-1] and not begins and 0 <= room < len(words[0]) + 1:
            whole[-1] = f"{whole[-1]} {' '.join(words)}"
        else:
            whole.append(line.rstrip())
        room = WIDTH - len(line.rstrip())
    return "\n".join(whole)


def _wrap_line(line: str) -> str:
    if len(line) <= WIDTH:
        return line
    marker = _MARKER.match(line)
    indent = " " * (marker.end() if marker else 0)
    return textwrap.fill(
        line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, drop_whitespace=True
    )
