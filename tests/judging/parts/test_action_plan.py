"""The action plan is a table of its own, not a sentence, a heading, a list or the feedback letter."""

from __future__ import annotations

import pytest

from intake.judging.facts import ActionPlan, Mention
from intake.model import Certainty
from tests.records import PLAN_PAGE, a_document, a_dossier, letter_pages, report_pages

HEADINGS = (
    "Action Plan\nRecommendation\nAction\nLead\nTimescale\n1. One\nDo it\nPolice\nMay 2024\nCompleted",
    (
        "Appendix 3: DHR Action Plan\nNo\nRecommendation\nKey Actions\nResponsible Agency\nBy When\nRAG\n"
        "1\nTraining\nHealth\n05/2024\nGreen"
    ),
    (
        "MULTI-AGENCY ACTION PLAN\nRecommendation Scope Action to take Lead agency Key milestones Target date "
        "Completion date and outcome\n1 Train all staff Local Course Council Started June 2024 Ongoing"
    ),
    (
        "Multi-agency action plan: Northmere\nWhat do we want to achieve? How will we do it? Who is responsible? "
        "By when? Outcome\n1. Safer housing\nReview the form\nHousing May 2024 Completed"
    ),
)


@pytest.mark.parametrize("page", [PLAN_PAGE, *HEADINGS])
def test_a_table_of_actions_is_found_whatever_its_headings(page: str) -> None:
    plan = a_dossier(a_document([*report_pages(), page])).report_parts.plan  # type: ignore[union-attr]
    assert plan is not None
    assert (plan.first, plan.certainty) == (len(report_pages()) + 1, Certainty.CERTAIN)


def test_the_feedback_letter_is_not_taken_for_the_plan() -> None:
    parts = a_dossier(a_document([*report_pages(), *letter_pages()])).report_parts
    assert parts is not None
    assert parts.letter is not None
    assert parts.plan is None


def test_a_sentence_that_lists_the_headings_is_no_plan() -> None:
    prose = (
        "The action plan sets out each recommendation, the action to take, the lead agency, "
        "milestones, target date and outcome."
    )
    assert a_dossier(a_document([*report_pages(), prose])).report_parts.plan is None  # type: ignore[union-attr]


def test_a_plan_set_out_in_labels_is_found() -> None:
    page = (
        "Action Plan\nRecommendation 1: Training\nAction: design a course\nLead agency: Council\n"
        "Target date: May 2024\nProgress: started\n"
    )
    assert a_dossier(a_document([*report_pages(), page])).report_parts.plan is not None  # type: ignore[union-attr]


LABELS = (
    "Recommendation %d %s\nScope Local\nActions Review the pathway\nLead agency Police\nMilestones Audit tool agreed\n"
    "Target date 12 May 2024\nCompletion date and outcome Completed: policy in place\n"
)
BELOW = "Recommendation\nTrain staff\nActions\nHold events\nLead agency\nPolice\nTarget date\nMay 2024\nOutcome\nDone\n"
NARROW = (
    "R\nef\nRecommendation Action Owner Timescal\ne\nProgress / update RAG\n1 Train staff\nHold events\nAcute\n"
    "Hospital\n10 April\n2024\nComplete Red\n"
)


@pytest.mark.parametrize(
    "page",
    [
        "Action Plan\n" + LABELS % (1, "Train staff") + LABELS % (2, "Audit records"),
        "Action Plan\n" + 2 * BELOW,
        "Appendix 1\nAction Plan\n" + NARROW,
        "An n e x 1 Mu lt i-Ag e n c y Ac t i o n Pl A n\n" + NARROW,
    ],
    ids=["labels before values", "labels above values", "words cut by a narrow column", "a title in small capitals"],
)
def test_a_plan_is_found_in_any_layout(page: str) -> None:
    plan = a_dossier(a_document([*report_pages(), page])).report_parts.plan  # type: ignore[union-attr]
    assert plan is not None
    assert (plan.certainty, plan.blank) == (Certainty.CERTAIN, False)


def test_labels_that_do_not_come_again_are_no_plan() -> None:
    prose = "Actions Taken by the police were timely.\nLead agencies met.\nTarget Hardening was done.\nOutcome Good.\n"
    assert a_dossier(a_document([*report_pages(), prose])).report_parts.plan is None  # type: ignore[union-attr]


def test_a_plan_that_holds_nothing_but_its_recommendations_is_blank() -> None:
    headings = "Appendix A Action Plan\nRecommendation Scope Action to take\nLead Agency\nKey milestones\nTarget Date\n"
    rows = "\n".join(f"The partnership should train the staff of agency {letter}." for letter in "ABCDEFGH")
    plan = a_dossier(a_document([*report_pages(), headings + rows])).report_parts.plan  # type: ignore[union-attr]
    assert plan is not None
    assert plan.blank


def test_the_plan_of_an_earlier_review_is_not_certain() -> None:
    page = "Appendix A: Action Plan of the partnership's first review, included for reference\n" + PLAN_PAGE
    plan = a_dossier(a_document([*report_pages(), page])).report_parts.plan  # type: ignore[union-attr]
    assert plan is None or plan.certainty is Certainty.POSSIBLE


def test_an_earlier_reviews_plan_goes_on_over_the_page() -> None:
    first = (
        "Appendix C: Action Plan\nThe action plan of the earlier review, for reference\n" + PLAN_PAGE.partition("\n")[2]
    )
    plan = a_dossier(a_document([*report_pages(), first, PLAN_PAGE.partition("delivered.\n")[2]])).report_parts.plan  # type: ignore[union-attr]
    assert plan is not None
    assert plan.certainty is Certainty.POSSIBLE


def test_recommendations_under_the_plans_title_are_only_recommendations() -> None:
    page = (
        "Appendix B\nAction Plan\nRecommendations\n1. Agencies should train staff\n2. Agencies "
        "should share information\n3. The pathway should be clear\n"
    )
    parts = a_dossier(a_document([*report_pages(), page])).report_parts
    assert parts is not None
    assert parts.plan is None
    assert parts.recommendations is not None


def test_the_reports_own_recommendations_are_not_held_against_it() -> None:
    page = "7. Recommendations\n1. Agencies should train staff\n2. Agencies should share information\n"
    assert a_dossier(a_document([*report_pages(), page])).report_parts.recommendations is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("pages", "how"),
    [
        (["Contents\nIntroduction ....... 3\nAnnex B Action Plan ....... 60\nGlossary ....... 70"], Mention.CONTENTS),
        (["The action plan will be monitored by the partnership every quarter."], Mention.PROSE),
        (["Appendix B\nAction Plan"], Mention.TITLE_PAGE),
    ],
)
def test_how_a_missing_plan_is_spoken_of(pages: list[str], how: Mention) -> None:
    parts = a_dossier(a_document([*report_pages(), *pages])).report_parts
    assert parts is not None
    assert parts.plan is None
    assert parts.plan_mention[0] is how


def test_a_plan_whose_table_is_empty_is_blank() -> None:
    blank = "Action Plan\nRecommendation\nAction to take\nLead agency\nTarget date\nDate of completion and outcome\n"
    plan = a_dossier(a_document([*report_pages(), blank])).report_parts.plan  # type: ignore[union-attr]
    assert plan is not None
    assert plan.blank


def test_updates_and_the_live_note_are_read_from_the_plan_and_not_from_the_letter() -> None:
    bare = (
        "Action Plan\nRecommendation\nAction\nLead\nTimescale\nOne\nTrain staff in the front office\n"
        "Police\nNext year\nTwo\nShare information\nHealth\nNext year\n"
    )
    plan = a_dossier(a_document([*report_pages(), bare, *letter_pages()])).report_parts.plan  # type: ignore[union-attr]
    assert plan is not None
    assert (plan.updates, plan.live_note) == (None, None)
    full = a_dossier(a_document([*report_pages(), PLAN_PAGE])).report_parts.plan  # type: ignore[union-attr]
    assert full is not None
    assert full.updates is not None
    assert full.live_note is not None


@pytest.mark.parametrize(
    "note",
    [
        "This plan is a live document: it will change as actions are completed and outcomes delivered.",
        "Progress, completion and outcomes are reported to the board each quarter, and the owner updates the status.",
    ],
)
def test_a_sentence_right_above_the_table_does_not_hide_it(note: str) -> None:
    rows = "Recommendation\nScope\nAction\nLead agency\nTarget date\n1. Training\nLocal\nCourse\nPolice\nMay 2024"
    plan = a_dossier(a_document([*report_pages(), f"Annex A\nAction Plan\n{note}\n{rows}"])).report_parts.plan  # type: ignore[union-attr]
    assert plan is not None
    assert plan.certainty is Certainty.CERTAIN
    assert plan.evidence[0].text.startswith("Recommendation")
    assert plan.updates is None  # what the sentence says is done nowhere in the rows


def test_the_headings_of_an_empty_column_show_no_progress() -> None:
    page = (
        "Action Plan\nRecommendation\nAction to take\nLead agency\nKey milestones achieved in enacting recommendation\n"
        "Target date\n1. Training\nDesign the course\nPolice\nMay 2024"
    )
    plan = a_dossier(a_document([*report_pages(), page])).report_parts.plan  # type: ignore[union-attr]
    assert plan is not None
    assert plan.updates is None


def test_a_strategys_plan_may_be_another_plan() -> None:
    page = PLAN_PAGE.replace("Action Plan", "Violence Against Women Strategy: Action Plan")
    plan = a_dossier(a_document([*report_pages(), page])).report_parts.plan  # type: ignore[union-attr]
    assert plan is not None
    assert plan.certainty is Certainty.POSSIBLE


def test_the_end_of_a_sentence_is_no_heading_of_a_plan() -> None:
    page = (
        "10. Panel\n10.1 The recommendations will be taken forward by an\naction plan that the partnership oversees.\n"
        "10.2 The panel met.\n10.3 It met again."
    )
    assert a_dossier(a_document([*report_pages(), page])).report_parts.recommendations is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "page",
    [
        "DHR action tracker\nRef Recommendation Action Owner Due RAG Progress update\n1 Train staff Police Green",
        "Northmere Community Safety Partnership - DHR action tracker\nRef Action Owner Due RAG\n1 Course Police Green",
        "Appendix 2: SMART Plan\nSpecific Measurable Achievable Relevant Time-bound Lead Progress\n1 Train Count Yes",
        "Learning and Improvement Delivery Plan\nLearning Activity Responsible officer Deadline Position statement",
    ],
)
def test_trackers_and_other_plans_are_found(page: str) -> None:
    plan = a_dossier(a_document([*report_pages(), page])).report_parts.plan  # type: ignore[union-attr]
    assert plan is not None
    assert plan.certainty is Certainty.CERTAIN


def test_a_working_table_without_a_title_is_looked_at_by_a_person() -> None:
    page = "How we put it into practice\nActivity\nOwner\nDeadline\nTraining\nPolice\nMay 2024"
    plan = a_dossier(a_document([*report_pages(), page])).report_parts.plan  # type: ignore[union-attr]
    assert plan is not None
    assert plan.certainty is Certainty.POSSIBLE


def test_a_partnerships_own_name_makes_no_strategy_of_its_plan() -> None:
    page = PLAN_PAGE.replace("Appendix B", "Northmere Strategic Partnership\nAppendix B")
    plan = a_dossier(a_document([*report_pages(), page])).report_parts.plan  # type: ignore[union-attr]
    assert plan is not None
    assert plan.certainty is Certainty.CERTAIN


def _plan(*pages: str) -> ActionPlan:
    parts = a_dossier(a_document([*report_pages(), *pages])).report_parts
    assert parts is not None
    assert parts.plan is not None
    return parts.plan


SHORT = "Action Plan\nRecommendation\nAction to take\nLead agency\nTarget date\nStatus\n"


@pytest.mark.parametrize(("said", "shown"), [("ongoing, embedded and closed", True), ("ongoing and embedded", False)])
def test_words_for_what_was_done_count_together_where_they_are_in_small_letters(said: str, shown: bool) -> None:
    assert (_plan(f"{SHORT}1. Training\nThe work that is {said}\nPolice\nMay 2024\n").updates is not None) is shown


FORM = (
    "Action Plan\nRecommendation\nAction to take\nLead agency\nTarget date\nDate of completion and outcome\n"
    "What is the recommendation?\nWhat actions need to occur?\nWho is responsible?\nWhen should it be completed by?\n"
    "When is it actually completed?\n"
)


@pytest.mark.parametrize(("row", "blank"), [("", True), ("1. Training\nA course\nHousing\nMay 2024\nCompleted", False)])
def test_a_forms_own_questions_fill_no_plan(row: str, blank: bool) -> None:
    assert _plan(FORM + row).blank is blank


@pytest.mark.parametrize(
    ("cells", "unsettled"),
    [
        ("TBC\nTBC", True),
        ("TBC\nMay 2024", False),
        ("To be agreed\nto be confirmed", True),
        ("the Board\nMay 2024", False),
    ],
)
def test_a_plan_with_open_cells_is_unsettled(cells: str, unsettled: bool) -> None:
    assert _plan(f"{SHORT}1. Training\nA course\nMay 2024\n2. A form\nNew form\n{cells}").unsettled is unsettled


@pytest.mark.parametrize(("words", "blank"), [(11, True), (12, False)])
def test_a_plan_with_less_than_a_row_is_blank(words: int, blank: bool) -> None:
    assert _plan(f"{SHORT}May 2024 {'word ' * (words - 2)}").blank is blank


@pytest.mark.parametrize(("rows", "listed"), [(1, False), (2, True)])
def test_two_numbered_lines_are_a_list(rows: int, listed: bool) -> None:
    page = "Appendix B\nAction Plan\n" + "".join(f"{row}. Agencies should train staff\n" for row in range(rows))
    parts = a_dossier(a_document([*report_pages(), page])).report_parts
    assert parts is not None
    assert (parts.recommendations is not None) is listed


@pytest.mark.parametrize(("dates", "listed"), [(1, True), (2, False)])
def test_a_list_beside_whose_lines_dates_stand_may_be_a_plan(dates: int, listed: bool) -> None:
    page = "Appendix B\nAction Plan\n1. Train staff\n2. Share information\n" + "May 2024\n" * dates
    parts = a_dossier(a_document([*report_pages(), page])).report_parts
    assert parts is not None
    assert (parts.recommendations is not None) is listed


ROW = "Recommendation Action to take Lead agency Target date Status\n1. Training Course Police May 2024 Ongoing\n"


@pytest.mark.parametrize(
    ("above", "case"),
    [
        ("Recommendation plan for the review into the death of 'Zoe'\n" + ROW, "Zoe"),
        ("Recommendation Action\nto take Lead agency Target date Status\nReview of the death of 'Zoe'\nMay 2024", None),
        ("A note\n" * 6 + "Review of the death of 'Zoe'\n" + ROW, "Zoe"),
        ("A note\n" * 7 + "Review of the death of 'Zoe'\n" + ROW, None),
    ],
)
def test_whose_plan_it_is_stands_in_the_eight_lines_above_its_row_of_headings(above: str, case: str | None) -> None:
    assert _plan(f"Action Plan\n{above}").identity.case == case


@pytest.mark.parametrize(
    ("text", "goes_on"),
    [
        ("By May 2024 it was completed and embedded.", True),
        ("By May 2024 it was completed.", False),
        ("It was completed, embedded and closed.", False),
    ],
)
def test_a_page_with_dates_and_what_was_done_is_the_plans_next(text: str, goes_on: bool) -> None:
    plan = _plan(PLAN_PAGE, text)
    assert (plan.last > plan.first) is goes_on
