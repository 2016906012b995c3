"""Whether one form of a body says what its other form does not: the plain text beside the HTML.

People read one of the two, programs often the other. What is compared are the words in runs of three, so that it is
linear and a single "not" shows; addresses, bullets and marks of emphasis are how programs write, and say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.unpacking.charsets import normalise

_ADDRESS = re.compile(r"<[^<>\s]{1,2000}>|(?:https?://|www\.|mailto:)[^\s<>]+", re.IGNORECASE)
_PICTURE = re.compile(
    r"\[(?:cid|image)\b[^\]\n]{0,300}\]|^[ \t]*\[[^\]\n]{0,300}\][ \t]*$", re.IGNORECASE | re.MULTILINE
)
_BULLET = re.compile(r"^[ \t>]*(?:\d{1,3}[.)]|[A-Za-z][.)]|[o§·•*\u25aa\uf0b7-])[ \t]+", re.MULTILINE)
_EMPHASIS = re.compile(r"[*_]")
_WORD = re.compile(r"[^\W_]+")
_PARAGRAPH = re.compile(r"\n\s*\n")
# What programs write for readers that show no HTML.
_STUB = re.compile(
    r"\b(?:html|browser|e-?mail (?:client|program|reader)|view (?:this|the) (?:e-?mail|message))\b", re.IGNORECASE
)
_LONGEST_STUB = 300
_RUN = 3  # words


def says_more(said: str, heard: str) -> bool:
    """Whether the words of `said` are not all in `heard`, in the same order."""
    if len(said) < _LONGEST_STUB and _STUB.search(said):
        return False
    words = list(_words(heard))
    known = {length: set(_runs(words, length)) for length in range(1, _RUN + 1)}
    for paragraph in _PARAGRAPH.split(said):
        of_this = list(_words(paragraph))
        length = min(_RUN, len(of_this))
        if length and not known[length].issuperset(_runs(of_this, length)):
            return True
    return False


def _words(text: str) -> Iterator[str]:
    text = _EMPHASIS.sub("", _BULLET.sub(" ", _PICTURE.sub(" ", _ADDRESS.sub(" ", normalise(text)))))
    return (word[0].casefold() for word in _WORD.finditer(text))


def _runs(words: list[str], length: int) -> Iterator[tuple[str, ...]]:
    return zip(*(words[start:] for start in range(length)), strict=False)
