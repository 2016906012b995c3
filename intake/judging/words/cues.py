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


# Phrases parted by commas; each line of Welsh stands under the English that it belongs to.
_NEGATIONS = """not, no, never, neither, nor, none, nobody, without, yet to, has yet, have yet, fail, failed, refuse,
    refused, cannot, instead of, rather than, unable to, far from, anything but,
    nid, ni, heb, ddim, dim, na, peidiwch, methu"""
_CONDITIONS = """until, till, unless, if, once, before, prior to, ahead of, provided, providing, assuming, subject to,
    conditional on, pending, depending on, dependent on, contingent on, as soon as, only when, in case, permitting,
    oni bai, nes, hyd nes, os, cyn, unwaith, yn amodol, ar yr amod"""
_EXCEPTIONS = """except, apart from, save for, other than, with the exception of, bar, all but,
    ac eithrio, heblaw"""
_REQUESTS = """please, kindly, could you, can you, would you, will you, may we, can we, could we, may i, can i, could i,
    grateful if, appreciate it if, let me know, let us know, we ask, i ask, ask that, ask you to,
    gofynnir, gofynnwn, gofynnaf, a allwch, allwch chi, a wnewch, wnewch chi, a gawn, a fyddech,
    rhowch wybod, os gwelwch"""
_DOUBTS = """i think, i believe, we think, we believe, i suspect, may have, might have, might be, may be, may not,
    not sure, unsure, perhaps, possibly, probably, seems, seem, appears, i gather, i assume, i hope, we hope, hopefully,
    as far as i know, to my knowledge, i understand, supposed to,
    credaf, credwn, efallai, gobeithio, gobeithiwn, mae'n debyg, ddim yn siŵr"""

CUES = (
    *_cues(CueKind.NEGATION, _NEGATIONS, reach=6),
    *_cues(CueKind.NEGATION, "neither, not, ddim", Direction.BEFORE, 2),
    *_cues(CueKind.CONDITION, _CONDITIONS, Direction.BOTH, 12),
    *_cues(CueKind.EXCEPTION, _EXCEPTIONS, reach=12),
    *_cues(CueKind.REQUEST, _REQUESTS, reach=12),
    *_cues(CueKind.DOUBT, _DOUBTS, Direction.BOTH, 12),
)

# Set phrases that hold a cue's words and mean nothing of the kind: no cue is found within them.
_LISTED = """please find, please see, please accept, do not hesitate, not only, no doubt, no longer,
    without delay, if you have any, if you need, if required, if needed, if helpful, if preferred, if not already,
    not least, at once, all at once, may be found, can be found, no problem, no trouble, no rush, no need"""
IDLE = tuple(tuple(phrase.split()) for phrase in _LISTED.split(","))


@dataclass(frozen=True, slots=True)
class Reach:
    """One cue in a sentence, and the words that it bears on: positions from `start` to before `end`."""

    cue: Cue
    start: int
    end: int


_BY_FIRST: dict[str, list[Cue]] = {}
for _cue in CUES:
    _BY_FIRST.setdefault(_cue.words[0], []).append(_cue)
_IDLE_BY_FIRST: dict[str, list[tuple[str, ...]]] = {}
for _phrase in IDLE:
    _IDLE_BY_FIRST.setdefault(_phrase[0], []).append(_phrase)


def reaches(words: Sequence[str]) -> Iterator[Reach]:
    """Every cue in the words of a sentence (small letters, marks as words of their own), and what it reaches."""
    idle_until = 0
    for at, word in enumerate(words):
        for phrase in _IDLE_BY_FIRST.get(word, ()):
            if tuple(words[at : at + len(phrase)]) == phrase:
                idle_until = max(idle_until, at + len(phrase))
        if at < idle_until:
            continue
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
