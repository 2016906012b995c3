"""What one part says of itself held against what another does: is it this review's?

A claim stands in a letter's opening sentence, on a report's title page, in a plan's heading. A name elsewhere in a
report (a perpetrator, a health visitor, an earlier review) makes a difference unclear, never an agreement.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from rapidfuzz import fuzz

from intake.judging import phrases
from intake.judging.facts import Match
from intake.judging.parts.identity import DIRECTIONS, distinctive, label
from intake.model import CaseIdentity

# Of two words of five letters with one of them misread the ratio is 80, of seven letters 86: "Dianna" and "Diana" (91)
# are one name, "Mary" and "Mark" (75) are two.
SAME_NAME = 86
_TELLING = 4  # letters: shorter words of a place's name stand in many texts
# A report names its subject on every other page; somebody met in passing comes a few times.
_OFTEN = 5
_LETTERS_APART = 2  # a longer or shorter word is another, not a misspelling


@dataclass(frozen=True, slots=True)
class Report:
    """A report's claim: `titled` from its title page and running header, and its folded texts beside it."""

    titled: CaseIdentity
    identity: CaseIdentity  # completed from the pages after the title
    title_page: str
    front: str
    whole: str


def of_letter(letter: CaseIdentity, letter_text: str, report: Report) -> Match:
    """Whether a letter speaks of the report's review. `letter_text` is folded."""
    if letter.csp is not None:
        partnership = _compare_partnerships(letter.csp, report, case=letter.case)
    elif report.identity.csp and _place_in(distinctive(report.identity.csp), letter_text):
        partnership = Match.SAME
    else:
        # Neither says: only the case can tell.
        known = letter.case is not None and report.titled.case is not None
        partnership = Match.SAME if known else Match.UNCLEAR
    return partnership if partnership is not Match.SAME else _compare_cases(letter.case, report)


def of_plan(plan: CaseIdentity, report: Report) -> Match:
    """Whether a plan is the report's own: what its heading does not name speaks for it."""
    partnership = _compare_partnerships(plan.csp, report, case=plan.case) if plan.csp else Match.SAME
    return partnership if partnership is not Match.SAME else _compare_cases(plan.case, report)


def names(case: str | None) -> tuple[str, ...]:
    """The names of a case's victims."""
    return tuple(case.split(" and ")) if case else ()


def compare_names(one: str | None, other: str | None) -> Match:
    """Whether two claims name the same case; for one of several victims it is unclear."""
    left, right = names(one), names(other)
    pairs = {(a, b): _same_name(a, b) for a in left for b in right}
    if not pairs or all(how is Match.DIFFERENT for how in pairs.values()):
        return Match.DIFFERENT
    met = {pair for pair, how in pairs.items() if how is Match.SAME}
    all_met = {a for a, _ in met} == set(left) and {b for _, b in met} == set(right)
    return Match.SAME if all_met else Match.UNCLEAR


def _same_name(one: str, other: str) -> Match:
    first, second = label(one), label(other)
    if first and second:
        if first[0] != second[0]:
            return Match.UNCLEAR
        return Match.SAME if first[1] == second[1] else Match.DIFFERENT
    if first or second:
        return Match.UNCLEAR
    a, b = plain(one), plain(other)
    within = set(a.split()) <= set(b.split()) or set(b.split()) <= set(a.split())
    return Match.SAME if within or fuzz.ratio(a, b) >= SAME_NAME else Match.DIFFERENT


def plain(text: str) -> str:
    """Folded, and without accents, which OCR loses: "Siân" and "Sian" are one name."""
    return "".join(c for c in unicodedata.normalize("NFKD", phrases.fold(text)) if not unicodedata.combining(c))


def _compare_cases(case: str | None, report: Report) -> Match:
    """The partnership agrees. A case that is nowhere in the report is a doubt, never a certainty."""
    if case is None:
        return Match.SAME
    if report.titled.case is not None:
        if compare_names(case, report.titled.case) is Match.SAME:
            return Match.SAME
        # A title page may set the name in a way that is not read as one; a label on it may be somebody else's.
        whole = all(not label(name) and is_named(name, report.title_page) for name in names(case))
        return Match.SAME if whole and len(names(case)) >= len(names(report.titled.case)) else Match.UNCLEAR
    in_front = all(is_named(name, report.front) for name in names(case))
    often = all(report.whole.count(plain(name)) >= _OFTEN for name in names(case))
    return Match.SAME if in_front or often else Match.UNCLEAR


def _compare_partnerships(csp: str, report: Report, *, case: str | None) -> Match:
    wanted = distinctive(csp)
    known = report.titled.csp
    if known is None:
        if all_in(wanted, report.front):
            return Match.SAME
        guess = report.identity.csp
        strange = guess is not None and not _shared(wanted, distinctive(guess))
        return Match.DIFFERENT if strange and not _spoken_of(csp, case, report) else Match.UNCLEAR
    theirs = distinctive(known)
    left, right = _unmatched(wanted, theirs), _unmatched(theirs, wanted)
    if not left and not right:
        return Match.SAME
    if not _shared(wanted, theirs):
        return Match.UNCLEAR if _spoken_of(csp, case, report) else Match.DIFFERENT
    # "Harrow" for "Harrow, Penbury and Stoke Dale"; "Kent" for "North Kent" may be a neighbour.
    shorter = (not left or not right) and _alike(wanted[0], theirs[0]) and DIRECTIONS.isdisjoint((*left, *right))
    return Match.SAME if shorter else Match.UNCLEAR


def _spoken_of(csp: str, case: str | None, report: Report) -> bool:
    """Whether a report names another partnership, or another one's case: it may discuss that review."""
    named = case is not None and any(is_named(name, report.whole) for name in names(case))
    return phrases.fold(csp) in report.whole or (all_in(distinctive(csp), report.whole) and named)


def _place_in(words: tuple[str, ...], letter: str) -> bool:
    """Whether a letter that names no partnership names its place: older ones are addressed to the council alone."""
    places = tuple(word for word in words if len(word) > _TELLING and word not in DIRECTIONS)
    return any(all_in((place,), letter) for place in places) or all_in(words, letter)


def is_named(name: str, folded: str) -> bool:
    """Whether a text holds a name, a letter of it perhaps misread."""
    wanted = plain(name)
    text = plain(folded) if not folded.isascii() else folded
    if re.search(rf"\b{re.escape(wanted)}\b", text):
        return True
    # "Dianna" for "Diana": one letter off, in a word of its own.
    near = (word for word in set(text.split()) if abs(len(word) - len(wanted)) <= _LETTERS_APART)
    return label(name) is None and any(fuzz.ratio(wanted, word) >= SAME_NAME for word in near)


def all_in(words: tuple[str, ...], folded: str) -> bool:
    """Whether a text has all of these words, a letter of one of them perhaps misread."""
    present = set(folded.split())
    return all(
        word in present or any(_alike(word, other) for other in present if len(other) > _TELLING) for word in words
    )


def _alike(one: str, other: str) -> bool:
    return fuzz.ratio(plain(one), plain(other)) >= SAME_NAME


def _shared(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return any(_alike(a, b) for a in left for b in right)


def _unmatched(words: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word for word in words if not any(_alike(word, other) for other in others))
