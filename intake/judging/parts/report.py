"""What says that a document is a review's report, and where its executive summary is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from intake.judging import phrases
from intake.judging.parts.pages import FoldedPage, is_contents, spellings
from intake.judging.parts.weighing import Clue, Level, Reserve, Scale
from intake.judging.wording import Wording
from intake.model import Evidence

_FRONT_PAGES = 4  # a cover, a marking, a foreword and the title itself
_LONG = 8  # pages: the shortest report that was seen has twelve, the longest notice of a review six
_NOTE_PAGES = 2  # a notice about a review, or a covering letter
_NOTE_CHAPTERS = 2  # a notice has a heading that a report has, too; with two it is a short report
_WHOLE = ("overview report", "full report", "report and executive summary", "report including executive summary")
_OVERVIEW = ("overview report",)
# A title may run over two lines; a sentence that says where the report is to be had is none.
_TITLED_WHOLE = re.compile(rf"\b(?:{'|'.join(_WHOLE)})\b(?! (?:is|was|are|can|may|has|will|available|published)\b)")
_TITLE_PAGES = 2  # a cover, and a title page behind it
_TITLE_LENGTH = 500  # characters of a page that may be its title
_TITLE_WORDS = 14  # a longer line is a sentence that names the summary
_COVER_WORDS = 80  # a title page has fewer, with a council's address on it; a page of text has 200 and more
_SUMMARY_PAGES = 40  # the longest executive summary that was seen has 31
_SUMMARY_WORDS = 40  # under its heading and on the next page: a summary that is only named has none of its own
_DISTINCT_WELSH = 6  # a name, a greeting and a council's motto are three of a language's everyday words
_SAMPLE_PAGES = 40  # what a report is written in shows long before


REPORT = Scale(
    name="report",
    clues=(
        Clue(
            "titled",
            3,
            "Every report calls itself one on its first pages; so do the notices and letters about it.",
            fires=("Northmere Community Safety Partnership\nDomestic Homicide Review\nOverview Report",),
            quiet=("Northmere Community Safety Partnership\nAnnual Report on Road Safety",),
        ),
        Clue(
            "chapter",
            1,
            "Chapters of this kind stand in most long documents of a council: three of them say something.",
            fires=("1. Introduction\nThe Panel met five times.", "2. Chronology\nThe facts as they are known."),
            quiet=("Minutes\nThe introduction was agreed, and the chronology was noted.",),
            most=3,
        ),
        Clue(
            "long",
            2,
            "Letters, plans and notices are shorter; minutes and strategies are not.",
            fires=("The Panel met.",) * _LONG,
            quiet=("The Panel met.",) * _NOTE_PAGES,
        ),
        Clue(
            "file-name",
            1,
            "The sender calls it a report; they call a covering letter and a plan so as well.",
            fires=("File: DHR Anna overview report.pdf",),
            quiet=("File: minutes.pdf",),
        ),
        Clue(
            "contents",
            1,
            "What has a table of contents is a book of its own.",
            fires=(
                "Contents\nIntroduction .......... 3\nChronology .......... 9\nAnalysis ........ 20\nAnnex ....... 31",
            ),
            quiet=("The contents of this letter are private.",),
        ),
        Clue(
            "a-note",
            -3,
            "A page or two about a review are titled as its report is: that undoes the title.",
            fires=("Domestic Homicide Review\nNotice of a decision to hold a review\nIntroduction\nDear all",),
            quiet=("Domestic Homicide Review", "1. Introduction\nThe Panel met.\n2. Analysis\nIt found much."),
        ),
        Clue(
            "both-annexes",
            2,
            "Letter and plan are bound together into one thing only: the report, however short.",
            fires=("Text", "A letter and a plan"),
            quiet=("Text", "A plan"),
        ),
    ),
    levels=(
        Level(
            answer=True,
            least=4,
            nearest=3,
            why=(
                "A title and one thing more. A long policy with a contents page has three, a short report that "
                "names its chapters six."
            ),
        ),
    ),
    otherwise=False,
    reserves=(
        Reserve(
            "summary-alone",
            "An executive summary as a file of its own is titled and set out as its report is.",
            fires=("Executive Summary\nDomestic Homicide Review\nAnna", "1. Introduction\n2. Chronology\n3. Analysis"),
            quiet=("Overview Report\nExecutive Summary\nDomestic Homicide Review", "1. Introduction\n2. Chronology"),
        ),
    ),
)


def title(pages: Sequence[FoldedPage], wording: Wording) -> Evidence | None:
    """Where the first pages call the document a review's report."""
    for page in pages[:_FRONT_PAGES]:
        words = page.find_any(wording.report.titles)
        if words:
            return page.evidence(words)
    return None


def body_headings(pages: Sequence[FoldedPage], wording: Wording) -> set[str]:
    """The report's own chapter headings on these pages, contents pages left out."""
    known = spellings(wording.report.body_headings)
    return {
        heading for page in pages if not is_contents(page, wording) for heading in page.headings if heading in known
    }


def clues(pages: Sequence[FoldedPage], name: str, wording: Wording, *, both_annexes: bool = False) -> Mapping[str, int]:
    """What says that the document (its letter and plan left out) is a report, and how often, by the clues' ids."""
    chapters = len(body_headings(pages, wording))
    return {
        "titled": int(title(pages, wording) is not None),
        "chapter": chapters,
        "long": int(len(pages) >= _LONG),
        "file-name": int(phrases.find_any(wording.file_names.report, phrases.fold(name)) is not None),
        "contents": int(any(is_contents(page, wording) for page in pages[:_LONG])),
        "a-note": int(len(pages) <= _NOTE_PAGES and chapters < _NOTE_CHAPTERS),
        "both-annexes": int(both_annexes and bool(pages)),
        "summary-alone": int(is_summary_only(pages, wording, both_annexes=both_annexes)),
    }


def is_summary_only(pages: Sequence[FoldedPage], wording: Wording, *, both_annexes: bool = False) -> bool:
    """Whether the document is an executive summary and nothing more: its title says so, and none says more."""
    front = [page for page in pages[:_TITLE_PAGES] if not is_contents(page, wording)]
    names = wording.report.executive_summary
    titled = any(
        name in line for page in front for line in page.top for name in names if line.count(" ") < _TITLE_WORDS
    )
    overview = any(_TITLED_WHOLE.search(page.folded[:_TITLE_LENGTH]) for page in front)
    listed = any(is_contents(page, wording) and page.find_any(names) for page in pages[:_LONG])
    # Where letter and plan stand behind it the report may begin without a cover of its own.
    followed = any(
        (both_annexes or page.word_count < _COVER_WORDS) and page.heading_of(_OVERVIEW) for page in pages[_TITLE_PAGES:]
    )
    return titled and not (overview or listed or followed) and len(pages) < _SUMMARY_PAGES


def executive_summary(pages: Sequence[FoldedPage], wording: Wording) -> Evidence | None:
    """The executive summary: its heading with text behind it, not only a line of the contents."""
    for index, page in enumerate(pages):
        if is_contents(page, wording) or (_is_cover(page, wording) and not _is_its_own_cover(pages, index, wording)):
            continue
        heading = page.heading_of(wording.report.executive_summary)
        below = page.word_count + (pages[index + 1].word_count if index + 1 < len(pages) else 0)
        if heading and below > _SUMMARY_WORDS and not heading.endswith(tuple("0123456789")):
            return page.evidence(heading)
    return None


def _is_cover(page: FoldedPage, wording: Wording) -> bool:
    """A title page that names the summary among other parts."""
    return (
        page.number <= _TITLE_PAGES
        and page.word_count < _COVER_WORDS
        and page.find_any(wording.report.titles) is not None
    )


def _is_its_own_cover(pages: Sequence[FoldedPage], index: int, wording: Wording) -> bool:
    """Whether a title page is the summary's alone, with its text behind it."""
    if phrases.find_any((*_WHOLE, *_OVERVIEW, "and executive summary"), pages[index].folded):
        return False
    following = pages[index + 1] if index + 1 < len(pages) else None
    return following is not None and following.word_count > _COVER_WORDS and not is_contents(following, wording)


def other_language(pages: Sequence[FoldedPage], wording: Wording) -> bool:
    """Whether the text is mostly Welsh: more of its everyday words than of English ones, and many different ones."""
    words = Counter(word for page in pages[:_SAMPLE_PAGES] for word in page.folded.split())
    english = sum(words[word] for word in wording.language.english)
    welsh = sum(words[word] for word in wording.language.welsh)
    return welsh > english and sum(1 for word in wording.language.welsh if words[word]) >= _DISTINCT_WELSH
