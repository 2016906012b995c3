"""What is still the author's word below their name: a postscript, a sentence of prose, the weblink.

A signature block holds names, offices, telephones, home pages and what an organisation has printed below every mail.
What else stands there was written for this mail, and is read. An address that stands alone is taken for the author's
word as long as no signature block has begun: where it may be either, it is better read than passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from intake.unpacking.lines import Line

CONTACT = re.compile(
    r"(?:\b(?:tel|telephone|phone|mobile|mob|direct|dial|ext|switchboard|fax|ffôn|t|m|dd)\b\s{0,9}[:.]?\s{0,9}\(?[+0]\d)|"
    r"(?:\+44|\b0\d{2,4}\)?)[\s\d()-]{6,24}\d|\b(?:e-?mail|e)\s?:\s{0,9}[^\s@]{1,64}@|"
    r"\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"[a-z]{2}[.?!](?:\s|$)")
_POSTSCRIPT = re.compile(
    r"^\W*p\.?\s?s\.?\b|\bweb\s?-?(?:link|address|page)s?\b|\bpublication\b|\bpublished (?:at|on|here|version)\b|"
    r"\b(?:will|to|can|is|be|been|are)\s(?:also\s|now\s|then\s)?(?:be\s)?"
    r"(?:published|hosted|uploaded|available (?:at|on|here))\b|^\W*(?:link|url) (?:to|for)\b",
    re.IGNORECASE,
)
# Words that hand an address over: "Link:", "URL: https://…", "here's the link".
_LABEL = re.compile(
    r"^\W*(?:the )?(?:link|url|address|dolen|cyfeiriad)(?: (?:is|below|attached))?\s*[:–-]|"
    r"^\W*(?:and )?here(?:'|\u2019)?(?:s| is| are)? (?:the |our |a |your )?(?:web ?)?(?:link|url|address|page)|"
    r"^\W*(?:the )?(?:link|url)\W*$",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]{4,2000}", re.IGNORECASE)
_ADDRESS_ALONE = re.compile(r"[<(]?(?:https?://|www\.)[^\s<>\"/]{4,300}/[^\s<>\"]{2,2000}[>)]?\W{0,2}", re.IGNORECASE)
_OF_A_REVIEW = re.compile(r"dhr|dardr|homicide|review|publication|published", re.IGNORECASE)
_SPEAKING = re.compile(
    r"\b(?:please|i|we|you|your|us|me|my|our|it|this|these|that|they|she|he|not|will|can|could|must|should|ni|nid|chi)\b"
    r"|n[\u2019']t\b",
    re.IGNORECASE,
)
# What is printed below every mail of an organisation or a person, and was not written for this one.
_PRINTED = re.compile(
    r"\bwork(?:ing)? (?:days|hours|pattern|week|flexibl[ey])\b|\bnon-working\b|\bflexibl[ey]\b|\boffice hours\b|"
    r"\bi (?:only |usually )?(?:do not |don.t )?work (?:on |from |in |part)?(?:mon|tue|wed|thu|fri|home|part)|"
    r"\bpronouns?\b|\b(?:follow|visit|find|like|join|rate) (?:us|our)\b|\bsign up\b|\bsubscribe\b|\bnewsletter\b|"
    r"\bconsider the environment\b|\bprivacy (?:notice|policy|statement)|\byour (?:personal|feedback|data)\b|"
    r"\bhow we (?:use|handle|process|look after)\b|\bthe freedom of information act\b|\b(?:dial|call) (?:999|101)\b|"
    r"\balternative formats?\b|\bdid you know\b|\bproud to\b|\backnowledge the\b|\bour values\b|"
    r"\bwelcome(?:s)? (?:correspondence|receiving)\b|\bgohebiaeth\b|\bexpect (?:a|you) (?:reply|response|to)\b",
    re.IGNORECASE,
)
_LONGEST_PARAGRAPH = 2000
_LEAST_WORDS = 4
_MOST_BESIDE = 2  # lines: a closing formula and a name


def names_publication(text: str) -> bool:
    """Whether a line speaks of the place of publication, or is a postscript."""
    return _POSTSCRIPT.search(text) is not None


def spoken_below(lines: Sequence[Line]) -> Iterator[int]:
    """Which lines of a signature, its closing formula first and no disclaimer in it, are the author's own words."""
    block = announced = False
    for number, (begin, end) in enumerate(_paragraphs(lines)):
        texts = [line.text[:1000] for line in lines[begin:end]]
        first = _first_spoken(texts, first=number == 0)
        begins_block = any(CONTACT.search(text) for text in texts)
        if first is not None:
            yield from range(begin + first, end)
        elif number and (announced or _speaks(texts)):
            yield from range(begin, end)
        elif not begins_block:
            pages = [begin + index for index in range(end - begin) if _is_their_page(lines[begin + index], block=block)]
            begins_block = end - begin - len(pages) > _MOST_BESIDE
            yield from () if begins_block else pages
        announced = first is not None and not any(_ADDRESS.search(text) for text in texts[first:])
        block = block or begins_block


def _paragraphs(lines: Sequence[Line]) -> Iterator[tuple[int, int]]:
    begin = 0
    for index in range(len(lines) + 1):
        if index == len(lines) or lines[index].blank:
            if index > begin:
                yield begin, index
            begin = index + 1


def _first_spoken(texts: Sequence[str], *, first: bool) -> int | None:
    """The line of a paragraph from which on it is a postscript or gives the weblink."""
    for index, text in enumerate(texts):
        if (index or not first) and (_POSTSCRIPT.search(text) or _LABEL.search(text)):
            return index
    return None


def _speaks(texts: Sequence[str]) -> bool:
    """Whether a paragraph is prose written for this mail."""
    text = " ".join(texts)[:_LONGEST_PARAGRAPH]
    words = _ADDRESS.sub(" ", text).split()
    small = sum(word[:1].islower() for word in words)
    prose = len(words) >= _LEAST_WORDS and 2 * small >= len(words)
    return prose and _SPEAKING.search(text) is not None and _PRINTED.search(text) is None


def _is_their_page(line: Line, *, block: bool) -> bool:
    """Whether a line is the link to a page alone; behind telephone and office only one that speaks of reviews."""
    text = line.text.strip()[:_LONGEST_PARAGRAPH]
    if line.anchors and not _ADDRESS.search(text):
        whole = line.anchors[0].end - line.anchors[0].start >= len(text) > 0
        text = line.anchors[0].href if whole else ""
        block = True
    path = (text.partition("://")[2] or text).partition("/")[2]
    return _ADDRESS_ALONE.fullmatch(text) is not None and (not block or _OF_A_REVIEW.search(path) is not None)
