"""A document's pages, folded once for all searches, and what their lines are: headings, contents, annex titles."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from intake.judging import phrases
from intake.judging.wording import Wording
from intake.model import Document, Evidence, Page

_LEADER = re.compile(r"(?:\.{3}|…|\s\s|\t|\D\s)$")
_LONGEST_NUMBER = 3  # digits of a page
_TITLE_BREAK = re.compile(r":\s|\s[-–—|]\s")
_SHORTEST_TITLE = 3  # characters before a colon or dash
_NUMBERING = re.compile(r"^(?:(?:section|part|chapter)\s+)?(?:\d{1,2}(?: \d{1,2}){0,3}|[ivx]{1,4}|[a-z])\s+(?=\w{3})")
_ANNEX_MARK = r"(?:[a-z]|\d{1,2}|[ivx]{1,5}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*"
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}[/.]\d{{1,2}}[/.](?:20)?\d{{2}}|{_MONTH}\s+(?:20)?\d{{2}}|\d{{1,2}}/20\d{{2}}|q[1-4] 20\d{{2}})\b",
    re.IGNORECASE,
)
_HEADING_WORDS = 9  # "Summary of the recommendations of the review and their actions"; longer lines are sentences
_NUMBER_AT_END = re.compile(r"\b\d{1,3}$")
_RUNNING_LINES = 3  # a marking, the partnership, the report's name with the number
_FRONT_MATTER = 10  # pages by which a printed number may differ from the page's place in the file
_SPACED = re.compile(r"[\d ]*\w \w \w ")
_SPACED_LENGTH = 18  # characters from which a line is long enough to tell
_PIECE = 2.8  # letters, the space among them: so short are no words, one with another ("how we do it" has 3.3)
_SENTENCE_WORDS = 4  # blanks: "1. Executive summary." is a heading with its full stop
_HEADING_LENGTH = 80  # characters: one line of print
_TOP_LINES = 8  # markings, a partnership's name on two lines, and a title of two
_BLANK_LINES = 3  # to each of them
_DOTTED_LINES = 4  # without its title, the second page of a table of contents; a form has a dotted line or two
_CONTENTS_TITLE = 12  # headings, under markings and a page's head
_CONTENTS_LINES = 2  # with a page's number at the end, under its title
_NUMBERS_ALONE = 3  # a chapter's number may stand alone on a line, and its page's
_ANNEX_LINES = 5  # under the page's head
_ANNEX_WORDS = 14  # a longer line is a sentence that names an annex
OCR_TRUST = 0.6  # below this mean confidence whole words are guesses; a clean scan has 0.9, a bad fax 0.7


@dataclass(frozen=True)
class FoldedPage:
    """A page with its folded text; `fuzzy` where OCR read it, ours or a scanner's: phrases match with a tolerance."""

    page: Page
    folded: str
    document: str

    @property
    def number(self) -> int:
        return self.page.number

    @property
    def fuzzy(self) -> bool:
        return self.page.scanned

    @cached_property
    def written_lines(self) -> list[tuple[str, str]]:
        """Every line as it is written, and folded."""
        return phrases.lines_of(self.page.text)

    @cached_property
    def lines(self) -> list[str]:
        """The folded lines."""
        return [folded for _, folded in self.written_lines if folded]

    @cached_property
    def headings(self) -> list[str]:
        """Short lines without their numbering, and what stands on either side of a colon or dash: possible headings."""
        short: dict[str, None] = {}
        for line, folded in self.written_lines:
            if _goes_on(line):
                continue
            if len(line) <= _HEADING_LENGTH:
                short[_closed_up(folded)] = None
            start = _TITLE_BREAK.search(line, _SHORTEST_TITLE)
            title = line[: start.start()].rstrip() if start else ""
            if start and len(title) <= _HEADING_LENGTH:
                short[phrases.fold(title)] = None
            if start and len(line) - start.end() <= _HEADING_LENGTH and not _goes_on(line[start.end() :]):
                short[phrases.fold(line[start.end() :])] = None
        return [_NUMBERING.sub("", line) for line in short if line and line.count(" ") < _HEADING_WORDS]

    @cached_property
    def unnumbered(self) -> list[str]:
        """The lines without the page's number at its head or foot: "Homicide Review 39" is no review's number."""
        lines = [line for line, _ in self.written_lines]
        ends = range(len(lines))
        for at in {*ends[:_RUNNING_LINES], *ends[-_RUNNING_LINES:]}:
            number = _NUMBER_AT_END.search(lines[at])
            if number and abs(int(number.group()) - self.number) <= min(self.number, _FRONT_MATTER):
                lines[at] = lines[at][: number.start()]
        return lines

    @cached_property
    def top(self) -> list[str]:
        """The first lines, where a part's title stands."""
        return [folded for _, folded in self.written_lines[: _BLANK_LINES * _TOP_LINES] if folded][:_TOP_LINES]

    @cached_property
    def word_count(self) -> int:
        return self.folded.count(" ") + 1 if self.folded else 0

    @cached_property
    def dates(self) -> int:
        """How many dates stand on the page, as tables write them."""
        return len(_DATE.findall(self.page.text))

    def find_any(self, wanted: Iterable[str]) -> str | None:
        """The words that match one of the phrases on this page."""
        return phrases.find_any(wanted, self.folded, fuzzy=self.fuzzy)

    def evidence(self, words: str) -> Evidence:
        """The words, as they stand on this page."""
        return Evidence(self.document, self.number, phrases.quote(self.page.text, words), self.page.label)

    def heading_of(self, titles: Iterable[str]) -> str | None:
        """A heading that is, or begins or ends with, one of the titles."""
        wanted = tuple(titles)
        alone = spellings(wanted)
        starts, ends = tuple(f"{title} " for title in wanted), tuple(f" {title}" for title in wanted)
        closed = tuple(title.replace(" ", "") for title in wanted if " " in title)
        for heading in self.headings:
            first, last = (starts, ends) if " " in heading else (closed, closed)
            if heading in alone or heading.startswith(first) or heading.endswith(last):
                return heading
        return None


def spellings(titles: Iterable[str]) -> set[str]:
    """The titles as headings may hold them: as they are, and closed up from spaced letters."""
    return {form for title in titles for form in (title, title.replace(" ", ""))}


def _closed_up(folded: str) -> str:
    """A line set in spaced letters ("E X E C U T I V E  S U M M A R Y") as one word; any other as it is."""
    folded = folded.lstrip("0123456789 ") if _SPACED.match(folded) else folded
    # Small capitals come as pieces of words: "An n e x 1 Mu lt i-Ag e n c y Ac t i o n Pl A n".
    spaced = len(folded) > _SPACED_LENGTH and len(folded) <= _PIECE * folded.count(" ")
    return folded.replace(" ", "") if spaced else folded


def _goes_on(line: str) -> bool:
    """Whether a line is the end of a sentence that began above it: what it says is no heading."""
    start = line.lstrip()[:1]
    return start.islower() or (line.rstrip().endswith(".") and line.count(" ") >= _SENTENCE_WORDS)


def fold_pages(document: Document) -> tuple[FoldedPage, ...]:
    """Every page of a document, folded."""
    return tuple(FoldedPage(page, phrases.fold(page.text), document.name) for page in document.pages)


def is_contents(page: FoldedPage, wording: Wording) -> bool:
    """Whether the page is (part of) a table of contents: its lines name what stands elsewhere."""
    dotted = page.page.text.count("....") + page.page.text.count("…") >= _DOTTED_LINES
    titled = any(heading in wording.report.contents for heading in page.headings[:_CONTENTS_TITLE])
    if not dotted and not titled:  # most pages: not worth counting their lines
        return False
    leaders = sum(map(_leads_to_a_number, page.page.text.splitlines()))
    return (titled and (leaders >= _CONTENTS_LINES or _numbers_alone(page) >= _NUMBERS_ALONE)) or (
        dotted and leaders >= _DOTTED_LINES
    )


def _leads_to_a_number(line: str) -> bool:
    """Whether a page's number stands at the end of a line, set off by dots or blanks."""
    whole = line.rstrip()
    before = whole.rstrip("0123456789")
    if not 1 <= len(whole) - len(before) <= _LONGEST_NUMBER:
        return False
    return _LEADER.search(before) is not None or before.rstrip().endswith(("...", "…"))


def _numbers_alone(page: FoldedPage) -> int:
    """Lines that are only a number: a contents page whose columns were extracted one after the other."""
    return sum(1 for line in page.lines if line.isdigit())


def annex_title(page: FoldedPage, wording: Wording) -> str | None:
    """The annex or appendix title among the page's first lines, or None."""
    labels = "|".join(wording.report.annex_labels)
    pattern = re.compile(rf"^(?:{labels})(?: {_ANNEX_MARK})?(?:\b|$)")
    for line in page.top[:_ANNEX_LINES]:
        if len(line.split()) <= _ANNEX_WORDS and pattern.match(line):
            return line
    return None
