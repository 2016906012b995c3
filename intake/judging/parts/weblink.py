"""Finding the address where the report will be published, among all the other addresses of a mail and a report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from urllib.parse import urlsplit

from intake.judging import phrases
from intake.judging.facts import Weblink, WeblinkState
from intake.judging.parts.own_words import OwnWords
from intake.judging.parts.pages import FoldedPage
from intake.judging.parts.printed_links import ADDRESS, mend, printed_links
from intake.judging.wording import WeblinkWords, Wording
from intake.model import Evidence, Link

_REST_OF_NAME = re.compile(r"(?: [\w()&'’-]{1,40}){1,10}\.(?:pdf|docx?|html?|aspx?)\b", re.IGNORECASE)
_AROUND = 160  # characters: the sentence before an address
_HEAD = 200  # characters at a page's beginning: its running head, and the end of a sentence from the page before
_FOOT = 400  # characters: a sentence, under it a note, the page's number and its foot
_SPEAKS = re.compile(r"\b(?:will|to|is|be) (?:also )?(?:be )?(?:published|available)\b")
# On a title page: "Published at: https://…".
_LABEL = re.compile(
    r"\b(?:published(?: at| on)?|publication(?: page| address)?|web ?link|web address)\s*:\s*$", re.IGNORECASE
)
_COVER = 3  # pages that may bear a label with the address
_FILE_NAME = 200  # characters behind an address in which the rest of a file's name may stand
_IN_A_PATH = 6  # letters: a longer word is one wherever it stands in an address ("homicide"), a shorter one only alone
_THIS_REPORT = re.compile(r"\b(?:report|review|dhr|dardr)\b")
# "http//x", "htps://x", "https;//x", "ww.x": an address with a slip in its beginning.
_MISTYPED = re.compile(
    r"(?<![\w/.])(?!https?://)(?!www\.)(?:h?t+ps?\W{1,4}|w{2,4}[.,])(?:www\.)?[\w-]+(?:\.[\w-]+)+/\S*", re.IGNORECASE
)
_PARTNERSHIPS = ("safer", "csp", "safeguard", "partnership", "communitysafety")
_HOME_PATHS = re.compile(r"^/?(?:index\.\w+|home|default\.aspx|cy|en)?/?$", re.IGNORECASE)
_BODY = "message"
_NUMBERS = re.compile(r"[\d.]+|[\da-f]*:[\da-f:]*")


@dataclass(frozen=True, slots=True)
class Names:
    """Whose report it is: the case, and words that tell the owner's site (where there are none, any site is it)."""

    owner: frozenset[str] = frozenset()
    case: str = ""


def find_weblink(
    own: OwnWords,
    pages: Sequence[FoldedPage],
    wording: Wording,
    *,
    names: Names | None = None,
    beside: Sequence[FoldedPage] = (),
) -> Weblink:
    """What message and report say of the place of publication, by the addresses and what stands around them.

    What the sender's sentences say of it (that it is held back, or promised) is for `words.placing` to add. `pages`
    are the report's, the feedback letter left out; `beside` those of other files, such as a covering letter. Links in
    signatures and quoted mails are not in `own`.
    """
    words = wording.weblink
    names = names or Names()
    rated = [(_rate(link, words, names), link) for link in own.links]
    printed = _in_report(pages, words, names)
    if found := _first(rated, WeblinkState.FOUND) or printed.get(WeblinkState.FOUND):
        return found
    below = [(_rate(link, words, names), link) for link in own.below if own.points_below or _is_explicit(link, words)]
    if elsewhere := next(iter(_in_report(beside, words, names).values()), None):
        printed.setdefault(WeblinkState.UNCLEAR, replace(elsewhere, state=WeblinkState.UNCLEAR))
    return _weaker(rated, below, printed, own.text)


def _weaker(
    rated: Sequence[tuple[WeblinkState, Link]],
    below: Sequence[tuple[WeblinkState, Link]],
    printed: Mapping[WeblinkState, Weblink],
    text: str,
) -> Weblink:
    """The best of what is not plainly the address, and not promised either."""
    for state in (WeblinkState.HOME_PAGE_NAMED, WeblinkState.UNCLEAR):
        if (doubtful := _first(rated, state) or printed.get(state)) is not None:
            return doubtful
    if pointed_at := _first(below, WeblinkState.FOUND):
        return replace(pointed_at, state=WeblinkState.UNCLEAR)
    if mistyped := _MISTYPED.search(text):
        return Weblink(WeblinkState.UNCLEAR, None, (Evidence(_BODY, None, mistyped.group()),))
    for state in (WeblinkState.FILE_SHARE, WeblinkState.ONLY_HOME_PAGE):
        if (useless := _first(rated, state)) is not None:
            return useless
    return Weblink(WeblinkState.NONE)


def portal_links(own: OwnWords, wording: Wording) -> tuple[Link, ...]:
    """Links of the message to a file-sharing or secure-mail service, where the report itself may lie."""
    return tuple(link for link in own.links if _host_in(link.url, wording.weblink.file_share_hosts))


def _first(rated: Iterable[tuple[WeblinkState, Link]], state: WeblinkState) -> Weblink | None:
    for found, link in rated:
        if found is state:
            url = (
                link.url if state in {WeblinkState.FOUND, WeblinkState.HOME_PAGE_NAMED, WeblinkState.UNCLEAR} else None
            )
            return Weblink(state, url, (Evidence(_BODY, None, link.url),))
    return None


def _rate(link: Link, words: WeblinkWords, names: Names) -> WeblinkState:
    if link.oddities or _goes_on_behind_a_space(link):
        return WeblinkState.UNCLEAR  # it may lead elsewhere than it seems to, or further than it was read
    if _host_in(link.url, words.file_share_hosts):
        return WeblinkState.FILE_SHARE
    if _host_in(link.url, (*words.social_hosts, *words.meeting_hosts)) or _never(link.url, words):
        return WeblinkState.NONE
    around = _around(link)
    named = phrases.find_any(words.publication, around) is not None
    if _is_home(link.url):
        return WeblinkState.HOME_PAGE_NAMED if named else WeblinkState.ONLY_HOME_PAGE
    hidden = _host_in(link.url, words.shortener_hosts) or not _is_public(link.url, words)
    if hidden or phrases.find_any(words.elsewhere, around):
        return WeblinkState.UNCLEAR
    of_this = phrases.find_any(words.other_subjects, around) is None
    told = (named and of_this) or _names_review(link.url, words) or _names_case(link.url, names)
    theirs = _is_theirs(link.url, names) or (of_this and _is_explicit(link, words))
    return WeblinkState.FOUND if told and theirs else WeblinkState.UNCLEAR


def _goes_on_behind_a_space(link: Link) -> bool:
    """Whether the words behind an address end like a file's name: its blanks were never written as %20."""
    _, found, behind = link.context.partition(link.text or link.url)
    return bool(found) and _REST_OF_NAME.match(behind[:_FILE_NAME]) is not None


def _around(link: Link) -> str:
    """What is said around an address, folded; its own words say nothing of it."""
    return phrases.fold(ADDRESS.sub(" ", f"{link.context} {link.text}"))


def _is_explicit(link: Link, words: WeblinkWords) -> bool:
    return phrases.find_any(words.explicit, _around(link)) is not None


def _is_theirs(url: str, names: Names) -> bool:
    """Whether the site is the sender's, the partnership's or some partnership's; where no name is known, any is."""
    joined = host_of(url).replace("-", "")
    return not names.owner or any(name in joined for name in (*names.owner, *_PARTNERSHIPS))


def _names_case(url: str, names: Names) -> bool:
    return bool(names.case) and names.case in re.split(r"[^a-z]+", urlsplit(url).path.lower())


def _is_public(url: str, words: WeblinkWords) -> bool:
    """Whether everybody could open it: no server's number, no name of a test site or of a network of its own."""
    host = host_of(url)
    return not _NUMBERS.fullmatch(host) and not set(re.split(r"[.-]", host)) & set(words.private_hosts)


def _in_report(pages: Sequence[FoldedPage], words: WeblinkWords, names: Names) -> dict[WeblinkState, Weblink]:
    """The first link of each state: one in the report counts where the words before it speak of publishing it.

    One of the partnership's own that names reviews may be the page, whatever is said before it.
    """
    found: dict[WeblinkState, Weblink] = {}
    before = chain([""], (page.page.text[-_FOOT:] for page in pages))
    printed = (link for page, foot in zip(pages, before, strict=False) for link in _printed(page, foot, words, names))
    anchored = chain.from_iterable(_anchored(page, words) for page in pages)
    for told in chain(printed, anchored):
        if told.url and _is_public(told.url, words) and not _excluded(told.url, words):
            found.setdefault(told.state, told)
    return found


def _speaks_of_this(folded: str) -> bool:
    return bool(_SPEAKS.search(folded) and _THIS_REPORT.search(folded))


def _printed(page: FoldedPage, foot: str, words: WeblinkWords, names: Names) -> Iterator[Weblink]:
    """The addresses on a page before which it speaks of the publication of this report.

    `foot` is the end of the page before it, from which a sentence may go on at the head of this one.
    """
    if "http" not in page.folded and "www" not in page.folded:  # most pages
        return
    text = mend(page.page.text)
    for link in printed_links(text, page.page.links):
        before = text[max(0, link.start - _AROUND) : link.start]
        if link.start <= _HEAD:
            before = f"{foot}\n{before}"
        labelled = page.number <= _COVER and _LABEL.search(before)
        if labelled or _speaks_of_this(phrases.fold(before)):
            state = WeblinkState.FOUND if link.sure else WeblinkState.UNCLEAR
            state = WeblinkState.HOME_PAGE_NAMED if _is_home(link.url) else state
        elif names.owner and _is_theirs(link.url, names) and _names_review(link.url, words) and not _is_home(link.url):
            state = WeblinkState.UNCLEAR
        else:
            continue
        yield Weblink(state, link.url, (page.evidence(phrases.fold(text[link.start : link.end])),))


def _anchored(page: FoldedPage, words: WeblinkWords) -> Iterator[Weblink]:
    """The clickable links that are printed nowhere on a page with a sentence about the publication of this report."""
    printed = "".join(page.page.text.split())
    hidden = [url for url in page.page.links if url.partition("://")[2].rstrip("/") not in printed]
    if not hidden or not _SPEAKS.search(page.folded):
        return
    said = next(filter(_speaks_of_this, map(phrases.fold, phrases.sentences(page.page.text))), None)
    if said is None:
        return
    for url in hidden:
        state = WeblinkState.FOUND if _names_review(url, words) and not _is_home(url) else WeblinkState.UNCLEAR
        yield Weblink(state, url, (page.evidence(said),))


def _excluded(url: str, words: WeblinkWords) -> bool:
    hosts = (*words.file_share_hosts, *words.social_hosts, *words.meeting_hosts)
    return _host_in(url, hosts) or _never(url, words)


def _never(url: str, words: WeblinkWords) -> bool:
    host = host_of(url)
    # gov.uk itself is guidance; a council's own host below it is not.
    exact = {name for name in words.never_hosts if name in {"gov.uk", "www.gov.uk"}}
    return host in exact or _host_in(url, tuple(name for name in words.never_hosts if name not in exact))


def host_of(url: str) -> str:
    """The host that an address names, in lower case; "" for none."""
    try:
        return (urlsplit(url if "://" in url else f"https://{url}").hostname or "").lower()
    except ValueError:
        return ""


def _host_in(url: str, hosts: Iterable[str]) -> bool:
    host = host_of(url)
    return any(host == name or host.endswith("." + name) for name in hosts)


def _is_home(url: str) -> bool:
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
    except ValueError:
        return False
    return bool(_HOME_PATHS.match(parts.path)) and not parts.query


def _names_review(url: str, words: WeblinkWords) -> bool:
    parts = urlsplit(url if "://" in url else f"https://{url}")
    path = re.split(r"[^a-z]+", f"{parts.path} {parts.query}".lower())
    joined = f"{parts.path} {parts.query}".lower()
    return any(word in path or (len(word) > _IN_A_PATH and word in joined) for word in words.path_words)
