"""Plain text, web pages and RTF as pseudo-pages. Runs in a child."""

from __future__ import annotations

import re

from lxml import etree, html

from intake.documents.answers import Reading
from intake.documents.budget import ReadingBudget
from intake.model import Page, ReadProblem, TextSource

PAGE_CHARACTERS = 4000
_UNSEEN = ("script", "style", "head", "template")
# RTF 1.9: a control word, a control symbol with hex value, a brace, or text.
_RTF = re.compile(r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)")
_RTF_SILENT = frozenset(
    ("fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "themedata", "datastore")
)
_RTF_BREAKS = {"par": "\n", "line": "\n", "tab": "\t", "cell": "\t", "row": "\n", "page": "\f", "sect": "\f"}


def read_text(content: bytes, media_type: str) -> str | None:
    """The text of the kinds known here; None for any other."""
    if media_type == "text/rtf" or content.startswith(b"{\\rtf"):
        return _from_rtf(content.decode("latin-1"))
    if media_type == "text/html":
        return _from_html(content)
    return _decode(content) if media_type.startswith("text/") else None


def paginate(text: str, media_type: str, budget: ReadingBudget) -> Reading:
    """Text as pseudo-pages: at form feeds, and at a page's usual length."""
    found = Reading(media_type=media_type)
    sections = [section.strip("\n") for section in text.split("\f") if section.strip()]
    pieces = [piece for section in sections for piece in _pieces(section)]
    found.stopped = len(pieces) > budget.max_pages or len(text) > budget.max_characters
    kept = pieces[: budget.max_pages]
    found.pages = [Page(number, piece, TextSource.LAYER) for number, piece in enumerate(kept, start=1)]
    found.page_count = len(pieces)
    found.problem = None if pieces else ReadProblem.NO_PAGES
    return found


def _pieces(section: str) -> list[str]:
    pieces: list[str] = []
    current: list[str] = []
    length = 0
    for line in section.splitlines(keepends=True):
        for start in range(0, len(line), PAGE_CHARACTERS):
            part = line[start : start + PAGE_CHARACTERS]
            if length + len(part) > PAGE_CHARACTERS and current:
                pieces.append("".join(current))
                current, length = [], 0
            current.append(part)
            length += len(part)
    return [*pieces, "".join(current)]


def _decode(content: bytes) -> str:
    for encoding in ("utf-16", "utf-8-sig", "cp1252"):
        if encoding == "utf-16" and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
            continue
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _from_html(content: bytes) -> str:
    tree = html.document_fromstring(_decode(content).encode(), parser=html.HTMLParser(encoding="utf-8", huge_tree=True))
    etree.strip_elements(tree, *_UNSEEN, with_tail=False)
    return "\n".join(line for piece in tree.itertext() if (line := str(piece).strip()))


def _from_rtf(content: str) -> str:
    shown: list[str] = []
    silent = 0  # braces open since a group began that is not shown
    for match in _RTF.finditer(content):
        word, _value, code, symbol, brace, text = match.groups()
        if silent:
            silent += {"{": 1, "}": -1}.get(brace or "", 0)
        elif word in _RTF_SILENT or symbol == "*":
            silent = 1
        elif word in _RTF_BREAKS:
            shown.append(_RTF_BREAKS[word])
        elif code:
            shown.append(bytes.fromhex(code).decode("cp1252", "replace"))
        elif symbol in ("{", "}", "\\"):
            shown.append(symbol)
        elif text:
            shown.append(text)
    return "".join(shown)
