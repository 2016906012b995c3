"""Whose review it is: names end where the line or the partnership's name begins, and headings are no names."""

from __future__ import annotations

import pytest

from intake.judging.parts.identity import of_letter, of_report, of_title

TITLE_PAGES = {
    "DOMESTIC HOMICIDE REVIEW\nInto the death of Olive\nLydford Forest Safer Communities Partnership": (
        "Lydford Forest Safer Communities Partnership",
        "Olive",
    ),
    "Northmere Community Safety Partnership\nOverview report\nBackground Information (The Facts)": (
        "Northmere Community Safety Partnership",
        None,
    ),
    "Overview report into the death of Carys\nSafer Eastmarsh Partnership": ("Safer Eastmarsh Partnership", "Carys"),
    "Safer Amble Bay Domestic Homicide Review\nDeath of 'Yvonne'": ("Safer Amble Bay", "Yvonne"),
    "Sallow Hill and\nDunmere Community Safety Partnership\nDHR 'Sofia'": (
        "Sallow Hill and Dunmere Community Safety Partnership",
        "Sofia",
    ),
    "DHR 'Priya'\nPanel\nOwain Pryce Service Manager Community Safety Partnership\nContributors to the Review": (
        None,
        "Priya",
    ),
    "Overview report into the death of Adult F\nSafer Kelham Partnership Board": (
        "Safer Kelham Partnership Board",
        "Adult F",
    ),
    "DHR 12\nYnys y Gwynt Community Safety Partnership": ("Ynys y Gwynt Community Safety Partnership", "DHR 12"),
    "Review of DHR 2022/07\nWealdham & Ostwick Community Safety Partnership": (
        "Wealdham & Ostwick Community Safety Partnership",
        "DHR 2022/07",
    ),
    "Domestic Homicide Review\nThe death of June\nHolmbeck Community Safety Partnership": (
        "Holmbeck Community Safety Partnership",
        "June",
    ),
    "Domestic Homicide Review (June 2021)\nHolmbeck Community Safety Partnership": (
        "Holmbeck Community Safety Partnership",
        None,
    ),
    "Report into the deaths of ‘Anna’ and ‘Beth’": (None, "Anna and Beth"),
    "Report into the deaths of Anna, Beth and Carl in March 2021": (None, "Anna and Beth and Carl"),
    "Statutory Guidance (December 2016)\nDHR 2021": (None, None),
    "Report into the death of Marian\nCommissioned by Calder and Wick Community Safety Partnership": (
        "Calder and Wick Community Safety Partnership",
        "Marian",
    ),
    "The death of Joan\nPrepared for the Stanbrook Community Safety Partnership": (
        "Stanbrook Community Safety Partnership",
        "Joan",
    ),
    "Draft Safer Kelham Partnership\nReport on the death of Derek": ("Safer Kelham Partnership", "Derek"),
}


@pytest.mark.parametrize(("page", "identity"), TITLE_PAGES.items())
def test_a_title_pages_names_end_where_others_begin(page: str, identity: tuple[str | None, str | None]) -> None:
    found = of_report(page)
    assert (found.csp, found.case) == identity


def test_of_the_pages_after_the_title_only_the_death_names_the_case() -> None:
    following = (
        "The Guidance (December 2016) applies. The chair ('Margaret') was appointed. The death of Ruth was reported."
    )
    assert of_report("Overview report", following).case == "Ruth"
    assert of_report("Overview report", "The chair ('Margaret') was appointed (Kirsten).").case is None


@pytest.mark.parametrize(
    ("said", "case"),
    [
        ("(Adult A)", "Adult A"),
        ("(June)", "June"),
        ("(May 2021)", None),
        ("(DHR 21)", "DHR 21"),
        ("(‘Anna’ and ‘Beth’)", "Anna and Beth"),
        ("(DHR)", None),
    ],
)
def test_a_letters_case_may_be_a_label_or_several_names(said: str, case: str | None) -> None:
    opening = (
        f"Dear Ms Adeyemi,\nThank you for submitting the report {said} for Kelham Community\nSafety Partnership to the"
    )
    assert of_letter(f"{opening} Home Office").case == case


def test_a_letter_may_name_a_partnership_by_another_kind_of_name() -> None:
    opening = (
        "Dear Tessa,\nThank you for submitting the Domestic Homicide Review (DHR) report for %s to\nthe Home Office"
    )
    assert of_letter(opening % "Stannerton Safe").csp == "Stannerton Safe"
    assert of_letter(opening % "Adult A").csp is None


@pytest.mark.parametrize(("before", "known"), [(600, True), (900, False)])
def test_a_letter_says_in_its_opening_whose_review_it_is_about(before: int, known: bool) -> None:
    text = f"Dear Ms Quill, {'it is so ' * (before // 9)} the report for Northmere Community Safety Partnership"
    assert (of_letter(text).csp is not None) is known


@pytest.mark.parametrize(
    "title",
    [
        "OFFICIAL\nPage 1\nOstler and Fenwick Community Safety\nPartnership\nDomestic Homicide Review",
        "Domestic Homicide Review | Iris\nOstler and Fenwick Community\nSafety Partnership\nOverview Report",
        "DHR Iris\nOstler and Fenwick\nCommunity Safety\nPartnership\nOverview Report",
    ],
)
def test_a_large_name_is_broken_over_lines_and_a_pages_head_is_none_of_it(title: str) -> None:
    assert of_title(title).csp == "Ostler and Fenwick Community Safety Partnership"


@pytest.mark.parametrize(
    "said",
    [
        "the death of Susan, which was submitted by Pellmoor Community Safety Partnership for quality assurance",
        "the death of Susan, which came to us in May from the Pellmoor Community Safety Partnership",
        "the death of Susan that you, as its chair, sent on behalf of Pellmoor Community Safety Partnership",
    ],
)
def test_what_stands_between_the_case_and_the_partnership_is_part_of_neither(said: str) -> None:
    found = of_letter(f"Dear Ms Farrant,\nThank you for sending the DHR report concerning {said}.")
    assert (found.csp, found.case) == ("Pellmoor Community Safety Partnership", "Susan")
