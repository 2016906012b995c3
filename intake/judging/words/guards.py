"""What keeps a sentence from passing although the learned reader finds it harmless, each with its reason.

The reader weighs everything at once; a guard looks at one thing only. A guard that speaks does not condemn a
sentence: it asks of the reader to be surer of it, or, where the words cannot be known, leaves it to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from intake.judging.words.cues import CueKind, reaches

# What a negation, a condition or an exception must not touch in a sentence that hands a report in or places it.
_LISTED = """APPROVE HAPPY PUBLISH SHARE SEND ATTACH FINAL DRAFT CHANGE REMOVE ERROR MISSING WAIT DELAY WEB DOCUMENT
    PART PRIVATE PRESS OBJECT"""
_BEARING = frozenset(_LISTED.split())
_FEW_WORDS = 4  # fewer are names and headings: too few to tell a language by
_LEAST_KNOWN, _WELL_KNOWN = 0.45, 0.75


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard's name, how sure the reader must be where it speaks, and what staff are told."""

    name: str
    least_sure: float
    why: str


NEGATED = Guard("negation", 0.8, "something is denied in it")
CONDITIONAL = Guard("condition", 0.8, "it depends on something")
EXCEPTED = Guard("exception", 0.8, "something is excepted in it")
QUESTIONED = Guard("question", 0.9, "it puts a question")
REQUESTED = Guard("request", 0.75, "something is asked for in it")
DOUBTED = Guard("doubt", 0.9, "its writer is not sure")
UNUSUAL = Guard("rare words", 0.8, "many of its words are not known here")
STRANGE = Guard("language", 2.0, "it is in a language that is not read here")

UNFINISHED = Guard("draft", 2.0, "it calls what it hands in a draft")

_BY_KIND = {
    CueKind.NEGATION: NEGATED,
    CueKind.CONDITION: CONDITIONAL,
    CueKind.EXCEPTION: EXCEPTED,
    CueKind.REQUEST: REQUESTED,
    CueKind.DOUBT: DOUBTED,
}
# Words by which a draft is one that went before: "replaces the draft that you saw".
_LISTED_BEFORE = """saw seen went replaces replaced supersedes superseded superseding earlier previous previously first
    second old former before ago later behind stage since after original amended revised"""
_GONE_BEFORE = frozenset(_LISTED_BEFORE.split())
_TOGETHER = 5  # words from "attached" within which "draft" is what is attached

_ANYWHERE = frozenset({CueKind.DOUBT, CueKind.REQUEST})  # these need no word to bear on


def guard_of(words: Sequence[str], kinds: Sequence[str], known: float) -> Guard | None:
    """The strictest guard that speaks for a sentence: its words in small letters, their families, and how many of
    its words are known at all.
    """
    found = [_BY_KIND[kind] for kind in _kinds_in(words, kinds)]
    if _hands_in_a_draft(words, kinds):
        found.append(UNFINISHED)
    if "?" in words:
        found.append(QUESTIONED)
    if known < _WELL_KNOWN and sum(word.isalpha() for word in words) >= _FEW_WORDS:
        found.append(STRANGE if known < _LEAST_KNOWN else UNUSUAL)
    return max(found, key=lambda guard: guard.least_sure, default=None)


def _hands_in_a_draft(words: Sequence[str], kinds: Sequence[str]) -> bool:
    """Whether a draft stands beside what is attached: neither denied to be one, nor one that went before."""
    drafts = [index for index, kind in enumerate(kinds) if kind == "DRAFT"]
    if not drafts or not _GONE_BEFORE.isdisjoint(words):
        return False
    denied = {
        index
        for reach in reaches(words)
        if reach.cue.kind is CueKind.NEGATION
        for index in range(reach.start, reach.end)
    }
    beside = [index for index, kind in enumerate(kinds) if kind in {"ATTACH", "SEND"}]
    return any(abs(draft - other) <= _TOGETHER for draft in drafts if draft not in denied for other in beside)


def _kinds_in(words: Sequence[str], kinds: Sequence[str]) -> set[CueKind]:
    return {
        reach.cue.kind
        for reach in reaches(words)
        if reach.cue.kind in _ANYWHERE or not _BEARING.isdisjoint(kinds[reach.start : reach.end])
    }
