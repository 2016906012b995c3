"""A letter or plan is this review's by what it says of itself, not by a name that stands somewhere."""

from __future__ import annotations

import pytest

from intake.judging.facts import Match
from intake.judging.parts.claims import Report, all_in, compare_names, is_named, of_letter, of_plan
from intake.judging.phrases import fold
from intake.model import CaseIdentity

CSP = "Harrow, Penbury and Stoke Dale Community Safety Partnership"
OTHER = "Pennick and Dunmere Community Safety Partnership"
BODY = (
    "The review was told of Adult A, the perpetrator, of Kirsten, a health visitor, and of the review of Sally by "
    f"{OTHER}. " + "Ruth was seen by her doctor. " * 6
)


def report(case: str | None = "Ruth", csp: str | None = CSP, body: str = BODY) -> Report:
    claim = CaseIdentity(csp, case)
    title = fold(f"{csp or ''} overview report {case or ''}")
    return Report(claim, claim, title, title, f"{title} {fold(body)}")


@pytest.mark.parametrize(
    ("one", "other", "match"),
    [
        ("Ruth", "Ruth", Match.SAME),
        ("Dianna", "Diana", Match.SAME),
        ("Sian", "Siân", Match.SAME),
        ("Ruth Ashby", "Ruth", Match.SAME),
        ("Mary", "Mark", Match.DIFFERENT),
        ("DHR 12", "DHR 12", Match.SAME),
        ("DHR 012", "DHR 12", Match.SAME),
        ("OHR 12", "DHR 12", Match.SAME),
        ("DHR 12", "DHR 21", Match.DIFFERENT),
        ("DHR 2022/07", "DHR 2022/08", Match.DIFFERENT),
        ("Adult A", "Adult F", Match.DIFFERENT),
        ("Adult F", "DHR 12", Match.UNCLEAR),
        ("Adult F", "Ruth", Match.UNCLEAR),
        ("Ruth and Beth", "Beth and Ruth", Match.SAME),
        ("Ruth", "Ruth and Beth", Match.UNCLEAR),
        ("Carl", "Ruth and Beth", Match.DIFFERENT),
    ],
)
def test_cases_are_held_name_against_name(one: str, other: str, match: Match) -> None:
    assert compare_names(one, other) is match
    assert compare_names(other, one) is match


@pytest.mark.parametrize(
    ("csp", "case", "match"),
    [
        (CSP, "Ruth", Match.SAME),
        (CSP, None, Match.SAME),
        ("Harrow Community Safety Partnership", "Ruth", Match.SAME),
        (CSP, "Kirsten", Match.UNCLEAR),
        (CSP, "Adult A", Match.UNCLEAR),
        (CSP, "Nobody", Match.UNCLEAR),
        ("North Harrow Community Safety Partnership", "Ruth", Match.UNCLEAR),
        ("Stoke Dale Community Safety Partnership", "Ruth", Match.UNCLEAR),
        (OTHER, "Sally", Match.UNCLEAR),
        ("Quarrendon Community Safety Partnership", "Ruth", Match.DIFFERENT),
    ],
)
def test_a_name_in_the_body_never_makes_a_letter_this_reviews(csp: str, case: str | None, match: Match) -> None:
    assert of_letter(CaseIdentity(csp, case), fold(csp), report()) is match


def test_a_letter_that_names_no_partnership_is_known_by_its_place() -> None:
    assert of_letter(CaseIdentity(None, "Ruth"), "penbury town hall", report()) is Match.SAME
    assert of_letter(CaseIdentity(None, "Kirsten"), "penbury town hall", report()) is Match.UNCLEAR
    assert of_letter(CaseIdentity(None, None), "some town hall", report()) is Match.UNCLEAR


@pytest.mark.parametrize(("place", "match"), [("Holme", Match.SAME), ("Holt", Match.UNCLEAR)])
def test_a_short_word_is_no_place_and_no_misread_one(place: str, match: Match) -> None:
    """Four letters stand in many an address; five are a name."""
    csp = f"{place} and Stoke Community Safety Partnership"
    assert of_letter(CaseIdentity(None, None), fold(f"{place} House, Castle Street"), report(csp=csp)) is match


def test_a_report_without_a_name_on_its_title_page_is_known_by_whom_it_tells_of() -> None:
    assert of_letter(CaseIdentity(CSP, "Ruth"), "", report(case=None)) is Match.SAME
    assert of_letter(CaseIdentity(CSP, "Kirsten"), "", report(case=None)) is Match.UNCLEAR
    for times, match in ((4, Match.UNCLEAR), (5, Match.SAME)):
        assert of_letter(CaseIdentity(CSP, "Ruth"), "", report(case=None, body="Ruth " * times)) is match


def test_a_plan_is_the_reports_own_unless_its_heading_says_otherwise() -> None:
    assert of_plan(CaseIdentity(None, None), report()) is Match.SAME
    assert of_plan(CaseIdentity(CSP, "Ruth"), report()) is Match.SAME
    assert of_plan(CaseIdentity(OTHER, "Sally"), report()) is Match.UNCLEAR
    assert of_plan(CaseIdentity(None, "Sally"), report()) is Match.UNCLEAR
    assert of_plan(CaseIdentity("Quarrendon Community Safety Partnership", None), report()) is Match.DIFFERENT


@pytest.mark.parametrize(("times", "match"), [(5, Match.SAME), (4, Match.UNCLEAR)])
def test_somebody_named_a_few_times_is_not_who_the_report_is_about(times: int, match: Match) -> None:
    text = report(case=None, body="Olive was seen by her doctor. " * times)
    assert of_letter(CaseIdentity(CSP, "Olive"), fold(CSP), text) is match


@pytest.mark.parametrize(
    ("word", "named"), [("alexandriaxx", True), ("alexandriaxxx", False), ("alexandria", True), ("andria", False)]
)
def test_a_name_with_two_letters_more_is_misspelt_with_three_it_is_another(word: str, named: bool) -> None:
    assert is_named("Alexandria", f"the death of {word}") is named


@pytest.mark.parametrize(("place", "match"), [("Leeds", Match.SAME), ("Bath", Match.UNCLEAR)])
def test_a_short_word_in_a_letter_is_no_place(place: str, match: Match) -> None:
    csp = f"{place} and Wotton Community Safety Partnership"
    assert of_letter(CaseIdentity(None, None), f"to {place.lower()} council", report(csp=csp)) is match


def test_a_word_of_four_letters_is_not_taken_for_one_like_it() -> None:
    assert all_in(("deal",), "in deals")
    assert not all_in(("marsh",), "in mars")
