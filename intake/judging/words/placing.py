"""Which sentence says where this report is or will be published: of which report, in which tense, and by whose act.

Works on readings alone. An address counts where its sentence hands in or places; one that stands alone on its line
belongs to the sentence above it. The page of an earlier review, a template or a briefing is never this report's, and
where two stay possible, both are given: choosing between them is a person's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from intake.judging.facts import Dossier, Weblink, WeblinkState
from intake.judging.words.acts import Act, Reading
from intake.judging.words.features import addresses_in, words_of
from intake.model import Evidence
from intake.senders.domains import organisation_of

_BODY = "message"  # what evidence in a mail's own words is called
_SCHEME = re.compile(r"^https?://(?:www\.)?|^www\.")
_ENOUGH = 0.3  # the share of placing or handing in that makes a sentence speak of publication
_WORDS_BETWEEN = 3  # a line of an address and no more words than these is not a sentence of its own

_FUTURE = frozenset({"will", "shall", "going", "goes", "due", "scheduled", "tomorrow", "bydd", "cyhoeddir"})
_PAST = frozenset(
    {"was", "were", "went", "had", "published", "posted", "uploaded", "launched", "ago", "yesterday", "cyhoeddwyd"}
)
_PRESENT = frozenset({"is", "are", "sits", "stands", "live", "now", "available", "mae", "has", "have", "been"})
_OTHER_REPORTS = frozenset(
    {"earlier", "previous", "other", "others", "former", "archive", "older", "past", "last", "similar", "blaenorol"}
)
_NO_REPORT = frozenset(
    {"template", "guidance", "briefing", "newsletter", "toolkit", "example", "survey", "training", "meeting", "teams"}
)
_ADDRESS = frozenset(
    {
        "link",
        "links",
        "weblink",
        "url",
        "address",
        "page",
        "webpage",
        "web",
        "website",
        "site",
        "dolen",
        "linc",
        "gwefan",
    }
)
_NOT_GIVEN = frozenset({WeblinkState.NONE, WeblinkState.ONLY_HOME_PAGE, WeblinkState.FILE_SHARE})
_OF_THIS = frozenset({"this", "newest", "attached", "enclosed", "final", "hwn"})


class Tense(StrEnum):
    """When what a sentence speaks of is."""

    PAST = "past"
    PRESENT = "present"
    FUTURE = "future"
    OPEN = "open"  # it does not say


class Whose(StrEnum):
    """Whose act a sentence speaks of."""

    SENDER = "sender"
    READER = "reader"
    OTHERS = "others"
    OPEN = "open"  # it names nobody


_WHOSE = (
    (Whose.SENDER, frozenset({"we", "i", "our", "us", "my", "ein", "rydym", "byddwn"})),
    (Whose.READER, frozenset({"you", "your", "yours", "chi", "eich"})),
    (Whose.OTHERS, frozenset({"they", "their", "he", "she", "his", "her", "them"})),
)


@dataclass(frozen=True, slots=True)
class Placement:
    """An address, the sentence that it stands in or that introduces it, and what that says of it."""

    address: str
    sentence: str
    tense: Tense
    whose: Whose
    this_report: bool  # it speaks of this report in so many words


def tense_of(text: str) -> Tense:
    """The tense of a sentence, as its first telling word gives it."""
    for word in _small(text):
        for tense, words in ((Tense.FUTURE, _FUTURE), (Tense.PAST, _PAST), (Tense.PRESENT, _PRESENT)):
            if word in words:
                return tense
    return Tense.OPEN


def whose_act(text: str) -> Whose:
    """Whose act a sentence speaks of, as its first pronoun gives it."""
    for word in _small(text):
        for whose, words in _WHOSE:
            if word in words:
                return whose
    return Whose.OPEN


def placements(readings: Sequence[Reading]) -> tuple[Placement, ...]:
    """Every address that may be this report's, in order; where some are of this report in so many words, only those."""
    found = tuple(_placements(readings))
    named = tuple(one for one in found if one.this_report)
    chosen = named or found
    return tuple({one.address: one for one in reversed(chosen)}.values())[::-1]


def _placements(readings: Sequence[Reading]) -> Iterator[Placement]:
    above: Reading | None = None
    for reading in readings:
        addresses = addresses_in(reading.sentence)
        bare = len(words_of(reading.sentence)) <= len(addresses) + _WORDS_BETWEEN
        said = above if bare and addresses and above is not None and _introduces(above) else reading
        if addresses and _speaks_of_publication(said) and not _elsewhere(said.sentence):
            for address in addresses:
                yield Placement(
                    address,
                    said.sentence,
                    tense_of(said.sentence),
                    whose_act(said.sentence),
                    not _OF_THIS.isdisjoint(_small(said.sentence)),
                )
        if not bare or not addresses:
            above = reading


def _introduces(reading: Reading) -> bool:
    return reading.sentence.rstrip().endswith(":") or reading.place >= _ENOUGH


def _speaks_of_publication(reading: Reading) -> bool:
    """Whether a sentence places or hands in, surely enough; one that holds publication back does not."""
    speaks = reading.place + reading.hands_in >= _ENOUGH or reading.act in {Act.PLACE, Act.HANDS_IN}
    return reading.harmless and speaks


def _elsewhere(text: str) -> bool:
    words = set(_small(text))
    return bool(words & _NO_REPORT) or (bool(words & _OTHER_REPORTS) and not words & _OF_THIS)


def _small(text: str) -> list[str]:
    return [word.lower() for word in words_of(text)]


def settled(dossier: Dossier, readings: Sequence[Reading]) -> Dossier:
    """The facts as the sentences settle them: publication that is held back, an address that is promised, or plain.

    Plain is one page on the sender's own site in a sentence that hands in or places.
    A page needs no magic word beside the report that it is for; in a mail without one, such as a receipt of a ticket
    system, any page could stand. Two that stay possible, and one that may lead elsewhere than it seems to, stay
    unclear.
    """
    dossier = _as_promised(dossier, readings)
    link = dossier.weblink
    named = {_plain_address(each.address) for each in placements(readings)}
    if link.state is WeblinkState.FOUND:
        return _chosen(dossier, named)
    if link.state is not WeblinkState.UNCLEAR or link.url is None or dossier.report is None:
        return dossier
    given = [each for each in dossier.unpacked.links if _plain_address(each.url) in named and not each.oddities]
    if len(named) != 1 or _plain_address(link.url) not in named or not given or not _own_site(dossier, link.url):
        return dossier
    return replace(dossier, weblink=replace(link, state=WeblinkState.FOUND))


def _as_promised(dossier: Dossier, readings: Sequence[Reading]) -> Dossier:
    """The facts, where a sentence holds publication back, or promises the address for later."""
    link = dossier.weblink
    if held_back := _first(readings, Act.HOLDS_PUBLICATION):
        return replace(dossier, weblink=Weblink(WeblinkState.WITHHELD, None, _said(held_back)))
    promise = _first([each for each in readings if not _ADDRESS.isdisjoint(_small(each.sentence))], Act.LATER)
    if promise is None:
        return dossier
    if link.state in _NOT_GIVEN:
        return replace(dossier, weblink=Weblink(WeblinkState.TO_FOLLOW, None, _said(promise)))
    if link.state is WeblinkState.FOUND and link.evidence and link.evidence[0].document == _BODY:
        return replace(dossier, weblink=replace(link, state=WeblinkState.UNCLEAR))  # a link, and another: which is it?
    return dossier


def _first(readings: Sequence[Reading], act: Act) -> Reading | None:
    return next((each for each in readings if each.act is act and not each.harmless), None)


def _said(reading: Reading) -> tuple[Evidence, ...]:
    return (Evidence(_BODY, None, reading.sentence),)


def _chosen(dossier: Dossier, named: set[str]) -> Dossier:
    """Of several addresses in a mail the one whose sentence speaks of this report's publication, not the first.

    Where the sentences name others than the one that was found, and not just one, nobody can tell: a person does.
    """
    link = dossier.weblink
    named = {address for address in named if _own_site(dossier, address)}  # what lies elsewhere speaks against no page
    if not named or link.url is None or not link.evidence or link.evidence[0].document != _BODY:
        return dossier
    if _plain_address(link.url) in named and len(named) == 1:
        return dossier
    if _plain_address(link.url) in named and not _several_pages(named):
        return dossier
    others = [each for each in dossier.unpacked.links if _plain_address(each.url) in named and not each.oddities]
    if len(named) == 1 and others:
        evidence = (Evidence(_BODY, None, others[0].url),)
        return replace(dossier, weblink=replace(link, url=others[0].url, evidence=evidence))
    return replace(dossier, weblink=replace(link, state=WeblinkState.UNCLEAR))


def _several_pages(named: set[str]) -> bool:
    """Whether more than one page of the sender's own site is named as the place."""
    return sum("/" in address for address in named) > 1


def _own_site(dossier: Dossier, url: str) -> bool:
    """Whether a page stands on the site of the organisation that the sender writes from."""
    sender = dossier.unpacked.sender
    host = _plain_address(url).partition("/")[0].partition(":")[0]
    own = organisation_of(sender.domain) if sender else ""
    return bool(own) and organisation_of(host.removeprefix("www.")) == own


def _plain_address(url: str) -> str:
    """An address without its scheme and what closes a sentence, for comparison."""
    return _SCHEME.sub("", url.strip().lower()).rstrip("/.,;:!?)>")
