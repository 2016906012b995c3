"""Words compared the way a reader compares them: without case, accents of layout, punctuation or line breaks.

Every page, body and phrase is *folded* to plain lower-case words with single spaces; phrases are looked for
in folded text. A phrase may hold "..." for a few words that differ from letter to letter. Pages read by OCR
are matched with a tolerance for misread letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz

# A word hyphenated over a line end is one word; a soft hyphen is none.
_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]\s*\n\s*(?=[^\W\d_])")
_NOT_A_WORD = re.compile(r"[\W_]+")
_GAP_WORDS = 14
_FUZZY_CUTOFF = 88.0
_SHORTEST_FUZZY = 18  # shorter phrases are too easily "almost" there


def fold(text: str) -> str:
    """Lower-case words with single spaces; ligatures, quotes, dashes and line breaks levelled."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if "-\n" in text or "\u00ad" in text or "\u2010" in text or "- \n" in text or "-\r" in text:
        text = _HYPHENATED.sub("", text)
    return _NOT_A_WORD.sub(" ", text.lower()).strip()


@lru_cache(maxsize=2048)
def _pattern(phrase: str) -> tuple[str, re.Pattern[str]] | None:
    """A phrase with gaps as its first words and a regular expression; None for a plain phrase."""
    if "..." not in phrase:
        return None
    pieces = [fold(piece) for piece in phrase.split("...")]
    gap = rf"\b(?: \w+){{0,{_GAP_WORDS}}}? "
    return pieces[0], re.compile(r"\b" + gap.join(map(re.escape, pieces)) + r"\b")


@lru_cache(maxsize=4096)
def _folded(phrase: str) -> str:
    return fold(phrase)


def find(phrase: str, folded: str, *, fuzzy: bool = False) -> str | None:
    """The words of `folded` that match the phrase, or None.

    With `fuzzy`, long phrases also match with a few misread letters (OCR) or a small change of wording.
    """
    gapped = _pattern(phrase)
    if gapped is not None:
        first, pattern = gapped
        match = pattern.search(folded) if first in folded else None
        return match.group() if match else None
    wanted = _folded(phrase)
    position = folded.find(wanted)
    while position >= 0:
        end = position + len(wanted)
        starts_a_word = position == 0 or folded[position - 1] == " "
        ends_a_word = end == len(folded) or folded[end] == " "
        if starts_a_word and ends_a_word:
            return wanted
        position = folded.find(wanted, position + 1)
    # partial_ratio aligns the shorter text within the longer: a page shorter than the phrase would always "match".
    if not fuzzy or len(wanted) < _SHORTEST_FUZZY or len(folded) < len(wanted):
        return None
    alignment = fuzz.partial_ratio_alignment(wanted, folded, score_cutoff=_FUZZY_CUTOFF)
    if alignment is None:
        return None
    return folded[alignment.dest_start : alignment.dest_end].strip()


def find_any(phrases: Iterable[str], folded: str, *, fuzzy: bool = False) -> str | None:
    """The words that match the first phrase found, or None."""
    return next((found for phrase in phrases if (found := find(phrase, folded, fuzzy=fuzzy))), None)


def quote(original: str, words: str, limit: int = 160) -> str:
    """The place in the original text where folded `words` stand, on one line; the words themselves if it is lost."""
    pieces = words.split()[:24]
    if not pieces:
        return ""
    pattern = r"[\W_]+".join(re.escape(piece) for piece in pieces)
    match = re.search(pattern, original, re.IGNORECASE)
    found = " ".join((match.group() if match else words).split())
    return found if len(found) <= limit else found[: limit - 1].rstrip() + "…"


def lines_of(text: str) -> list[str]:
    """The folded, non-empty lines of a text."""
    return [folded for line in text.splitlines() if (folded := fold(line))]
