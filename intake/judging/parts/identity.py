"""Whose review it is: the CSP and the case, from the letter's opening sentence and from a report's first pages.

People's names are misspelt even within one document, so a case name alone never decides anything; a CSP's
distinctive words do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz import fuzz

from intake.judging import phrases
from intake.judging.facts import Match
from intake.model import CaseIdentity

_SPACES = re.compile(r"\s+")
_SALUTATION = re.compile(r"\bDear\b")
_TO_THE_PANEL = re.compile(r"\bto the (?:Home Office|Quality Assurance|QA\b)", re.IGNORECASE)
_SHOUTED = re.compile(r"\b(?!DARDR|MARAC)[A-Z]{4,}\b")  # a title page in capitals; shorter ones may be abbreviations
_TITLE_LENGTH = 3000
_OPENING = 700  # characters after the salutation in which a letter says whose review it is about
_CSP_ENDINGS = (
    r"Community Safety (?:Partnership|Board)|Safer [A-Z]\w+(?: Partnership)?|Partnership|Public Services Board"
    r"|Safeguarding (?:Board|Partnership)|CSP"
)
_CSP_AFTER = re.compile(
    rf"\b(?:for|on behalf of|from|by|of)\s+(?:the\s+)?(?P<csp>[A-Z][\w&,.'’\- ]{{1,110}}?(?:{_CSP_ENDINGS}))\b"
)
_CSP_NAME = re.compile(
    r"(?P<csp>(?:[A-Z][\w'’\-]+(?:,? (?:and |& |of |the |upon |on |in |with )*)){1,7}?"
    r"(?:Community Safety (?:Partnership|Board)|Safety Partnership|Safer [A-Z]\w+ Partnership|CSP\b"
    r"|Public Services Board))"
    r"|(?P<safer>\bSafer(?: (?:and |& )?[A-Z][\w'’\-]+){1,3}(?: (?:Community Safety )?Partnership)?)"
)
_QUOTED = re.compile(r"[\(\[]?\s*['‘“\"]\s*\(?(?P<name>[A-Z][\w'’\- &]{1,40}?)\)?\s*['’”\"]\s*[\)\]]?")
_BRACKETED = re.compile(r"\((?P<name>(?!CSP|DHR|OHR|0HR|DARDR|QA)[A-Z][\w'’\- ]{1,30})\)")
_DEATH_OF = re.compile(
    r"(?:death|homicide|murder|killing|life|respect|case) of\s+(?:an?\s+)?['‘“\"\(]*"
    r"(?P<name>(?:[A-Z][\w'’\-]*)(?: (?:and |& )?[A-Z][\w'’\-]*){0,3})"
)


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that many partnerships' names share: they tell none from another.
_GENERIC = _words("""
    community safety partnership partnerships csp safer communities stronger together council county borough
    city district metropolitan unitary authority town area public services safeguarding board neighbourhood
    neighbourhoods local london royal of the and for
""")
_DIRECTIONS = _words("""
    north south east west northern southern eastern western central upper
""")
_NOT_A_CASE = _words("""
    domestic homicide review csp dhr ohr dardr home office quality assurance qa panel report final overview
    the facts chair author independent deceased victim perpetrator redacted pseudonym confidential official
    sensitive restricted draft version appendix annex annexe section chapter part volume executive summary
""")
# What a title page's lines hold beside a partnership's name, and lists of people hold before one.
_NOT_A_PARTNERSHIP = _words("""
    domestic homicide abuse related death review overview report executive summary manager officer lead head
    nurse director coordinator inspector superintendent sergeant constable chair author member members
    contributors adviser advisor independent representative consultant worker commissioner chief
""")
_FOR_AT_THE_END = re.compile(r"\bfor (?:the )?(?P<csp>(?:[A-Z][\w'’\-]+ (?:(?:and|&) )?){2,5})$")
_OWN_KIND = _words("""
    together safe safer safety stronger communities community partnership partnerships forum
""")
_UNFINISHED_LINE = re.compile(r"(?:\b(?:and|of|the|upon|on|in|with|for)|[&,])[ \t]*\n\s*")
_SAME_NAME = 86


def of_letter(text: str) -> CaseIdentity:
    """CSP and case from a letter's opening sentences; None where it does not say."""
    flat = _SPACES.sub(" ", text)
    dear = _SALUTATION.search(flat)
    opening = flat[dear.end() if dear else 0 :][:_OPENING]
    panel = _TO_THE_PANEL.search(opening)
    sentence = opening[: panel.start()] if panel else opening
    csp = _csp_in(sentence) or _plainly_named(sentence) or _csp_in(opening)
    return CaseIdentity(csp, _case_in(sentence, csp) or _case_in(opening, csp))


def of_report(first_pages: str) -> CaseIdentity:
    """CSP and case from the text of a report's first pages."""
    text = _SHOUTED.sub(lambda word: word.group().capitalize(), first_pages)
    # A name stands on one line of a title page, unless it is broken over two.
    lines = _UNFINISHED_LINE.sub(lambda end: f"{end.group().rstrip()} ", text).splitlines()
    names = (name for part in (*lines, _SPACES.sub(" ", text)) for name in _partnerships(part))
    csp = next(names, None)
    return CaseIdentity(csp, _case_in(text[:_TITLE_LENGTH], csp))


def _partnerships(text: str) -> Iterator[str]:
    """The partnerships named in a line of a title page, or in a report's first pages."""
    for match in _CSP_NAME.finditer(text):
        words = match.group().split()
        strange = [index for index, word in enumerate(words) if phrases.fold(word) in _NOT_A_PARTNERSHIP]
        if match.group("safer") and strange:  # "Safer Kent Domestic Homicide Review"
            words, strange = words[: strange[0]], []
        name = _tidy(" ".join(words))
        if not strange and len(words) > 1 and not set(phrases.fold(name).split()) <= _GENERIC:
            yield name


def _csp_in(sentence: str) -> str | None:
    without = _QUOTED.sub(" ", sentence)
    without = re.sub(r"\((?:CSP|DHR|DARDR|QA)\)", " ", without)
    without = _BRACKETED.sub(" ", without)
    without = _SPACES.sub(" ", without)
    match = _CSP_AFTER.search(without)
    if match is None:
        match = _CSP_NAME.search(without)
        return _tidy(match.group()) if match else None
    return _tidy(match.group("csp"))


def _plainly_named(sentence: str) -> str | None:
    """A partnership by another kind of name, where the sentence ends with it: "… report for Kent Together"."""
    match = _FOR_AT_THE_END.search(sentence)
    return match["csp"].strip() if match and set(phrases.fold(match["csp"]).split()) & _OWN_KIND else None


def _tidy(name: str) -> str:
    """A CSP's name without what stood around it ("report for the … ")."""
    name = _SPACES.sub(" ", name).strip(" ,.-")
    name = re.sub(r"^.*\b(?:report|review|death|[Rr]espect) .*?\b(?:for|from|by|of) (?:the )?", "", name)
    name = re.sub(r"^(?:(?:The|Draft|Final|Domestic Homicide Review|Overview Report|Report|Review)\s+)+", "", name)
    return re.sub(r"\s*\bCSP$", " CSP", name).strip()


def _case_in(text: str, csp: str | None) -> str | None:
    partnership = _GENERIC.union(distinctive(csp) if csp else ())
    for pattern in (_QUOTED, _DEATH_OF, _BRACKETED):
        for match in pattern.finditer(text):
            words = match.group("name").strip(" .,'’").split()
            # "the death of Olive Lydbrook Forest Community": the partnership's name comes after it on some title pages.
            ends = (index for index, word in enumerate(words) if index and phrases.fold(word) in partnership)
            name = " ".join(words[: next(ends, None)]).removesuffix(" and").removesuffix(" &")
            if name and not set(phrases.fold(name).split()) <= _NOT_A_CASE and not phrases.fold(name).isdigit():
                return name
    return None


def distinctive(csp: str) -> tuple[str, ...]:
    """The words of a CSP's name that tell it from others ("Kent Community Safety Partnership" → kent)."""
    words = phrases.fold(csp).split()
    return tuple(word for word in words if word not in _GENERIC and len(word) > 1) or tuple(words)


def compare(letter: CaseIdentity, report: CaseIdentity, letter_text: str, front: str, whole: str) -> Match:
    """Whether letter and report speak of the same review.

    `letter_text`, `front` and `whole` are folded: the letter, the report's first pages, and all of the report
    with the letter left out.
    """
    if letter.csp is None:
        known = report.csp is not None and _place_in(distinctive(report.csp), letter_text)
        named = letter.case is not None and _named(letter.case, front)
        return Match.SAME if known or named else Match.UNCLEAR
    wanted = distinctive(letter.csp)
    if _all_in(wanted, front) or (report.csp is not None and _all_in(distinctive(report.csp), letter_text)):
        return _compare_cases(letter, report, whole)
    if report.csp is not None and not _shared(wanted, distinctive(report.csp)):
        spoken_of = phrases.fold(letter.csp) in whole or (_all_in(wanted, whole) and _named(letter.case, whole))
        return Match.UNCLEAR if spoken_of else Match.DIFFERENT
    return Match.SAME if _all_in(wanted, whole) and report.csp is None else Match.UNCLEAR


def _place_in(words: tuple[str, ...], letter: str) -> bool:
    """Whether a letter that names no partnership names its place: older ones are addressed to the council alone."""
    places = tuple(word for word in words if len(word) > 4 and word not in _DIRECTIONS)
    return any(_all_in((place,), letter) for place in places) or _all_in(words, letter)


def _compare_cases(letter: CaseIdentity, report: CaseIdentity, whole: str) -> Match:
    """The CSP agrees. A case name that is nowhere in the report is a doubt, never a certainty."""
    if letter.case is None or report.case is None or _named(letter.case, whole):
        return Match.SAME
    return Match.UNCLEAR


def _named(name: str | None, folded: str) -> bool:
    if not name:
        return False
    wanted = phrases.fold(name)
    if re.search(rf"\b{re.escape(wanted)}\b", folded):
        return True
    # "Dianna" for "Diana": one letter off, in a word of its own.
    return any(
        fuzz.ratio(wanted, word) >= _SAME_NAME for word in set(folded.split()) if abs(len(word) - len(wanted)) <= 2
    )


def _all_in(words: tuple[str, ...], folded: str) -> bool:
    present = set(folded.split())
    return all(
        word in present or any(fuzz.ratio(word, other) >= _SAME_NAME for other in present if len(word) > 4)
        for word in words
    )


def _shared(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    return any(fuzz.ratio(a, b) >= _SAME_NAME for a in left for b in right)
