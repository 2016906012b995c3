"""Negation, condition, exception, request and doubt: declared once, with what each reaches.

A cue is a phrase that bears on words near it. Each says of which kind it is, in which direction it reaches, how many
words far, and what ends its reach: so "we have not published" and "not only published" are told apart in one place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum


class CueKind(StrEnum):
    """What a cue does to the words in its reach."""

    NEGATION = "negation"
    CONDITION = "condition"
    EXCEPTION = "exception"
    REQUEST = "request"
    DOUBT = "doubt"


class Direction(StrEnum):
    """On which side of a cue the words stand that it bears on."""

    AFTER = "after"
    BEFORE = "before"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase in small letters, its words parted by spaces, and what it reaches."""

    phrase: str
    kind: CueKind
    direction: Direction = Direction.AFTER
    reach: int = 8

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.phrase.split())


ENDS = frozenset({"but", "however", "though", "although", ";", ":", "?", "!"})  # beyond these no cue reaches


def _cues(kind: CueKind, listed: str, direction: Direction = Direction.AFTER, reach: int = 8) -> tuple[Cue, ...]:
    return tuple(Cue(phrase.strip(), kind, direction, reach) for phrase in listed.split(",") if phrase.strip())


CUES = (
    *_cues(
        CueKind.NEGATION,
        "not, no, never, neither, nor, none, nobody, without, yet to, has yet, have yet, fail, failed, refuse, refused,"
        " cannot, instead of, rather than, nid, heb, ddim, unable to, far from, anything but",
        reach=6,
    ),
    *_cues(CueKind.NEGATION, "neither, not, ddim", Direction.BEFORE, 2),
    *_cues(
        CueKind.CONDITION,
        "until, till, unless, if, once, provided, providing, assuming, subject to, conditional on, pending,"
        " depending on, dependent on, contingent on, as soon as, only when, in case, oni bai, nes, os",
        Direction.BOTH,
        12,
    ),
    *_cues(
        CueKind.EXCEPTION, "except, apart from, save for, other than, with the exception of, bar, all but", reach=12
    ),
    *_cues(
        CueKind.REQUEST,
        "please, kindly, could you, can you, would you, will you, may we, can we, could we, may i, can i, could i,"
        " grateful if, appreciate it if, let me know, let us know, we ask, i ask, ask that, ask you to",
        reach=12,
    ),
    *_cues(
        CueKind.DOUBT,
        "i think, i believe, we think, we believe, i suspect, may have, might have, might be, may be, may not,"
        " not sure, unsure, perhaps, possibly, probably, seems, seem, appears, i gather, i assume, i hope, we hope,"
        " hopefully, as far as i know, to my knowledge, i understand, supposed to",
        Direction.BOTH,
        12,
    ),
)


@dataclass(frozen=True, slots=True)
class Reach:
    """One cue in a sentence, and the words that it bears on: positions from `start` to before `end`."""

    cue: Cue
    start: int
    end: int


_BY_FIRST: dict[str, list[Cue]] = {}
for _cue in CUES:
    _BY_FIRST.setdefault(_cue.words[0], []).append(_cue)


def reaches(words: Sequence[str]) -> Iterator[Reach]:
    """Every cue in the words of a sentence (small letters, marks as words of their own), and what it reaches."""
    for at, word in enumerate(words):
        for cue in _BY_FIRST.get(word, ()):
            after = at + len(cue.words)
            if tuple(words[at:after]) != cue.words:
                continue
            if cue.direction is not Direction.BEFORE:
                yield Reach(cue, after, _until_end(words, after, cue.reach))
            if cue.direction is not Direction.AFTER:
                yield Reach(cue, _since_end(words, at, cue.reach), at)


def _until_end(words: Sequence[str], start: int, reach: int) -> int:
    for index in range(start, min(len(words), start + reach)):
        if words[index] in ENDS:
            return index
    return min(len(words), start + reach)


def _since_end(words: Sequence[str], end: int, reach: int) -> int:
    for index in range(end - 1, max(-1, end - 1 - reach), -1):
        if words[index] in ENDS:
            return index + 1
    return max(0, end - reach)
