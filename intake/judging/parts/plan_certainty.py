"""How certain it is that a table is this report's action plan: its columns, its title, and what speaks against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from intake.judging import phrases
from intake.judging.parts.pages import FoldedPage, annex_title, is_contents
from intake.judging.parts.tables import DOING, MANY_COLUMNS, NEARLY_ALL_COLUMNS, TRACKING, Headings
from intake.judging.parts.weighing import Clue, Level, Reserve, Scale
from intake.judging.wording import Wording
from intake.model import Certainty

_TITLE_LINES = 3  # an annex's label, the partnership and the title itself
_TITLE_WORDS = 14  # a longer line is a sentence: "… a live document. It was last reviewed by …"
_MOST_OF_A_PLAN = 5  # columns: recommendation, action, lead, target date and what came of it
TITLE_PAGE_WORDS = 120  # a divider with a note on how the plan is kept up
_TITLE_BEFORE = 2  # pages: the divider, and a note on how to read the plan behind it
_RECOMMENDATION = "recommendation"
_CLOSING = frozenset({"conclusions", "conclusion"})  # a report ends with them; its annexes come after
_TABLE = "Recommendation\nAction to take\nLead agency\nTarget date\n1. Training\nA course\nHousing\nMay 2030"
_SHORT_TABLE = _TABLE.replace("Lead agency\n", "").replace("Housing\n", "")
_LONG_TABLE = _TABLE.replace("Target date\n", "Target date\nOutcome\n")

PLAN: Scale[Certainty | None] = Scale(
    name="plan",
    clues=(
        Clue(
            "doing-and-tracking",
            2,
            "One column says what must be done or by whom, another by when or how far it has come: a plan has both.",
            fires=(_SHORT_TABLE,),
            quiet=("Recommendation\nScope\nEvidence\n1. Training\nLocal\nThe course's papers",),
        ),
        Clue(
            "titled",
            3,
            "It is headed as a plan, on its page or one of the two before it.",
            fires=("Appendix B\nAction Plan", _TABLE),
            quiet=("The action plan is kept by the partnership.", _TABLE),
        ),
        Clue(
            "recommendations-followed-up",
            2,
            "Five of a plan's columns, recommendations and dates among them, in an annex or under the heading of the "
            "recommendations: the plan by another title. An earlier review's stands in the report's own text.",
            fires=("Appendix C\nActions by agency", _LONG_TABLE),
            quiet=("Appendix C\nActions by agency", _TABLE),
        ),
        Clue(
            "nearly-all-columns",
            3,
            "Six columns of the Home Office's form and no other table has them, whatever it is called.",
            fires=(f"Scope\nMilestones\n{_TABLE}",),
            quiet=(_TABLE,),
        ),
        Clue(
            "many-columns-or-dates",
            1,
            "Four columns, or dates in its rows: a record of what agencies did may have them as well.",
            fires=(_TABLE,),
            quiet=(_SHORT_TABLE.replace("May 2030", "Soon"),),
        ),
    ),
    levels=(
        Level(
            answer=Certainty.CERTAIN,
            least=5,
            nearest=3,
            why=(
                "A plan's columns and its title, or nearly all of its columns. Three is an untitled table of four, "
                "which a chapter on what agencies did may hold, or a title over a table that says nothing of when."
            ),
            needs=frozenset({"doing-and-tracking"}),
        ),
        Level(
            answer=Certainty.POSSIBLE,
            least=3,
            nearest=2,
            why="A title over some table, or four of a plan's columns; three columns stand in agencies' own records.",
        ),
    ),
    otherwise=None,
    reserves=(
        Reserve(
            "another-plan",
            "Its title is that of a strategy's plan, of an earlier review's, or of another that is not this review's.",
            fires=("Community Safety Plan: Action Plan", _TABLE),
            quiet=("Safer Northmere Strategy Group\nAction Plan", _TABLE),
        ),
        Reserve(
            "within-the-text",
            "The report's conclusions come behind it, and it is in no annex: progress since an earlier review.",
            fires=("5. Background", f"Action Plan\n{_TABLE}", "6. Conclusions\nThe Panel found much."),
            quiet=("Appendix A", f"Action Plan\n{_TABLE}", "6. Conclusions\nThe Panel found much."),
        ),
    ),
)


def certainty(
    pages: Sequence[FoldedPage], index: int, headings: Headings, others: set[int], wording: Wording
) -> Certainty | None:
    """How certain the table on page `index` is the plan; `others` are tables of other plans."""
    return PLAN.answer(clues(pages, index, headings, others, wording))


def clues(
    pages: Sequence[FoldedPage], index: int, headings: Headings, others: set[int], wording: Wording
) -> Mapping[str, int]:
    """What says that the table is the plan, by the clues' ids."""
    columns = headings.columns
    titled = index in others or any(
        page.heading_of(wording.action_plan.titles)
        for page in pages[max(0, index - _TITLE_BEFORE) : index + 1]
        if not is_contents(page, wording)
    )
    works = bool(columns & DOING) and bool(columns & TRACKING)
    return {
        "doing-and-tracking": int(works),
        "titled": int(titled),
        "recommendations-followed-up": int(
            works
            and _RECOMMENDATION in columns
            and len(columns) >= _MOST_OF_A_PLAN
            and pages[index].dates > 0
            and _where_a_plan_stands(pages, index, wording)
        ),
        "nearly-all-columns": int(works and len(columns) >= NEARLY_ALL_COLUMNS),
        "many-columns-or-dates": int(works and (len(columns) >= MANY_COLUMNS or pages[index].dates > 0)),
        "another-plan": int(index in others),
        "within-the-text": int(_within_the_text(pages, index, wording)),
    }


def _where_a_plan_stands(pages: Sequence[FoldedPage], index: int, wording: Wording) -> bool:
    """Whether a table stands under the recommendations' heading, or in an annex: its title may be pages before."""
    heading = pages[index].heading_of(wording.action_plan.recommendations)
    columns = wording.action_plan.columns.values()
    if heading is not None and heading not in {phrases.fold(label) for labels in columns for label in labels}:
        return True
    return _in_an_annex(pages, index, wording)


def _in_an_annex(pages: Sequence[FoldedPage], index: int, wording: Wording) -> bool:
    return any(annex_title(page, wording) for page in pages[: index + 1] if not is_contents(page, wording))


def of_others(pages: Sequence[FoldedPage], tables: Sequence[int], wording: Wording) -> set[int]:
    """Which tables are another plan's: by the title on their page or before it, or as that table's next page."""
    found: set[int] = set()
    for index in tables:
        title_page = pages[index - 1 : index] if index and pages[index - 1].word_count < TITLE_PAGE_WORDS else ()
        goes_on = index - 1 in found and not pages[index].heading_of(wording.action_plan.titles)
        if goes_on or any(_another_plan(page, wording) for page in (*title_page, pages[index])):
            found.add(index)
    return found


def _another_plan(page: FoldedPage, wording: Wording) -> bool:
    """Whether the page's title is that of a strategy's plan, or another that is not this review's."""
    titles = [
        f" {line} "
        for line in page.top[:_TITLE_LINES]
        if "plan" in line and len(line.split()) <= _TITLE_WORDS  # not the partnership's own name
    ]
    return any(f" {name} " in line for line in titles for name in wording.action_plan.other_plans)


def _within_the_text(pages: Sequence[FoldedPage], index: int, wording: Wording) -> bool:
    """Whether the report's conclusions come behind a table, and it is in no annex."""
    if _in_an_annex(pages, index, wording):
        return False
    for page in pages[index + 1 :]:
        if annex_title(page, wording) or page.heading_of(wording.report.executive_summary):
            return False
        if not is_contents(page, wording) and set(page.headings) & _CLOSING:
            return True
    return False
