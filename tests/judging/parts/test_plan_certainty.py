"""How certain a table is the plan, by its columns, its title and where it stands."""

from __future__ import annotations

import pytest

from intake.judging.parts import plan_certainty
from intake.judging.parts.pages import fold_pages
from intake.judging.parts.tables import table_headings
from intake.model import Certainty
from tests.records import PROSE, a_document, wording

WORDING = wording()
ROW = "\n1. Training\nA course\nHousing\nSoon"
THREE = "Recommendation\nAction to take\nTarget date" + ROW
FOUR = "Recommendation\nAction to take\nLead agency\nTarget date" + ROW
FIVE = "Recommendation\nScope\nAction to take\nLead agency\nTarget date" + ROW
SIX = "Recommendation\nScope\nAction to take\nLead agency\nTarget date\nStatus" + ROW
FOLLOWED = "Recommendation\nAction to take\nLead agency\nTarget date\nOutcome" + ROW.replace("Soon", "May 2030")
NOTE = "The plan below is live: it was last reviewed by the partnership, whose strategy group looks at it each spring."
IDLE = "Recommendation\nScope\nLead agency\nEvidence" + ROW
TITLE = "Action Plan"
OTHER = "Community Safety Plan: Action Plan"


@pytest.mark.parametrize(
    ("pages", "at", "score", "certainty"),
    [
        ([THREE], 0, 2, None),
        ([THREE.replace("Soon", "May 2030")], 0, 3, Certainty.POSSIBLE),
        ([FOUR], 0, 3, Certainty.POSSIBLE),
        ([FIVE], 0, 3, Certainty.POSSIBLE),
        (["Appendix C\nActions by agency", FOLLOWED], 1, 5, Certainty.CERTAIN),
        (["Appendix C\nActions by agency", FOLLOWED.replace("May 2030", "Soon")], 1, 3, Certainty.POSSIBLE),
        (["4. What agencies did", FOLLOWED], 1, 3, Certainty.POSSIBLE),
        (["Appendix C", f"{NOTE}\n{SIX}"], 1, 6, Certainty.CERTAIN),
        ([SIX], 0, 6, Certainty.CERTAIN),
        ([TITLE, THREE], 1, 5, Certainty.CERTAIN),
        ([TITLE, PROSE, THREE], 2, 5, Certainty.CERTAIN),
        ([TITLE, PROSE, PROSE, THREE], 3, 2, None),
        ([TITLE, FOUR], 1, 6, Certainty.CERTAIN),
        ([TITLE, SIX], 1, 9, Certainty.CERTAIN),
        ([TITLE, IDLE], 1, 3, Certainty.POSSIBLE),
        ([IDLE], 0, 0, None),
        ([OTHER, SIX], 1, 9, Certainty.POSSIBLE),
        ([OTHER + "\n" + "word " * 113, SIX], 1, 9, Certainty.POSSIBLE),
        (["A head\nAnother\nCommunity Safety Plan", SIX], 1, 9, Certainty.POSSIBLE),
        (["A head\nAnother\nA third\nCommunity Safety Plan", SIX], 1, 6, Certainty.CERTAIN),
        (["Community Safety Plan\n" + "word " * 116, SIX], 1, 9, Certainty.POSSIBLE),
        (["Community Safety Plan\n" + "word " * 117, SIX], 1, 6, Certainty.CERTAIN),
    ],
)
def test_how_certain_a_table_is_the_plan(pages: list[str], at: int, score: int, certainty: Certainty | None) -> None:
    folded = fold_pages(a_document(pages))
    found = table_headings(folded[at], WORDING)
    assert found is not None
    others = plan_certainty.of_others(folded, [at], WORDING)
    clues = plan_certainty.clues(folded, at, found, others, WORDING)
    assert (plan_certainty.PLAN.score(clues), plan_certainty.PLAN.answer(clues)) == (score, certainty)
