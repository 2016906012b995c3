"""Where in a report its feedback letter stands: after the report, in front of it, or with the report going on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intake.judging.facts import ActionPlan, Letter, Place
from intake.judging.parts.pages import FoldedPage, annex_title
from intake.judging.parts.report import body_headings, title
from intake.judging.parts.weighing import Clue, Level, Scale
from intake.judging.wording import Wording

_FEW_WORDS = 15  # a divider, or a page with only its number, says nothing of where the report is
_MOSTLY = 2  # times as many words behind the letter as before it: not even a long summary is so long
_TWO_CHAPTERS = 2  # an appendix may have one heading of a chapter's name
_TITLE_PAGE_WORDS = 120  # a title page with the names of its panel
# The headings that only the report's own text has; an appendix may be on lessons, on its panel, or on good practice.
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
# In the examples a page that begins with "Dear" is the letter's.
_TERMS = "Glossary\nRisk assessment: what is asked of everybody who says that they are afraid of somebody at home."
_BODY = (
    "1. Introduction\nThe Panel met on five days and considered what each agency knew and did at the time of the death."
)
_LETTER = "Dear Ms Quill,"

PLACE = Scale(
    name="place",
    clues=(
        Clue(
            "ends-the-file",
            3,
            "Nothing is behind the letter, and the report or its plan is before it.",
            fires=(_BODY, _LETTER),
            quiet=(_LETTER,),
        ),
        Clue(
            "annexes-follow",
            5,
            "Whatever is behind it stands under an annex's title; an annex may have headings of a chapter's name.",
            fires=(_BODY, _LETTER, f"Appendix B\n{_TERMS}"),
            quiet=(_BODY, _LETTER, _TERMS),
        ),
        Clue(
            "body-before",
            2,
            "More is before it than behind it, and what is behind it has no chapter of a report.",
            fires=(_BODY, _LETTER, _TERMS),
            quiet=(_BODY, _LETTER, _BODY.replace("Introduction", "Analysis")),
        ),
        Clue(
            "chapter-behind",
            -1,
            "One heading of a chapter's name may be an appendix's; three are the report going on.",
            fires=(_BODY, _LETTER, _BODY.replace("Introduction", "Analysis")),
            quiet=(_BODY, _LETTER, _BODY.replace("1. Introduction", "Lessons from elsewhere")),
            most=3,
        ),
        Clue(
            "summary-behind",
            -2,
            "The report may end here and its executive summary follow, which has chapters of its own: none counts.",
            fires=(_BODY, _LETTER, _BODY.replace("1. Introduction", "Executive Summary")),
            quiet=(_BODY, _LETTER, _BODY.replace("1. Introduction", "Reading list")),
        ),
        Clue(
            "report-behind",
            -10,
            "Most of the text is behind it, with a title page or two chapters: whatever else is there.",
            fires=(_LETTER, _BODY, _BODY.replace("Introduction", "Analysis")),
            quiet=(
                _BODY,
                _BODY.replace("Introduction", "Background"),
                _LETTER,
                _BODY,
                _BODY.replace("Introduction", "Analysis"),
            ),
        ),
    ),
    levels=(
        Level(
            answer=Place.TAIL,
            least=2,
            nearest=0,
            why="Annexes with chapters' names, or no chapter at all; a summary behind the letter takes that away.",
        ),
        Level(
            answer=Place.UNCLEAR,
            least=-2,
            nearest=-3,
            why="Two headings of a chapter's name may be an appendix's: a person looks. Three are the report's.",
        ),
        Level(
            answer=Place.MIDDLE,
            least=-4,
            nearest=-5,
            why="The report goes on; where most of it does, and be it under an annex's title, the letter is in front.",
        ),
    ),
    otherwise=Place.FRONT,
)


def place(letter: Letter, plan: ActionPlan | None, pages: Sequence[FoldedPage], wording: Wording) -> Place:
    """Where the letter stands."""
    return PLACE.answer(clues(letter.pages, plan.pages if plan else range(0), pages, wording))


def clues(letter: range, plan: range, pages: Sequence[FoldedPage], wording: Wording) -> Mapping[str, int]:
    """What says where the letter on these pages stands, and how often, by the clues' ids."""
    others = [
        page
        for page in pages
        if page.number not in letter and page.number not in plan and page.word_count >= _FEW_WORDS
    ]
    before = [page for page in others if page.number < letter.start]
    after = [page for page in others if page.number >= letter.stop]
    words_before, words_after = (sum(page.word_count for page in part) for part in (before, after))
    chapters = len(body_headings(after, wording) & _CORE)
    summary = any(page.heading_of(wording.report.executive_summary) for page in after)
    retitled = any(title([page], wording) and page.word_count < _TITLE_PAGE_WORDS for page in after)
    report = words_after > _MOSTLY * words_before and (chapters >= _TWO_CHAPTERS or retitled)
    annexes = bool(before) and all(_in_annexes(after, page, wording) for page in after)
    return {
        "ends-the-file": int(not after and bool(before or plan)),
        "annexes-follow": int(bool(after) and annexes and not summary),
        "body-before": int(words_before > words_after and not chapters),
        "chapter-behind": 0 if summary else chapters,
        "summary-behind": int(summary),
        "report-behind": int(report),
    }


def _in_annexes(after: Sequence[FoldedPage], page: FoldedPage, wording: Wording) -> bool:
    """Whether an annex title stands on the page or on one before it, behind the letter."""
    return any(annex_title(earlier, wording) for earlier in after if earlier.number <= page.number)
