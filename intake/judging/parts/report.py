"""What says that a document is a review's report, and where the report's own text stands in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from intake.judging import phrases
from intake.judging.facts import ActionPlan, Letter, Place
from intake.judging.parts.pages import FoldedPage, annex_title, is_contents, spellings
from intake.judging.wording import Wording
from intake.model import Evidence

_FRONT_PAGES = 4
IS_REPORT = 4  # the score from which a document counts as a report
_LONG = 8
_A_NOTE = 2
_WHOLE = ("overview report", "full report", "report and executive summary", "report including executive summary")
_OVERVIEW = ("overview report",)
_TITLE_LENGTH = 500
_COVER_WORDS = 80
_SUMMARY_PAGES = 40
_TITLE_WORDS = 14
_FEW_WORDS = 15
_DISTINCT_WELSH = 6
_SAMPLE_PAGES = 40
_CORE = frozenset(
    {
        "introduction",
        "background",
        "chronology",
        "analysis",
        "conclusions",
        "conclusion",
        "overview",
        "contents",
        "table of contents",
        "terms of reference",
        "the facts",
        "methodology",
        "the review process",
        "findings",
        "key findings",
    }
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


def score(pages: Sequence[FoldedPage], name: str, wording: Wording, *, page_count: int) -> int:
    """How much the document (its letter and plan left out) looks like a report; `IS_REPORT` and more is one."""
    points = 3 if title(pages, wording) else 0
    points += min(3, len(body_headings(pages, wording)))
    points += 2 if page_count >= _LONG else 0
    points += 1 if phrases.find_any(wording.file_names.report, phrases.fold(name)) else 0
    if any(is_contents(page, wording) for page in pages[:_LONG]):
        points += 1
    if page_count <= _A_NOTE and len(body_headings(pages, wording)) < 2:
        points -= 3  # a notice about a review names it as a report does
    return min(points, IS_REPORT - 1) if is_summary_only(pages, wording) else points


def is_summary_only(pages: Sequence[FoldedPage], wording: Wording) -> bool:
    """Whether the document is an executive summary and nothing more: its title says so, and none says more."""
    front = [page for page in pages[:2] if not is_contents(page, wording)]
    names = wording.report.executive_summary
    titled = any(
        name in line for page in front for line in page.top for name in names if line.count(" ") < _TITLE_WORDS
    )
    # A title may run over two lines.
    overview = any(phrases.find_any(_WHOLE, page.folded[:_TITLE_LENGTH]) for page in front)
    listed = any(is_contents(page, wording) and page.find_any(names) for page in pages[:_LONG])
    followed = any(page.word_count < _COVER_WORDS and page.heading_of(_OVERVIEW) for page in pages[2:])
    return titled and not (overview or listed or followed) and len(pages) < _SUMMARY_PAGES


def executive_summary(pages: Sequence[FoldedPage], wording: Wording) -> Evidence | None:
    """The executive summary: its heading with text behind it, not only a line of the contents."""
    for index, page in enumerate(pages):
        if is_contents(page, wording) or (_is_cover(page, wording) and not _is_its_own_cover(pages, index, wording)):
            continue
        heading = page.heading_of(wording.report.executive_summary)
        below = page.word_count + (pages[index + 1].word_count if index + 1 < len(pages) else 0)
        if heading and below > 40 and not heading.endswith(tuple("0123456789")):
            return page.evidence(heading)
    return None


def _is_cover(page: FoldedPage, wording: Wording) -> bool:
    """A title page that names the summary among other parts."""
    return page.number <= 2 and page.word_count < _COVER_WORDS and page.find_any(wording.report.titles) is not None


def _is_its_own_cover(pages: Sequence[FoldedPage], index: int, wording: Wording) -> bool:
    """Whether a title page is the summary's alone, with its text behind it."""
    if phrases.find_any((*_WHOLE, *_OVERVIEW, "and executive summary"), pages[index].folded):
        return False
    following = pages[index + 1] if index + 1 < len(pages) else None
    return following is not None and following.word_count > _COVER_WORDS and not is_contents(following, wording)


def place(letter: Letter, plan: ActionPlan | None, pages: Sequence[FoldedPage], wording: Wording) -> Place:
    """Where the letter stands: in the tail, in front of the report, or with the report going on after it."""
    plan_pages = set(plan.pages) if plan else set()
    others = [
        p for p in pages if p.number not in letter.pages and p.number not in plan_pages and p.word_count >= _FEW_WORDS
    ]
    before = [page for page in others if page.number < letter.first]
    after = [page for page in others if page.number > letter.last]
    words_before = sum(page.word_count for page in before)
    words_after = sum(page.word_count for page in after)
    if not after:
        return Place.TAIL if before or plan_pages else Place.UNCLEAR
    own_text = body_headings(after, wording) & _CORE
    retitled = any(title([page], wording) and page.word_count < 120 for page in after)
    if words_after > 2 * words_before and (len(own_text) >= 2 or retitled):
        return Place.FRONT
    if any(page.heading_of(wording.report.executive_summary) for page in after):
        return Place.UNCLEAR  # the report may end here and its summary follow
    if all(_in_annexes(after, page, wording) for page in after) and words_before > 0:
        return Place.TAIL
    if len(own_text) >= 3:
        return Place.MIDDLE
    return Place.TAIL if not own_text and words_before > words_after else Place.UNCLEAR


def _in_annexes(after: Sequence[FoldedPage], page: FoldedPage, wording: Wording) -> bool:
    """Whether an annex title stands on the page or on one before it, behind the letter."""
    return any(annex_title(earlier, wording) for earlier in after if earlier.number <= page.number)


def other_language(pages: Sequence[FoldedPage], wording: Wording) -> bool:
    """Whether the text is mostly Welsh: more of its everyday words than of English ones, and many different ones."""
    words = Counter(word for page in pages[:_SAMPLE_PAGES] for word in page.folded.split())
    english = sum(words[word] for word in wording.language.english)
    welsh = sum(words[word] for word in wording.language.welsh)
    return welsh > english and sum(1 for word in wording.language.welsh if words[word]) >= _DISTINCT_WELSH
