"""Whose report the message says it brings, held against the report: an officer may attach another case's file.

What a message says in its subject, its words and its files' names counts only where the report holds nothing of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from intake.judging import phrases
from intake.judging.facts import Clash
from intake.judging.parts import claims, identity
from intake.model import Unpacked

# "DHR Ruth", "DHR final report - Ruth": a case named right behind the review's kind.
_BEHIND_KIND = re.compile(
    r"\b(?:DHR|DARDR|(?i:homicide review|death review))"
    r"(?:[ :–-]+(?i:overview|final|report|review|submission|resubmission|pack))*[ :–-]+"
    r"(?P<name>[A-Z][a-z]{2,})\b"
)
# "Ruth DHR", "Ruth's final report": named before it. A title says "Ruth: final report", too.
_BEFORE_KIND = re.compile(
    r"(?P<name>\b[A-Z][a-z]{2,})(?:['’]s)? (?:(?i:final|overview) )?(?:DHR|DARDR|(?i:homicide review)\b)"
)
# "the final report on Ruth", "our report for Ruth"; a partnership is named there as well.
_ABOUT_NAME = re.compile(
    r"\b(?i:report|review|dhr|dardr) (?:on|for|into|about|concerning|regarding) (?P<name>[A-Z][a-z]{2,})\b"
    r"(?! (?:Community|Safer|CSP|County|City|Borough|District|Council|Partnership|Board|Office)\b)"
)
_NAMING = (_BEHIND_KIND, _BEFORE_KIND, _ABOUT_NAME)
# What else stands there.
_NO_NAMES = """
    dear hello hi hey good morning afternoon evening all everyone colleagues colleague sir madam sirs thanks
    submission resubmission submitted update updated revised amended documents document attached attachment publication
    weblink feedback letter action plan response query reply email pack combined version copy annex annexes panel team
    mailbox enquiries notification completed complete published decision request learning extension guidance website
    clean tracked accessible redacted signed part page official sensitive urgent new latest corrected
    jan feb mar apr jun jul aug sep sept oct nov dec
    january february march april may june july august september october november december monday tuesday wednesday
    thursday friday saturday sunday process partnership chair please report reports overview
    final and for the with from re our your this that approved agreed ready finished joint welsh english full whole
    confidential restricted original previous earlier first second third combined signed home office publishing
    community safety domestic homicide abuse death related council county borough district city independent executive
    summary publish commissioner records filing closure information qa quality assurance his her their its another new
"""
_NONE_OF_THEM = frozenset(_NO_NAMES.split())
_IN_CAPITALS = re.compile(r"\b[A-Z]{4,}\b")
_OF_CAPITALS = frozenset({"DHR", "DHRS", "DARDR", "DARDRS", "SUSR"})  # kinds of review, which no name is
_SLUG = re.compile(r"[a-z]{3,40}")
_VERSION = re.compile(r"(?i:\bv(?:er(?:sion)?)?[ .]{0,2})(?P<number>\d{1,3}(?:\.\d{1,3}){0,3})\b")
_SEPARATED = re.compile(r"[_+.]+|(?<=\w)-(?=\w)")
_ABBREVIATED = re.compile(r"[A-Z]{1,4} CSP")  # a reference number's letters, or a council's: they name nobody for sure
_SEPARATED_BUT_DOTS = re.compile(r"[_+]+|(?<=\w)-(?=\w)")
_SHORTEST_LABEL = 5  # letters of a council's domain: shorter ones are initials
_MOST_OF_IT = 0.6  # of a domain is the name that its report holds: "harrowickdc" holds "harrowick"
_SHORTEST_NAME = 3  # letters of a pseudonym


def clashes(
    unpacked: Unpacked, words: str, file_name: str, weblink: str | None, report: claims.Report
) -> tuple[Clash, ...]:
    """What the message says of whose report it is, and the report does not bear out."""
    stem = _SEPARATED.sub(" ", file_name.rpartition(".")[0] or file_name)
    said = [("subject", unpacked.subject), ("message", words), ("file name", stem)]
    cases = (_other_case(source, text, report) for source, text in said)
    partnerships = (_other_partnership(source, text, report) for source, text in said)
    domain = unpacked.sender.domain if unpacked.sender else ""
    slug = _other_case_in_address(weblink, [unpacked.subject, words], report)
    version = _other_version(file_name, f"{unpacked.subject}\n{words}")
    found = [*cases, slug, *partnerships, _other_council(domain, weblink, report), version]
    return tuple(clash for clash in found if clash is not None)


def _other_case(source: str, text: str, report: claims.Report) -> Clash | None:
    for name in dict.fromkeys(_cases(source, text)):
        own = report.titled.case
        if mark := identity.label(name):
            labels = [found for each in claims.names(own) if (found := identity.label(each))]
            strange = any(kind == mark[0] for kind, _ in labels) and mark not in labels
        else:
            strange = not claims.is_named(name, report.whole)
        if strange:
            return Clash("case", name, own, source)
    return None


def _cases(source: str, text: str) -> Iterator[str]:
    """The names of cases in one of the message's texts. In prose only a death, or the review's kind, names one."""
    title = source != "message"
    text = _IN_CAPITALS.sub(_as_written, text) if title and text.isupper() else text
    found = identity.of_title(text).case if title else identity.of_report("", text).case
    named = [match["name"] for pattern in _NAMING for match in pattern.finditer(text)]
    for name in dict.fromkeys((*claims.names(found), *named)):
        known = identity.label(name) is not None or len(name) >= _SHORTEST_NAME
        if known and _NONE_OF_THEM.isdisjoint(phrases.fold(name).split()):
            yield name


def _as_written(capitals: re.Match[str]) -> str:
    """A word of a title all in capitals, as it is written elsewhere; in another one such words are initials."""
    return capitals[0] if capitals[0] in _OF_CAPITALS else capitals[0].capitalize()


def _other_case_in_address(weblink: str | None, texts: Iterable[str], report: claims.Report) -> Clash | None:
    """A name that the message and the page of publication's address share, and the report does not hold."""
    page = (weblink or "").partition("://")[2].rstrip("/").partition("/")[2].rpartition("/")[2].lower()
    said = "\n".join(texts)
    for word in _SLUG.findall(page):
        name = word.capitalize()
        named = re.compile(rf"(?:^|[(:–-] ?|\b(?:for|of|on) )(?:{name}|{name.upper()})\b|\b{name}['’]s\b", re.MULTILINE)
        strange = name.upper() not in _OF_CAPITALS and word not in _NONE_OF_THEM
        if strange and named.search(said) and not claims.is_named(name, report.whole):
            return Clash("case", name, report.titled.case, "page’s address")
    return None


def _other_version(file_name: str, text: str) -> Clash | None:
    """The versions that the message speaks of, where the file's name is of another: an older file may be attached."""
    stem = _SEPARATED_BUT_DOTS.sub(" ", file_name.rpartition(".")[0] or file_name)
    own = [match["number"] for match in _VERSION.finditer(stem)]
    said = [match["number"] for match in _VERSION.finditer(text)]
    if len(own) != 1 or not said or _number(own[0]) in map(_number, said):
        return None
    return Clash("version", said[0], own[0], "words")


def _number(version: str) -> tuple[int, ...]:
    """A version's number: 2.0 is 2."""
    parts = [int(part) for part in version.split(".")]
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def _other_partnership(source: str, text: str, report: claims.Report) -> Clash | None:
    named = [csp for csp in dict.fromkeys(identity.partnerships_in(text)) if not _ABBREVIATED.fullmatch(csp)]
    own = report.titled.csp or report.identity.csp
    if not named or own is None:
        return None
    short = _initials(identity.distinctive(own))
    mine = set(identity.distinctive(own))
    strange = [
        csp
        for csp in named
        if not any(_is_borne_out(words, short, report) or mine <= set(words) for words in _readings(csp))
    ]
    return Clash("partnership", strange[0], own, source) if len(strange) == len(named) else None


def _readings(csp: str) -> Iterator[tuple[str, ...]]:
    """A partnership's name without its common words; in a signature what a comma sets off before it is a role."""
    pieces = csp.split(", ")
    for start in range(len(pieces)):
        if words := identity.distinctive(", ".join(pieces[start:])):
            yield words


def _is_borne_out(words: tuple[str, ...], short: str, report: claims.Report) -> bool:
    """Whether the report holds the name, or it may be initials of the report's own partnership ("CFH CSP")."""
    initials = "".join(words).casefold()
    return claims.all_in(words, report.whole) or initials in short


def _initials(words: tuple[str, ...]) -> str:
    return "".join(word[0] for word in words).casefold()


def _other_council(domain: str, weblink: str | None, report: claims.Report) -> Clash | None:
    """The sender's council, where the page of publication is the same council's and the report knows neither."""
    label = _council(domain)
    if (
        weblink is None
        or len(label) < _SHORTEST_LABEL
        or label not in _labels(weblink.partition("://")[2].partition("/")[0])
    ):
        return None
    known = any(word in label for word in _long_words(report.whole.split(), label)) or label in report.whole.replace(
        " ", ""
    )
    return None if known else Clash("council", label, report.titled.csp or report.identity.csp, "addresses")


def _council(domain: str) -> str:
    return max(_labels(domain), key=len, default="")


def _labels(host: str) -> list[str]:
    """A host's name in parts without what many share, hyphens left out."""
    parts = host.lower().replace("-", "").split(".")
    return [part for part in parts if part not in {"www", "gov", "uk", "org", "police", "nhs", "co", "com"}]


def _long_words(words: Iterable[str], label: str) -> Iterator[str]:
    return (word for word in set(words) if len(word) >= len(label) * _MOST_OF_IT)
