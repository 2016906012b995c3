"""The web addresses of a message: HTML anchors, and addresses that stand in the text.

An address written without a scheme ("www.x.gov.uk/dhr") becomes https://; only http and https are links, e-mail
addresses are none. Where an anchor's text shows another address than it leads to, where it leads counts.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from linkify_it import LinkifyIt

from intake.model import Link, LinkOddity, LinkPlace
from intake.unpacking.bodies import PlacedLine
from intake.unpacking.charsets import clean_line
from intake.unpacking.hosts import host_oddities
from intake.unpacking.lines import Anchor
from intake.unpacking.link_wrappers import Unwrapped, hidden_domain, unwrap

_FINDER = LinkifyIt(options={"fuzzy_link": True, "fuzzy_email": True, "fuzzy_ip": False})
# The last three are kept for examples (RFC 2606): demonstrations and tests use them
_ENDINGS = ("wales", "cymru", "scot", "london", "online", "site", "example", "test", "invalid")
_FINDER.tlds(list(_ENDINGS), True)
_WWW = re.compile(
    r"(?<![\w@./-])www\.(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}(?![\w-])(?:[/?#][^\s<>\"'()\[\]{}]*)?", re.IGNORECASE
)
# Between angle brackets an address may be broken over lines (RFC 3986, appendix C).
_BROKEN = re.compile(r"<(https?://[^<>\s]{1,500}(?:[ \t]*\r?\n[ \t]*[^<>\s]{1,500}){1,4})>", re.IGNORECASE)
_AROUND = 200
_SENTENCE_END = re.compile(r"[.!?](?=\s)|\n[ \t]*\n")
_LONGEST_URL = 2000
_LONGEST_TEXT = 300
_OTHER_SCHEMES = frozenset({"mailto:", "ftp:", "//"})
_LONGEST_WORD = 3000
_MOST_TEXT = 300_000
_ENDLESS_WORD = re.compile(rf"\S{{{_LONGEST_WORD + 1},}}")
_BARE_ENDINGS = frozenset({"uk", "com", "org", "net", "gov", "info", "eu", *_ENDINGS})
_TRAILING = ".,;:!?'\"*|’”»›·…"  # linkify keeps some of these
_WORTH_A_LOOK = re.compile(r"https?:|www\.|[\w-]\.[a-z]{2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Found:
    """A link and where it stands in its stretch of text."""

    start: int
    end: int
    link: Link


def find_links(placed: Sequence[PlacedLine], most: int) -> list[Link]:
    """The links of a body in order, each once in each place."""
    found: dict[tuple[str, LinkPlace], Link] = {}
    for text, place, anchors in _stretches(placed):
        for item in _links_of(text, place, anchors):
            if len(found) >= most:
                return list(found.values())
            _keep(found, item.link)
    return list(found.values())


def links_in_text(text: str, place: LinkPlace, most: int) -> list[Link]:
    """The links of a single line, such as the subject."""
    return [item.link for item in _links_of(text, place, [])][:most]


def merge_links(*groups: Sequence[Link], most: int) -> tuple[Link, ...]:
    """The links of several bodies; one already found in an earlier group is not repeated."""
    known: set[str] = set()
    result: list[Link] = []
    for group in groups:
        new = [link for link in group if _key(link.url) not in known]
        known.update(_key(link.url) for link in new)
        result.extend(new)
    return tuple(result[:most])


def _keep(found: dict[tuple[str, LinkPlace], Link], link: Link) -> None:
    key = (_key(link.url), link.place)
    known = found.get(key)
    if known is None:
        found[key] = link
    elif not known.text and link.text:
        found[key] = replace(known, text=link.text)


def _key(url: str) -> str:
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    return f"{host.lower()}{slash}{path}".rstrip("/") if scheme else url


def _stretches(placed: Sequence[PlacedLine]) -> Iterator[tuple[str, LinkPlace, list[Anchor]]]:
    """Neighbouring lines of one place as one text, with its anchors moved to match."""
    begin = 0
    while begin < len(placed):
        place = placed[begin].place
        end = begin
        pieces: list[str] = []
        anchors: list[Anchor] = []
        offset = 0
        while end < len(placed) and placed[end].place is place:
            line = placed[end].line
            anchors.extend(
                replace(anchor, start=anchor.start + offset, end=anchor.end + offset) for anchor in line.anchors
            )
            pieces.append(line.text)
            offset += len(line.text) + 1
            end += 1
        yield "\n".join(pieces), place, anchors
        begin = end


def _links_of(text: str, place: LinkPlace, anchors: Sequence[Anchor]) -> Iterator[_Found]:
    found = [item for anchor in anchors if (item := _from_anchor(text, place, anchor)) is not None]
    found.sort(key=lambda item: item.start)
    yield from _merge(found, _from_text(text, place))


def _merge(anchored: Sequence[_Found], written: Iterator[_Found]) -> Iterator[_Found]:
    """Both kinds in the order of the text; an address that is an anchor's text is left out."""
    waiting = list(anchored)
    position = 0
    covered = -1
    for item in written:
        while position < len(waiting) and waiting[position].start <= item.start:
            covered = max(covered, waiting[position].end)
            yield waiting[position]
            position += 1
        inside = item.start < covered or (position < len(waiting) and waiting[position].start < item.end)
        if not inside:
            yield item
    yield from waiting[position:]


def _from_anchor(text: str, place: LinkPlace, anchor: Anchor) -> _Found | None:
    href = anchor.href
    if re.match(r"www\.[^/\s]+\.", href, re.IGNORECASE):
        href = "https://" + href
    target = unwrap(_tidy(href))
    shown = clean_line(text[anchor.start : anchor.end], _LONGEST_TEXT)
    if target.url == _tidy(href) and anchor.original and _usable(anchor.original):
        target = replace(unwrap(_tidy(anchor.original)), wrapped=True)
    elif target.hidden and (written := _written_address(target.url, shown)):
        target = Unwrapped(written, wrapped=True)
    if not _usable(target.url):
        return None
    return _at(text, anchor.start, anchor.end, target, Link(target.url, shown, place=place))


def _at(text: str, start: int, end: int, target: Unwrapped, link: Link) -> _Found:
    context = _context(text, start, end)
    oddities = _oddities(target)
    return _Found(start, end, replace(link, context=context, wrapped=target.wrapped, oddities=oddities))


def _oddities(target: Unwrapped) -> tuple[LinkOddity, ...]:
    marks = ((LinkOddity.HIDDEN, target.hidden), (LinkOddity.DECODED, target.decoded))
    return (*(oddity for oddity, there in marks if there), *host_oddities(target.url))


def _written_address(url: str, shown: str) -> str:
    """What the anchor shows, where the address that hides its target names the same domain; else ""."""
    domain = hidden_domain(url)
    if not domain:
        return ""
    for item in _from_text(shown, LinkPlace.LATEST):
        host = (urlsplit(item.link.url).hostname or "").lower()
        if host == domain or host.endswith("." + domain):
            return item.link.url
    return ""


def _from_text(text: str, place: LinkPlace) -> Iterator[_Found]:
    if not _WORTH_A_LOOK.search(text):
        return
    # linkify looks again at the whole word for each "http:" in it: no word without end
    bounded = _ENDLESS_WORD.sub(lambda word: word[0][:_LONGEST_WORD].ljust(len(word[0])), text[:_MOST_TEXT])
    broken = [(one.start(), one.end(), one[1]) for one in _BROKEN.finditer(bounded)]
    whole = _whole(_BROKEN.sub(lambda one: " " * len(one[0]), bounded))
    for start, end, address in sorted([*broken, *whole]):
        target = unwrap(_tidy(address))
        if _usable(target.url):
            yield _at(text, start, end, target, Link(target.url, place=place))


def _whole(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, address) of what stands on one line; an address without a scheme is given https://."""
    for start, raw, scheme in _written(text):
        raw = raw.rstrip(_TRAILING)  # noqa: PLW2901 - the end of a sentence is no part of an address
        if not scheme and not _is_bare_address(raw):
            continue
        yield start, start + len(raw), raw if scheme else "https://" + raw


def _written(text: str) -> Iterator[tuple[int, str, str]]:
    """(start, address, scheme) in order: what linkify finds, and www. under endings that it does not know."""
    known = [(match.index, match.raw, match.schema) for match in _FINDER.match(text) or ()]
    waiting = deque((match.start(), match[0]) for match in _WWW.finditer(text))
    covered = 0
    for start, raw, scheme in known:
        while waiting and waiting[0][0] < start:
            begin, address = waiting.popleft()
            if begin >= covered:
                yield begin, address, ""
        covered = start + len(raw)
        if scheme not in _OTHER_SCHEMES:
            yield start, raw, scheme
    for begin, address in waiting:
        if begin >= covered:
            yield begin, address, ""


def _is_bare_address(raw: str) -> bool:
    """Whether words with dots are an address: "www.x.gov.uk", "x.gov.uk/dhr", not "agreed.It" or "notes.md"."""
    if raw.lower().startswith("www."):
        return True
    host = re.split(r"[/?#:]", raw, maxsplit=1)[0]
    ending = host.rpartition(".")[2]
    return ending.lower() in _BARE_ENDINGS and (host.islower() or host.count(".") > 1)


def _tidy(url: str) -> str:
    return clean_line("".join(url.split()), _LONGEST_URL)


def _usable(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme.lower() in {"http", "https"} and "." in host and not re.search(r"[\s<>\"]", url)


def _context(text: str, start: int, end: int) -> str:
    """The sentence that the address stands in; where it stands alone, the one that introduces it as well."""
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    begin = _sentence_start(before)
    if not before[begin:].strip():
        begin = _sentence_start(before[:begin].rstrip())
    close = _SENTENCE_END.search(after)
    around = before[begin:] + text[start : min(end, start + _LONGEST_URL)] + (after[: close.end()] if close else after)
    return clean_line(around, 2 * _AROUND + _LONGEST_URL)


def _sentence_start(text: str) -> int:
    return max((match.end() for match in _SENTENCE_END.finditer(text)), default=0)
