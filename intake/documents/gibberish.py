"""Tells text from what broken fonts give: files without usable ToUnicode maps yield letters that mean nothing.

Such a page looks fine to people and must be recognised from its picture instead. The test leans towards
"it is text": a table of figures, a list of names and a page of Welsh all pass.
"""

from __future__ import annotations

import re

SHORTEST_JUDGED = 40
SAMPLE = 700
# A page turned on its side gives letters, not words: all kinds of them, where a table of ticks has two or three.
MOST_SINGLE, SHORTEST_SINGLE, KINDS = 0.5, 60, 8
_WORD = re.compile(r"[^\W\d_]+")
# A contents page is mostly dots.
_LEADERS = re.compile(r"[.…·_\-\u2024](?:\s?[.…·_\-\u2024]){3,}")
_INNER_CAPITAL = re.compile(r"[a-z][A-Z]")
# What no text holds: control characters, private use, the replacement character, and what was never assigned.
_UNUSABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ufffd-\uffff\U000f0000-\U0010ffff]")
_VOWELS = frozenset("aeiouwyâêîôûŵŷáéíóúàèìòùäëïöü")
# These make up four fifths of English and most of Welsh.
_FREQUENT = frozenset("etaoinshrdlûŵŷâêîô")
# English and Welsh words that hardly a running page does without.
_COMMON_WORDS = """
    the of and to in a is for on with by be was are as at that this it from or not which has have will
    y yr i o yn ac ar am gan eu ei mae oedd wedi bod na nad
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def is_gibberish(text: str) -> bool:
    """Whether a page's text layer is no language at all. A long page is judged by its beginning and its end."""
    text = _LEADERS.sub(" ", text)
    if len(text) > 2 * SAMPLE:
        text = text[:SAMPLE] + text[-SAMPLE:]
    length = len(text) - sum(map(text.count, " \n\t"))
    if length == 0:
        return False
    unusable = len(_UNUSABLE.findall(text)) / length
    if length < SHORTEST_JUDGED:
        return unusable > 0.5
    if unusable > 0.15:
        return True
    words = _WORD.findall(text)
    letter_count = sum(map(len, words))
    if letter_count < length * 0.35:
        return _is_signs(text, length)
    single = [word for word in words if len(word) == 1]
    if len(words) >= SHORTEST_SINGLE and len(single) > len(words) * MOST_SINGLE and len(set(single)) >= KINDS:
        return True
    if len(_INNER_CAPITAL.findall(text)) > letter_count * 0.04:
        return True
    return not _looks_like_words(words, letter_count)


def _is_signs(text: str, length: int) -> bool:
    """Few letters: a page of figures is fine, a page of punctuation is not."""
    return sum(map(str.isalnum, text)) < length * 0.35


def _looks_like_words(words: list[str], letter_count: int) -> bool:
    lower = [word.lower() for word in words]
    if sum(word in _COMMON for word in lower) >= len(words) * 0.05:
        return True
    vowels = sum(c in _VOWELS for word in lower for c in word) / letter_count
    # Letters that stand for others (a font's glyph numbers taken as codes) keep their shares under wrong names.
    frequent = sum(c in _FREQUENT for word in lower for c in word) / letter_count
    long_words = [word for word in lower if len(word) >= 4]
    mute = sum(not _VOWELS.intersection(word) for word in long_words) / max(1, len(long_words))
    return 0.22 <= vowels <= 0.62 and frequent >= 0.6 and mute < 0.35
