"""Finding the address where the report will be published, among all the other addresses of a mail and a report."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from intake import phrases
from intake.dossier import Weblink, WeblinkState
from intake.model import Evidence, Link
from intake.parts.own_words import OwnWords
from intake.parts.pages import FoldedPage
from intake.wording import WeblinkWords, Wording

_URL_IN_TEXT = re.compile(r"(?:https?://|www\.)[^\s<>\"'()\[\]{}]+[^\s<>\"'()\[\]{}.,;:!?]", re.IGNORECASE)
_AROUND = 160
_HOME_PATHS = re.compile(r"^/?(?:index\.\w+|home|default\.aspx|cy|en)?/?$", re.IGNORECASE)
_BODY = "message"
_OPAQUE = re.compile(r"https?://[\w.-]*\bmimecast\.com/[sr]/", re.IGNORECASE)
_NUMBERS = re.compile(r"[\d.]+|[\da-f:]+:[\da-f:]+")


def find_weblink(subject: str, own: OwnWords, pages: Sequence[FoldedPage], wording: Wording) -> Weblink:
    """What message and report say of the place of publication.

    `pages` are the report's, the feedback letter left out. Links in signatures and quoted mails are not in `own`.
    """
    words = wording.weblink
    body = phrases.fold(f"{subject}\n{own.text}")
    withheld = phrases.find_any(words.withheld, body)
    if withheld:
        return Weblink(WeblinkState.WITHHELD, None, (Evidence(_BODY, None, withheld),))
    promise = phrases.find_any(words.to_follow, body)
    rated = [(_rate(link, words), link) for link in own.links]
    found = _first(rated, WeblinkState.FOUND)
    if found and promise:  # a link, and another one promised: which is meant?
        return Weblink(WeblinkState.UNCLEAR, found.url, found.evidence)
    found = found or _in_report(pages, words)
    if found:
        return found
    for state in (WeblinkState.HOME_PAGE_NAMED, WeblinkState.UNCLEAR):
        if (weaker := _first(rated, state)) is not None:
            return weaker
    if promise:
        return Weblink(WeblinkState.TO_FOLLOW, None, (Evidence(_BODY, None, promise),))
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


def _rate(link: Link, words: WeblinkWords) -> WeblinkState:
    if _OPAQUE.match(link.url):
        return WeblinkState.UNCLEAR  # a gateway hides where it leads
    if _host_in(link.url, words.file_share_hosts):
        return WeblinkState.FILE_SHARE
    if _host_in(link.url, (*words.social_hosts, *words.meeting_hosts)) or _never(link.url, words):
        return WeblinkState.NONE
    around = phrases.fold(f"{link.context} {link.text}")
    named = phrases.find_any(words.publication, around) is not None
    if _is_home(link.url):
        return WeblinkState.HOME_PAGE_NAMED if named else WeblinkState.ONLY_HOME_PAGE
    hidden = _host_in(link.url, words.shortener_hosts) or not _is_public(link.url, words)
    if not hidden and not phrases.find_any(words.elsewhere, around) and (named or _names_review(link.url, words)):
        return WeblinkState.FOUND
    return WeblinkState.UNCLEAR


def _is_public(url: str, words: WeblinkWords) -> bool:
    """Whether everybody could open it: no server's number, no name of a test site or of a network of its own."""
    host = _host(url)
    return not _NUMBERS.fullmatch(host) and not set(re.split(r"[.-]", host)) & set(words.private_hosts)


def _in_report(pages: Sequence[FoldedPage], words: WeblinkWords) -> Weblink | None:
    """A link in the report counts only where the words around it speak of publishing this report."""
    for page in pages:
        if "http" not in page.folded and "www" not in page.folded:
            continue
        for match in _URL_IN_TEXT.finditer(page.page.text):
            url = match.group()
            around = phrases.fold(page.page.text[max(0, match.start() - _AROUND) : match.end()])
            speaks = re.search(r"\b(?:will|to|is|be) (?:also )?(?:be )?(?:published|available)\b", around)
            this_report = re.search(r"\b(?:report|review|dhr|dardr)\b", around)
            if speaks and this_report and not _is_home(url) and not _excluded(url, words) and _is_public(url, words):
                full = url if "://" in url else f"https://{url}"
                return Weblink(WeblinkState.FOUND, full, (page.evidence(phrases.fold(url)),))
    return None


def _excluded(url: str, words: WeblinkWords) -> bool:
    hosts = (*words.file_share_hosts, *words.social_hosts, *words.meeting_hosts)
    return _host_in(url, hosts) or _never(url, words)


def _never(url: str, words: WeblinkWords) -> bool:
    host = _host(url)
    # gov.uk itself is guidance; a council's own host below it is not.
    exact = {name for name in words.never_hosts if name in {"gov.uk", "www.gov.uk"}}
    return host in exact or _host_in(url, tuple(name for name in words.never_hosts if name not in exact))


def _host(url: str) -> str:
    try:
        return (urlsplit(url if "://" in url else f"https://{url}").hostname or "").lower()
    except ValueError:
        return ""


def _host_in(url: str, hosts: Iterable[str]) -> bool:
    host = _host(url)
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
    return any(word in path or (len(word) > 6 and word in joined) for word in words.path_words)
