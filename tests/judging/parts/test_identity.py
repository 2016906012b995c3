"""Whose review it is: names end where the line or the partnership's name begins, and headings are no names."""

from __future__ import annotations

import pytest

from intake.judging.parts.identity import of_letter, of_report

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
    "Draft Safer Kelham Partnership\nReport on the death of Derek": ("Safer Kelham Partnership", "Derek"),
}


@pytest.mark.parametrize(("page", "identity"), TITLE_PAGES.items())
def test_a_title_pages_names_end_where_others_begin(page: str, identity: tuple[str | None, str | None]) -> None:
    found = of_report(page)
    assert (found.csp, found.case) == identity


def test_a_letter_may_name_a_partnership_by_another_kind_of_name() -> None:
    opening = (
        "Dear Tessa,\nThank you for submitting the Domestic Homicide Review (DHR) report for %s to\nthe Home Office"
    )
    assert of_letter(opening % "Stannerton Safe").csp == "Stannerton Safe"
    assert of_letter(opening % "Adult A").csp is None
