"""Another's plan is not this report's, a table within a chapter is none, and a wide one is one over many pages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.judging.checks import examine_all
from intake.judging.facts import ActionPlan, Match
from intake.model import Certainty, Document, Status
from tests.records import a_document, a_dossier, letter_pages, policy, report_pages

TABLE = (
    "Recommendation Scope of recommendation Action to take Lead agency Key milestones Target date "
    "Date of completion and outcome\n1. Train all staff Local Training Council June 2023 Completed June 2023\n"
    "2. Review the form Local Form Police May 2023 Completed May 2023"
)
BODY = report_pages()  # Northmere's on Anna; its last chapter is the conclusions
STRIPS = (
    "Recommendation Scope of recommendation Action to take\n1. Train all staff Local Design a course",
    "Lead agency Key milestones achieved\nCouncil Course held",
    "Target date Date of completion and outcome\nJune 2023 Completed June 2023",
)


def plan_of(document: Document) -> ActionPlan | None:
    parts = a_dossier(document).report_parts
    assert parts is not None
    return parts.plan


@pytest.mark.parametrize(
    ("heading", "match"),
    [
        ("Annex A: Action plan", Match.SAME),
        ("Annex A: Action plan\nNorthmere Community Safety Partnership: review into the death of Anna", Match.SAME),
        ("Annex A: Action plan\nDHR ‘Anna’ – the ‘Think Family’ programme", Match.SAME),
        ("Annex A: Action plan\nThe ‘Think Family’ programme", Match.SAME),
        ("Annex A: Action plan\nDunmere Community Safety Partnership", Match.DIFFERENT),
        ("Annex A: Action plan\nDomestic Homicide Review into the death of ‘Sally’", Match.UNCLEAR),
    ],
)
def test_a_plan_is_whose_its_heading_says(heading: str, match: Match) -> None:
    dossier = a_dossier(a_document([*BODY, f"{heading}\n{TABLE}", *letter_pages()]))
    assert dossier.plan_match is match
    found = next(f for f in examine_all(dossier, policy()) if f.check == "action-plan-annex")
    if match is Match.SAME:
        assert found.status is Status.MET
    else:
        assert (found.status, found.fault) == (Status.UNSURE, "action-plan-case-unclear")


def test_a_table_before_the_conclusions_is_not_for_certain_the_plan() -> None:
    progress = f"Progress with the recommendations of the earlier review\n{TABLE}"
    within = plan_of(a_document([*BODY[:-1], progress, BODY[-1]]))
    assert within is not None
    assert within.certainty is Certainty.POSSIBLE
    behind = plan_of(a_document([*BODY, progress]))
    assert behind is not None
    assert behind.certainty is Certainty.CERTAIN


def test_of_two_tables_the_one_behind_the_report_is_the_plan() -> None:
    found = plan_of(a_document([*BODY[:-1], f"Progress\n{TABLE}", BODY[-1], f"Annex A: Action plan\n{TABLE}"]))
    assert found is not None
    assert (found.first, found.certainty) == (len(BODY) + 2, Certainty.CERTAIN)


def test_a_plan_in_an_annex_before_another_parts_conclusions_is_the_plan() -> None:
    found = plan_of(
        a_document([*BODY, f"Annex A: Action plan\n{TABLE}", "Annex B: An agency's review", "Conclusions\nAll well."])
    )
    assert found is not None
    assert found.certainty is Certainty.CERTAIN


def wide(*strips: str, shape: tuple[float, float] = (842, 595), rows: int = 2) -> Document:
    """A report whose last pages are these strips of a table, each `rows` pages long."""
    more = ["2. Review the form Local May 2023 Completed"] * (rows - 1)
    document = a_document([*BODY, *(page for strip in strips for page in (strip, *more))])
    turned = tuple(
        replace(page, width=shape[0], height=shape[1]) if page.number > len(BODY) else page for page in document.pages
    )
    return replace(document, pages=turned)


@pytest.mark.parametrize("shape", [(842.0, 595.0), (595.0, 842.0)])
def test_a_table_printed_over_several_pages_wide_is_one(shape: tuple[float, float]) -> None:
    found = plan_of(wide(*STRIPS, shape=shape))
    assert found is not None
    assert (found.certainty, found.first, found.last) == (Certainty.CERTAIN, len(BODY) + 1, len(BODY) + 6)


def test_half_of_such_a_table_is_weak_evidence_and_a_row_of_two_headings_none() -> None:
    half = plan_of(wide(*STRIPS[:2], shape=(842, 595)))
    assert half is not None
    assert half.certainty is Certainty.POSSIBLE
    assert plan_of(wide("Recommendation Action to take\n1. Train all staff Design a course")) is None


@pytest.mark.parametrize(("words", "found"), [(54, True), (58, True), (59, False)])
def test_a_strip_begins_with_its_headings_or_a_short_note(words: int, found: bool) -> None:
    """Sixty words hold a title and a note; what stands further down is no row at the head of a page."""
    notes = "word " * (words // 2) + "\n" + "word " * (words - words // 2)
    strips = [f"{notes}\nLead Target date", "Recommendation Scope\n1. Train Local"]
    assert (plan_of(wide(*strips)) is not None) is found


def test_strips_far_apart_are_not_one_table() -> None:
    assert plan_of(wide(STRIPS[0], STRIPS[2], rows=13)) is None
    assert plan_of(wide(STRIPS[0], STRIPS[2], rows=12)) is not None


def test_a_page_without_a_line_breaks_nothing() -> None:
    document = a_document([*BODY, f"Annex A: Action plan\n{TABLE}"])
    blank = replace(document.pages[1], text="")
    assert plan_of(replace(document, pages=(document.pages[0], blank, *document.pages[2:]))) is not None
