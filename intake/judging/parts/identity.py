"""Whose review it is, as a part says itself: the partnership and the case, read from a letter's opening sentence, a
report's title page and the heading of a plan. `claims` holds what one part says against what another does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from intake.judging import phrases
from intake.model import CaseIdentity

_SPACES = re.compile(r"\s+")
_SALUTATION = re.compile(r"\bDear\b")
_TO_THE_PANEL = re.compile(r"\bto the (?:Home Office|Quality Assurance|QA\b)", re.IGNORECASE)
_SHOUTED = re.compile(r"\b(?!DARDR|MARAC)[A-Z]{4,}\b")  # a title page in capitals; shorter ones may be abbreviations
_NAME_LINES = 3  # over which a partnership's name is broken at most: each more costs a look at every line
_OPENING = 700  # characters after the salutation in which a letter says whose review it is about
_CSP_ENDINGS = (
    r"Community Safety (?:Partnership|Board)|Safer [A-Z]\w+(?: Partnership(?: Board)?)?|Partnership(?: Board)?"
    r"|Public Services Board"
    r"|Safeguarding (?:Board|Partnership)|CSP"
)
# Small words within a name, the Welsh ones too: "Ynys y Gwynt", "Pen-y-Bryn a'r Cwm".
_BETWEEN = r"(?:and |& |of |the |upon |on |in |with |under |next |by |y |yr |a |ar )*"
_CSP_AFTER = re.compile(
    rf"\b(?:for|on behalf of|from|by|of)\s+(?:the\s+)?"
    rf"(?P<csp>(?:[A-Z][\w&.'’\-]{{0,40}},? {_BETWEEN}){{1,9}}?(?:{_CSP_ENDINGS}))\b"
)
_CSP_NAME = re.compile(
    rf"(?P<csp>(?:[A-Z][\w'’\-]{{1,40}}(?:,? {_BETWEEN})){{1,7}}?"
    r"(?:Community Safety (?:Partnership|Board)|Safety Partnership|Safer [A-Z]\w+ Partnership|CSP\b"
    r"|Public Services Board)(?: Board)?)"
    r"|(?P<safer>\bSafer(?: (?:and |& )?[A-Z][\w'’\-]{1,40}){1,3}(?: (?:Community Safety )?Partnership)?(?: Board)?)"
)
_QUOTED = re.compile(r"[\(\[]?\s{0,3}['‘“\"]\s{0,3}\(?(?P<name>[A-Z][\w'’\- &]{1,40}?)\)?\s{0,3}['’”\"]\s{0,3}[\)\]]?")
_ANOTHER = _QUOTED.pattern.replace("?P<name>", "?:")
_QUOTED_LIST = re.compile(rf"{_QUOTED.pattern}(?:\s{{0,3}}(?:, ?(?:and )?|and |& ){_ANOTHER}){{0,5}}")
_BRACKETED = re.compile(r"\((?P<name>(?!CSP|DARDR\)|QA)[A-Z][\w'’\-&/ ]{1,40})\)")
# What reviews are numbered and their subjects lettered by; OCR reads the first letter of "DHR" in several ways.
_LABEL = (
    r"(?:[DO0]HR|DARDR|SUSR|Case|Review|Adult|Child|Victim|Subject|Person|Female|Male|Ms|Mrs|Mr|Miss)"
    r" (?:(?:No\.?|Number|Case) )?(?:[A-Z]{1,2}\d{0,3}|\d{1,4}(?: ?/ ?\d{1,4})?)(?![\w'’])"
)
_PROPER = r"[A-Z][\w'’\-]*(?: [A-Z][\w'’\-]*){0,3}"
_ONE = rf"['‘“\"\(]{{0,2}}(?:{_LABEL}|{_PROPER})['’”\"\)]{{0,2}}"
_DEATH_OF = re.compile(
    rf"(?:deaths?|homicides?|murders?|killings?|life|lives|respect|case) of (?:an? )?"
    rf"(?P<name>{_ONE}(?:(?:,? and |, | & ){_ONE}){{0,5}})"
)
_NUMBERED = re.compile(rf"(?P<name>{_LABEL})")
_SEPARATOR = re.compile(r",?\s{0,8}\band\s|,\s|\s&\s")
_AROUND = "'‘’“”\"()[] .,\n"
_MONTHS = """
    january february march april may june july august september october november december spring summer autumn winter
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that many partnerships' names share: they tell none from another.
_GENERIC = _words("""
    community safety partnership partnerships csp safer communities stronger together council county borough
    city district metropolitan unitary authority town area public services safeguarding board neighbourhood
    neighbourhoods local london royal of the and for
""")
DIRECTIONS = _words("""
    north south east west northern southern eastern western central upper
""")
_NOT_A_CASE = _words("""
    domestic homicide review csp dhr ohr dardr home office quality assurance qa panel report final overview
    the facts chair author independent deceased victim perpetrator redacted pseudonym confidential official
    sensitive restricted draft version appendix annex annexe section chapter part volume executive summary
""")
_DATES = _words(_MONTHS)
_MONTHS_AND_NAMES = _words("april may june august summer autumn")  # by themselves: "June 2021" has a year behind it
_YEAR = re.compile(r"(?:19|20)\d\d")
# What a title page's lines hold beside a partnership's name, and lists of people hold before one.
_NOT_A_PARTNERSHIP = _words("""
    domestic homicide abuse related death review overview report executive summary manager officer lead head
    nurse director coordinator inspector superintendent sergeant constable chair author member members
    contributors adviser advisor independent representative consultant worker commissioner chief
""")
# "Commissioned by Kent …", "Prepared for the Kent …": whose work it is, in front of the name.
_OF_WHOM = re.compile(r"^(?:.{0,80}\s)?\w+(?:ed|ten|taken) (?:by|for|on behalf of) (?:the )?(?=[A-Z])")
_FOR_AT_THE_END = re.compile(r"\bfor (?:the )?(?P<csp>(?:[A-Z][\w'’\-]+ (?:(?:and|&) )?){2,5})$")
_OWN_KIND = _words("""
    together safe safer safety stronger communities community partnership partnerships forum
""")
_UNFINISHED_LINE = re.compile(r"(?:\b(?:and|of|the|upon|on|in|with|for)|[&,])[ \t]*\n\s*")


def of_letter(text: str) -> CaseIdentity:
    """CSP and case from a letter's opening sentences; None where it does not say."""
    flat = _SPACES.sub(" ", text)
    dear = _SALUTATION.search(flat)
    opening = flat[dear.end() if dear else 0 :][:_OPENING]
    panel = _TO_THE_PANEL.search(opening)
    sentence = opening[: panel.start()] if panel else opening
    csp = _csp_in(sentence) or _plainly_named(sentence) or _csp_in(opening)
    return CaseIdentity(csp, _case_in(sentence, csp) or _case_in(opening, csp))


def of_title(text: str) -> CaseIdentity:
    """CSP and case from a title page, or from the heading of a plan."""
    text = _SHOUTED.sub(lambda word: word.group().capitalize(), text)
    lines = _UNFINISHED_LINE.sub(lambda end: f"{end.group().rstrip()} ", text).splitlines()
    csp = next((name for part in _together(lines) for name in _partnerships(part)), None)
    return CaseIdentity(csp, _case_in("\n".join(lines), csp))


def _together(lines: Sequence[str]) -> Iterator[str]:
    """Each line of a title page, then what is broken over two or more: a large name, under a page's head and foot."""
    filled = [_SPACES.sub(" ", line).strip() for line in lines if line.strip()]
    for height in (*range(1, _NAME_LINES + 1), len(filled)):
        for first in range(max(1, len(filled) - height + 1)):
            yield " ".join(filled[first : first + height])


def of_report(title_page: str, following: str = "") -> CaseIdentity:
    """The same, completed from a report's next pages: its prose names people and guidance of all kinds."""
    titled = of_title(title_page)
    csp = titled.csp or next(iter(partnerships_in(following)), None)
    return CaseIdentity(csp, titled.case or _case_in(_SPACES.sub(" ", following), csp, prose=True))


def partnerships_in(text: str) -> Iterator[str]:
    """The partnerships named in a text, those on one line first."""
    for part in (*text.splitlines(), _SPACES.sub(" ", text)):
        yield from _partnerships(part)


def _partnerships(text: str) -> Iterator[str]:
    """The partnerships named in a line of a title page, or in a report's first pages."""
    for match in _CSP_NAME.finditer(text):
        words = match.group().split()
        strange = [index for index, word in enumerate(words) if phrases.fold(word) in _NOT_A_PARTNERSHIP]
        if match.group("safer") and strange:  # "Safer Kent Domestic Homicide Review"
            words, strange = words[: strange[0]], []
        name = _tidy(_OF_WHOM.sub("", " ".join(words)))
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
    name = re.sub(
        r"^(?:(?:The|From|For|for|At|Draft|Final|Domestic Homicide Review|Overview Report|Report|Review)\s+)+", "", name
    )
    return re.sub(r"\s{0,8}\bCSP$", " CSP", name).strip()


def _case_in(text: str, csp: str | None, *, prose: bool = False) -> str | None:
    """The names of the case, several joined by "and". In prose only what is said of a death counts."""
    partnership = _GENERIC.union(distinctive(csp) if csp else ())
    for pattern in (_DEATH_OF,) if prose else (_QUOTED_LIST, _DEATH_OF, _BRACKETED, _NUMBERED):
        for match in pattern.finditer(text):
            found = (
                _a_name(part, partnership)
                for part in _SEPARATOR.split(match.group()[match.start("name") - match.start() :])
            )
            if names := [name for name in found if name]:
                return " and ".join(dict.fromkeys(names))
    return None


def _a_name(part: str, partnership: frozenset[str]) -> str | None:
    """One name of a case without its quotes; None for a date, a heading and the like."""
    words = part.strip(_AROUND).split()
    # "the death of Olive Lydbrook Forest Community": the partnership's name comes after it on some title pages.
    ends = (index for index, word in enumerate(words) if phrases.fold(word) in partnership)
    name = " ".join(words[: next(ends, None)])
    folded = phrases.fold(name).split()
    if label(name):
        return name if not _YEAR.fullmatch(folded[-1]) or "/" in name else None
    dated = set(folded) & _DATES and not (len(folded) == 1 and folded[0] in _MONTHS_AND_NAMES)
    if not folded or set(folded) <= _NOT_A_CASE or dated or any(word.isdigit() for word in folded):
        return None
    return name


def label(name: str) -> tuple[str, str] | None:
    """A numbered or lettered name in two parts ("DHR 2022/07" → dhr, 2022/07); None for any other."""
    if not _NUMBERED.fullmatch(name):
        return None
    kind, *_, mark = name.replace(" / ", "/").split()
    return kind.lower().replace("ohr", "dhr").replace("0hr", "dhr"), mark.lstrip("0").upper()


def distinctive(csp: str) -> tuple[str, ...]:
    """The words of a CSP's name that tell it from others ("Kent Community Safety Partnership" → kent)."""
    words = phrases.fold(csp).split()
    return tuple(word for word in words if word not in _GENERIC and len(word) > 1) or tuple(words)
