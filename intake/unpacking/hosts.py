"""What is odd about the site that an address names: ways of writing it that lead elsewhere than a reader thinks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from intake.model import LinkOddity

_AUTHORITY = re.compile(r"https?:[/\\]{2}([^/?#]{0,2000})", re.IGNORECASE)
_LONGEST_LABEL = 63
_PUNYCODE = "xn--"


def host_oddities(url: str) -> tuple[LinkOddity, ...]:
    """Everything odd about an address's site, in the order in which the oddities are declared."""
    found = _AUTHORITY.match(url)
    return tuple(dict.fromkeys(_odd(found[1], url))) if found else ()


def _odd(authority: str, url: str) -> Iterator[LinkOddity]:
    userinfo, at, host = authority.rpartition("@")
    if at or userinfo:
        yield LinkOddity.USERINFO
    if "\\" in url.partition("?")[0]:
        yield LinkOddity.BACKSLASH
    if "%" in authority:
        yield LinkOddity.ESCAPED_HOST
    labels = [_readable(label) for label in host.split(".")]
    if not all(label.isascii() for label in labels):
        yield LinkOddity.FOREIGN_LETTERS
    if any(len(_scripts(label)) > 1 for label in labels):
        yield LinkOddity.MIXED_SCRIPTS


def _readable(label: str) -> str:
    """A label as a browser shows it; one whose punycode is none is shown by a letter that is not ASCII."""
    if not label.lower().startswith(_PUNYCODE):
        return label
    try:
        return label[len(_PUNYCODE) : _LONGEST_LABEL].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return "\N{REPLACEMENT CHARACTER}"


def _scripts(label: str) -> set[str]:
    """The scripts of a label's letters, as their names begin: LATIN, CYRILLIC, GREEK, FULLWIDTH."""
    letters = {letter for letter in label[: 2 * _LONGEST_LABEL] if letter.isalpha()}
    return {unicodedata.name(letter, "UNNAMED").partition(" ")[0] for letter in letters}
