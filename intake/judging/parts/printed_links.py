"""The web addresses printed on a report's page, made whole again where the end of a line broke them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"'()\[\]{}]+[^\s<>\"'()\[\]{}.,;:!?]", re.IGNORECASE)
_BROKEN_SCHEME = re.compile(r"(https?://)[ \t]*\r?\n[ \t]*(?=\w)", re.IGNORECASE)
_LINE_END = re.compile(r"(?P<stop>[.,;:!?)\]]*)[ \t]*\r?\n[ \t]*(?P<next>[^\s<>\"'()\[\]{}]+)")
_HOST_ALONE = re.compile(r"(?:https?://)?[\w.-]+$", re.IGNORECASE)
_OPEN_END = ("-", "_", "=", "&", "?", "%", "#")  # no address ends with them
_TRAILING = ".,;:!?)"
# "dhr-reports/2024", "overview.pdf": no sentence goes on like that.
_PATH_LIKE = re.compile(
    r"[\w%~-]++/|(?:[^\W\d]|[%~-])*+\d[\w%~]*+-[\w%~-]|[\w%~.-]+\.(?:pdf|html?|aspx?|php)\b", re.IGNORECASE
)
_NUMBERED_END = re.compile(r"-\d{1,3}$")
_NUMBER_ALONE = re.compile(r"(?:page\s+)?\d{1,3}[ \t]*(?:\r?\n|$)", re.IGNORECASE)
_NUMBERING = re.compile(r"\(?\d{1,2}(?:(?:\.\d{1,3})+\.?|[.)])$")
# Words with which a sentence goes on after an address.
_GOES_ON_WORDS = """
    a after alongside also an and any are as at available before between but by can during following for from has
    have if in into is it its long next no not of on once only or our page please shortly should so soon that the
    their then these they this to together under until unless we website when where which while who will with within
    www would you
"""
_GOES_ON = frozenset(_GOES_ON_WORDS.split())
_FOLLOWING = 400  # characters after an address in which the rest of it may stand


@dataclass(frozen=True, slots=True)
class PrintedLink:
    """An address and where it stands on the page; `sure` where no part of it can be on another line."""

    url: str
    start: int
    end: int
    sure: bool


def mend(text: str) -> str:
    """The page's text with every "https://" on the line of what it begins."""
    return _BROKEN_SCHEME.sub(r"\1", text)


def printed_links(text: str, annotated: Sequence[str] = ()) -> Iterator[PrintedLink]:
    """The addresses in a page's mended text. `annotated` are the page's clickable links, which are always whole."""
    for match in ADDRESS.finditer(text):
        url, sure = _whole(match.group(), text, match.end(), annotated)
        yield PrintedLink(url if "://" in url else f"https://{url}", match.start(), match.end(), sure)


def _whole(url: str, text: str, end: int, annotated: Sequence[str]) -> tuple[str, bool]:
    stem = url.rstrip("/")
    following = url[len(stem) :] + "".join(text[end : end + _FOLLOWING].split())
    for link in sorted(annotated, key=len, reverse=True):
        begin = link.find(stem)
        if begin in {0, len("http://"), len("https://")} and following.startswith(link[begin + len(stem) :]):
            return link, True
    broken = _LINE_END.match(text, end)
    if broken is None:
        # At the foot of a page, a reader joins what a hyphen breaks with the page's number: "…/domestic-2".
        return url, not (_NUMBERED_END.search(url) and not text[end:].strip())
    stop, after = broken["stop"], broken["next"].rstrip(_TRAILING)
    if _NUMBER_ALONE.match(text, broken.start("next")):  # a page's number: what stands behind it is another page
        return url, not url.endswith(("/", *_OPEN_END))
    if stop == "." and _HOST_ALONE.match(url) and re.match(r"[a-z]+(?:\.[a-z]+)*(?:/|$)", broken["next"]):
        return f"{url}.{after}", "." in after or "/" in after  # "www.northmere." and "gov.uk/dhr" below
    if stop or not after:
        return url, True
    joined = url.endswith("/") and "-" in after and after.islower()
    if joined or url.endswith(_OPEN_END):
        return url + after, True
    if _PATH_LIKE.match(after) and not after.lower().startswith(("http", "www.")):
        return url + after, True
    begins_anew = _NUMBERING.match(broken["next"]) or (not after[0].islower() and not after[0].isdigit())
    return url, bool(begins_anew and not (after[0].isupper() and url.endswith("/"))) or after.lower() in _GOES_ON
