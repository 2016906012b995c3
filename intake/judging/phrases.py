"""Words compared the way a reader compares them: without case, accents of layout, punctuation or line breaks.

Every page, body and phrase is *folded* to plain lower-case words with single spaces; phrases are looked for
in folded text. A phrase may hold "..." for up to fourteen words that differ from letter to letter, and ".." for up
to three. Pages read by OCR are matched with a tolerance for misread letters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz import fuzz

# A word hyphenated over a line end is one word; a soft hyphen is none.
_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u2010\u00ad]\s*\n\s*(?=[^\W\d_])")
_PARAGRAPH = re.compile(r"\n\s*\n")
_SENTENCE = re.compile(r"(?:[^.?!]|[.?!](?!\s|$))+[.?!]*")
_WORD = re.compile(r"[^\W_]+")
_NOT_A_WORD = re.compile(r"[^\w\n]|_")
_TYPOGRAPHY = "‘’“”–—•…\u00a0"  # all that keeps most pages from being ASCII
# For ASCII text: a lower-case letter, a digit or a line end for itself, everything else a space.
_ASCII = {code: chr(code).lower() if chr(code).isalnum() or chr(code) == "\n" else " " for code in range(128)}
_GAP_WORDS = 14
_SHORT_GAP_WORDS = 3
_FUZZY_CUTOFF = 88.0
_SHORTEST_FUZZY = 18  # shorter phrases are too easily "almost" there


def fold(text: str) -> str:
    """Lower-case words with single spaces; ligatures, quotes, dashes and line breaks levelled."""
    return " ".join(_levelled(_joined(text)).split())


def _joined(text: str) -> str:
    """The text with words whole that were broken at a line's end, and with no letter that is two in lower case."""
    if "-\n" in text or "\u00ad" in text or "\u2010" in text or "\u2011" in text or "- \n" in text or "-\r" in text:
        text = _HYPHENATED.sub("", unicodedata.normalize("NFKC", text))
    return text.replace("\u0130", "I")  # its lower case would end in a sign that is no letter, and part the word


def _levelled(text: str) -> str:
    """The text in lower case, with a space for whatever is neither letter, digit nor line end."""
    if not text.isascii():
        for sign in _TYPOGRAPHY:
            text = text.replace(sign, " ")
    if text.isascii():
        return text.translate(_ASCII)
    return _NOT_A_WORD.sub(" ", unicodedata.normalize("NFKC", text).lower())


@lru_cache(maxsize=4096)
def prepare(phrase: str) -> tuple[str, re.Pattern[str] | None]:
    """A phrase, folded; one with gaps as its first words and a regular expression. It is made once for each."""
    if ".." not in phrase:
        return fold(phrase), None
    first, *rest = re.split(r"(\.{2,3})", phrase)
    pattern = re.escape(fold(first))
    for gap, piece in zip(rest[::2], rest[1::2], strict=True):
        most = _GAP_WORDS if gap == "..." else _SHORT_GAP_WORDS
        pattern += rf"\b(?: \w+){{0,{most}}}? {re.escape(fold(piece))}"
    return fold(first), re.compile(rf"\b{pattern}\b")


def find(phrase: str, folded: str, *, fuzzy: bool = False) -> str | None:
    """The words of `folded` that match the phrase, or None.

    With `fuzzy`, long phrases also match with a few misread letters (OCR) or a small change of wording.
    """
    wanted, pattern = prepare(phrase)
    if pattern is not None:
        match = pattern.search(folded) if wanted in folded else None
        return match.group() if match else None
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
    for phrase in phrases:
        # Most phrases are nowhere on most pages: this answers for them without a call.
        if (fuzzy or prepare(phrase)[0] in folded) and (found := find(phrase, folded, fuzzy=fuzzy)):
            return found
    return None


def without(unwanted: Iterable[str], folded: str) -> str:
    """The folded text with every one of the phrases taken out."""
    wanted = tuple(unwanted)
    while words := find_any(wanted, folded):
        folded = " ".join(f" {folded} ".replace(f" {words} ", " ").split())
    return folded


def words_in(text: str) -> list[re.Match[str]]:
    """The words that `fold` makes of a text, one for one, as they are written; `match.string` is what holds them."""
    return list(_WORD.finditer(unicodedata.normalize("NFKC", _joined(text))))


def sentences(text: str) -> list[str]:
    """The sentences of a text, as they are written. A line break ends none, an empty line does."""
    return [sentence for paragraph in _PARAGRAPH.split(text) for sentence in _SENTENCE.findall(paragraph)]


def quote(original: str, words: str, limit: int = 160) -> str:
    """The place in the original text where folded `words` stand, on one line; the words themselves if it is lost."""
    pieces = words.split()[:24]
    if not pieces:
        return ""
    pattern = r"[\W_]+".join(re.escape(piece) for piece in pieces)
    match = re.search(pattern, original, re.IGNORECASE)
    found = " ".join((match.group() if match else words).split())
    return found if len(found) <= limit else found[: limit - 1].rstrip() + "…"


def lines_of(text: str) -> list[tuple[str, str]]:
    """Every line of a text as it stands, and folded."""
    lines = text.splitlines()
    # All at once: a call for each of a long report's lines would cost more than everything that reads them.
    folded = _levelled("\n".join(lines)).split("\n") if lines else []
    return [(line, " ".join(words.split())) for line, words in zip(lines, folded, strict=True)]
