"""HTML bodies as lines of text, with their links and with what the markup says about quoted mails and signatures.

lxml's parser is used because it is linear: the standard library's takes seconds on 100 KB of `<a<a<a`. It stops at the
first `</html>`, where mail programs and browsers go on: gateways put their banner's document before the sender's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import islice

from lxml import etree

from intake.unpacking.charsets import clean_text, clean_words
from intake.unpacking.lines import LONGEST_LINE, MOST_LINES, Anchor, Line

# Not among them: what a browser shows where scripts and objects do not run, as in every mail program.
_SKIPPED = frozenset({"script", "style", "head", "title", "template", "svg"})
# The ends of a document, and the beginnings of another: HTML's own rules have the body go on past them (WHATWG
# HTML, 13.2.6.4.19 to 22).
_DOCUMENT_ENDS = re.compile(r"</(?:html|body)\b[^<>]{0,200}>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_MARKED_AS_QUOTED = re.compile(r"(?:>[ \t]?)+")
_SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote"})
_BLOCKS = _SPACED | frozenset(
    {
        *("address", "article", "aside", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure", "footer"),
        *("form", "header", "hr", "li", "main", "nav", "pre", "section", "tbody", "tfoot", "thead", "tr"),
    }
)
_BLANKS = re.compile(r"[ \t\r\n\f\v\xa0]+")
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.IGNORECASE)
_CITED = re.compile(r"border-left\s*:\s*(?!none|0|medium none)", re.IGNORECASE)
_SIGNATURE_MARK = re.compile(
    r"gmail_signature|moz-signature|ms-outlook-mobile-signature|ms-outlook-mobile-body-separator|applemailsignature|"
    r"^(?:x_)*signature$|protonmail_signature_block|yahoo-signature|zmail_signature",
    re.IGNORECASE,
)
_CUT_MARK = re.compile(r"divrplyfwdmsg|appendonsend|^(?:x_)*mail-editor-reference-message-container$", re.IGNORECASE)
_QUOTE_MARK = re.compile(r"^(?:yahoo_quoted|protonmail_quote|zmail_extra)$", re.IGNORECASE)
_MOST_EVENTS = 400_000
_LONGEST_HREF = 8_000


@dataclass(slots=True)
class _Page:
    """The lines so far, the line in hand, and how deep inside quoting, signing and skipping elements we are."""

    most_characters: int
    lines: list[Line] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    length: int = 0
    taken: int = 0
    anchors: list[Anchor] = field(default_factory=list)
    link: tuple[str, str, int] | None = None
    quoted: int = 0
    signed: int = 0
    skipped: int = 0
    preformatted: int = 0
    cut: bool = False

    @property
    def full(self) -> bool:
        return self.taken >= self.most_characters or len(self.lines) >= MOST_LINES

    def write(self, text: str | None) -> None:
        """Add text to the line in hand, blanks collapsed as a browser does."""
        if not text or self.skipped or self.full:
            return
        if self.preformatted:
            first, *more = text.split("\n")
            self._append(first)
            for line in more:
                self.end_line()
                self._append(line)
            return
        text = _BLANKS.sub(" ", text)
        if text.startswith(" ") and (not self.length or self.pieces[-1].endswith(" ")):
            text = text[1:]
        self._append(text)

    def _append(self, text: str) -> None:
        while text:
            room = LONGEST_LINE - self.length
            piece, text = text[:room], text[room:]
            self.pieces.append(piece)
            self.length += len(piece)
            self.taken += len(piece)
            if text:
                self.end_line()

    def end_line(self) -> None:
        """Close the line in hand, if there is anything in it."""
        link = self.link
        if link is not None:
            self.close_link()
            self.link = (link[0], link[1], 0)
        text = "".join(self.pieces).rstrip()
        if text or self.anchors:
            self._emit(text)
        self.pieces, self.length, self.anchors = [], 0, []

    def blank_line(self) -> None:
        """Close the line in hand and leave a space below it, once."""
        self.end_line()
        if self.lines and self.lines[-1].text:
            self._emit("")

    def break_line(self) -> None:
        """A <br>: an empty line stays empty."""
        if self.length or self.anchors:
            self.end_line()
        elif self.lines and self.lines[-1].text and not self.full:
            self._emit("")

    def _emit(self, text: str) -> None:
        anchors = tuple(self.anchors)
        self.lines.append(Line(text, self.quoted > 0, self.signed > 0, self.cut, anchors))
        self.cut = False
        self.taken += 1

    def open_link(self, href: str, original: str) -> None:
        self.close_link()
        self.link = (href, original, self.length)

    def close_link(self) -> None:
        """Note the link in hand; one without any text, such as a picture, is noted too."""
        if self.link is None:
            return
        href, original, start = self.link
        if href and (self.length > start or not self._noted(href)):
            self.anchors.append(Anchor(start, self.length, href, original))
        self.link = None

    def _noted(self, href: str) -> bool:
        return bool(self.anchors and self.anchors[-1].href == href) or bool(
            self.lines and self.lines[-1].anchors and self.lines[-1].anchors[-1].href == href
        )


@dataclass(frozen=True, slots=True)
class ShownText:
    """The lines that a reader of some HTML would see; not `whole` where there are more."""

    lines: list[Line]
    whole: bool = True


def html_lines(html: str, most_characters: int) -> ShownText:
    """The lines that a reader of the HTML would see."""
    page = _Page(most_characters)
    root = _parse(html)
    if root is None:
        return ShownText([], whole=not _TAG.sub("", html).strip())
    ended = False
    for event, element in islice(etree.iterwalk(root, events=("start", "end")), _MOST_EVENTS):
        ended = element is root and event == "end"
        if not isinstance(element.tag, str):
            continue
        if page.full:
            break
        if event == "start":
            _enter(page, element)
            page.write(element.text)
        else:
            _leave(page, element)
            page.write(element.tail)
    page.end_line()
    return ShownText(_mark_quoted(page.lines), whole=ended and not page.full)


def _parse(html: str) -> etree._Element | None:
    text = _DOCUMENT_ENDS.sub("\n", clean_words(clean_text(html))).strip()
    if not text:
        return None
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, recover=True, remove_pis=True, remove_comments=True)
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _mark_quoted(lines: list[Line]) -> list[Line]:
    """Lines quoted by a `>` before each, as programs leave them that make HTML of plain text.

    One such line alone is an arrow of the author's own.
    """
    result = list(lines)
    begin = 0
    while begin < len(lines):
        end = begin
        while end < len(lines) and (lines[end].text.startswith(">") or (end > begin and lines[end].blank)):
            end += 1
        if sum(line.text.startswith(">") for line in lines[begin:end]) > 1:
            result[begin:end] = [_without_mark(line) for line in lines[begin:end]]
        begin = max(end, begin + 1)
    return result


def _without_mark(line: Line) -> Line:
    marks = _MARKED_AS_QUOTED.match(line.text)
    if marks is None:
        return line
    width = marks.end()
    anchors = tuple(
        replace(anchor, start=max(0, anchor.start - width), end=max(0, anchor.end - width)) for anchor in line.anchors
    )
    return replace(line, text=line.text[width:], quoted=True, anchors=anchors)


def referenced_pictures(html: str) -> set[str]:
    """The Content-IDs of the pictures that the HTML shows."""
    return {match[:200] for match in re.findall(r"cid:([^\s\"'<>)]{1,250})", html, re.IGNORECASE)}


def _enter(page: _Page, element: etree._Element) -> None:
    tag = element.tag
    if page.skipped or _skips(element):
        page.skipped += 1
        return
    if tag == "br":
        page.break_line()
        return
    if tag in _BLOCKS:
        _begin_block(page, element)
    if tag in {"td", "th"} and page.length:
        page.write(" ")
    marks = _marks(element)
    if _marked(_CUT_MARK, marks):
        page.end_line()
        page.cut = True
    if _quotes(element, marks):
        page.end_line()
        page.quoted += 1
    if _marked(_SIGNATURE_MARK, marks):
        page.end_line()
        page.signed += 1
    page.preformatted += tag == "pre"
    if tag == "a":
        href = _BLANKS.sub("", element.get("href") or "")[:_LONGEST_HREF]
        page.open_link(href, (element.get("originalsrc") or "").strip()[:_LONGEST_HREF])
    if tag == "li":
        page.write("- ")


def _leave(page: _Page, element: etree._Element) -> None:
    tag = element.tag
    if page.skipped:
        page.skipped -= 1
        return
    if tag == "a":
        page.close_link()
    page.preformatted -= tag == "pre"
    marks = _marks(element)
    ends_mark = False
    if _quotes(element, marks):
        page.end_line()
        page.quoted -= 1
        ends_mark = True
    if _marked(_SIGNATURE_MARK, marks):
        page.end_line()
        page.signed -= 1
        ends_mark = True
    if tag in _BLOCKS and not ends_mark:
        _begin_block(page, element)


def _begin_block(page: _Page, element: etree._Element) -> None:
    # Outlook writes each line as a paragraph of its own, with no space around it
    tight = "msonormal" in (element.get("class") or "").lower() or re.search(
        r"margin(?:-top)?\s*:\s*0", element.get("style") or "", re.IGNORECASE
    )
    if element.tag in _SPACED and not tight:
        page.blank_line()
    else:
        page.end_line()


def _skips(element: etree._Element) -> bool:
    return element.tag in _SKIPPED or bool(_HIDDEN.search(element.get("style") or ""))


def _marks(element: etree._Element) -> str:
    names = (element.get("id"), element.get("class"), element.get("data-smartmail"))
    return " ".join(name[:300] for name in names if name)


def _quotes(element: etree._Element, marks: str) -> bool:
    if element.tag == "blockquote":
        # a blockquote without a sign of citation is how some programs indent
        cited = (element.get("type") or "").lower() == "cite" or bool(element.get("cite")) or "quote" in marks.lower()
        return cited or bool(_CITED.search(element.get("style") or ""))
    return _marked(_QUOTE_MARK, marks)


def _marked(pattern: re.Pattern[str], marks: str) -> bool:
    return any(pattern.search(mark) for mark in marks.split())
