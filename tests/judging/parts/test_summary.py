"""An executive summary with a cover of its own is one; by itself it is no report."""

from __future__ import annotations

from tests.records import PROSE, a_document, a_dossier, letter_pages, report_pages

COVER = "EXECUTIVE SUMMARY\nDOMESTIC HOMICIDE REVIEW\ninto the death of ‘Anna’\nNorthmere Community Safety Partnership"
OWN_TITLE = "Northmere Community Safety Partnership\nDomestic Homicide Review\nOverview Report\nin respect of 'Anna'"
CHAPTERS = report_pages()[2:]


def test_a_summary_in_front_with_its_own_cover_is_found_and_the_report_is_known() -> None:
    pages = [COVER, PROSE * 5, PROSE * 5, OWN_TITLE, *CHAPTERS, *letter_pages()]
    dossier = a_dossier(a_document(pages))
    assert dossier.report_parts is not None
    assert dossier.report_parts.summary is not None
    assert dossier.report_parts.summary.page == 1


def test_a_cover_that_names_the_summary_among_other_parts_is_not_it() -> None:
    for title in (f"Overview Report and {COVER}", COVER.replace("EXECUTIVE", "REPORT AND EXECUTIVE")):
        parts = a_dossier(a_document([title, PROSE * 5, *CHAPTERS], "report final.pdf")).parts[0]
        assert parts.summary is None


def test_a_summary_as_a_file_of_its_own_is_no_second_report() -> None:
    summary = a_document([COVER, *(f"{n}. Chronology\n{PROSE * 5}" for n in range(9)), *CHAPTERS], "dhr report.pdf")
    report = a_document([*report_pages(), *letter_pages()])
    dossier = a_dossier(report, summary)
    assert dossier.report is report
    assert dossier.rivals == ()
