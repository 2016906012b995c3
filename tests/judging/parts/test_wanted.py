"""What decides is looked at; what would be missing is looked for by all means; a plain whole report costs nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.judging.checks import examine_all
from intake.judging.checks.catalogue import find_check
from intake.judging.facts import Dossier
from intake.judging.parts import pages_to_recognise
from intake.model import Document, Finding, Sight, Status, TextSource
from tests.records import PROSE, a_document, a_dossier, letter_pages, policy, report_pages

SEEN = Sight(drawn=0.0)
DRAWN = Sight(drawn=0.05)
UNDERLAID = Sight(drawn=0.2, underlaid=1.0)
PLAN = (
    "Annex A: Action plan\nRecommendation Scope of recommendation Action to take Lead agency Key milestones "
    "Target date Date of completion and outcome\n1. Train all staff Local Training Council June 2023 Completed"
)
BODY = report_pages()
WHOLE = [*BODY, PLAN, *letter_pages()]
ANNEXES = (len(BODY) + 1, len(BODY) + 2, len(BODY) + 3)


def with_sights(document: Document, sights: dict[int, Sight], otherwise: Sight | None = None) -> Document:
    """The document as it is after a look at these pages, or at all of them."""
    pages = tuple(replace(page, sight=sights.get(page.number, otherwise)) for page in document.pages)
    return replace(document, pages=pages)


def wanted(document: Document) -> tuple[int, ...]:
    return pages_to_recognise(a_dossier(document)).get(0, ())


def finding(dossier: Dossier, check: str) -> Finding:
    assert find_check(check)
    return next(found for found in examine_all(dossier, policy()) if found.check == check)


def test_of_a_complete_report_only_the_annexes_are_looked_at_once() -> None:
    document = a_document(WHOLE)
    assert sorted(wanted(document)) == list(ANNEXES)
    assert wanted(with_sights(document, dict.fromkeys(ANNEXES, SEEN))) == ()


def test_annexes_under_a_scan_are_recognised_before_they_count() -> None:
    document = with_sights(a_document(WHOLE), dict.fromkeys(ANNEXES, UNDERLAID))
    assert sorted(wanted(document)) == list(ANNEXES)


def test_before_a_part_is_missing_every_page_is_looked_at() -> None:
    document = a_document([*BODY, PLAN])
    document = with_sights(document, {len(BODY) + 1: SEEN})
    assert sorted(wanted(document)) == list(range(1, len(BODY) + 1))
    assert wanted(with_sights(document, {}, SEEN)) == ()


def test_a_page_that_shows_more_than_its_text_is_recognised_and_a_missing_part_is_unsure_until_then() -> None:
    document = with_sights(a_document([*BODY, PLAN, "DHR 12", "page 14"]), {len(BODY) + 2: DRAWN}, SEEN)
    assert wanted(document) == (len(BODY) + 2,)
    found = finding(a_dossier(document), "feedback-letter-annex")
    assert (found.status, found.fault) == (Status.UNSURE, "feedback-letter-unreadable")
    pages = [replace(page, recognised=True) if page.sight is DRAWN else page for page in document.pages]
    found = finding(a_dossier(replace(document, pages=tuple(pages))), "feedback-letter-annex")
    assert (found.status, found.fault) == (Status.GAP, "feedback-letter-missing")


def test_pages_where_a_part_is_titled_come_first_then_the_last() -> None:
    pages = [*BODY[:-1], "Annex A: Action plan", BODY[-1], "Figure 1", "Figure 2", "Figure 3", "Figure 4"]
    title, last = len(BODY), len(pages)
    drawn = dict.fromkeys((title, last - 3, last - 2, last - 1, last), DRAWN)
    assert wanted(with_sights(a_document(pages), drawn, SEEN)) == (title, last - 3, last - 2, last)


def test_a_part_whose_pages_could_not_be_looked_at_is_for_a_person() -> None:
    document = replace(a_document(WHOLE), unread_pages=ANNEXES)
    dossier = a_dossier(document)
    assert finding(dossier, "feedback-letter-annex").fault == "feedback-letter-unconfirmed"
    assert finding(dossier, "action-plan-annex").fault == "action-plan-unconfirmed"
    assert set(ANNEXES).isdisjoint(wanted(document))


def test_dark_boxes_are_looked_at_wherever_they_are() -> None:
    document = with_sights(a_document(WHOLE), dict.fromkeys(ANNEXES, SEEN))
    pages = (replace(document.pages[0], boxed=True), *document.pages[1:])
    assert wanted(replace(document, pages=pages)) == (1,)


def test_a_scanners_text_is_matched_as_ocr_is() -> None:
    misread = [page.replace("Review", "Reviev").replace("panel", "pane1") for page in letter_pages()]
    document = a_document([*BODY, PLAN, *misread])
    scans = {page.number for page in document.pages[len(BODY) + 1 :]}
    pages = tuple(replace(page, picture=0.9) if page.number in scans else page for page in document.pages)
    found = a_dossier(replace(document, pages=pages)).parts[0].letter
    assert found is not None
    assert found.by_ocr
    assert all(page.source is TextSource.LAYER for page in pages)


def test_a_report_that_is_no_pdf_has_no_pictures_to_look_at() -> None:
    assert wanted(replace(a_document([*BODY, PLAN], "report.docx"), is_pdf=False)) == ()


@pytest.mark.parametrize(("page", "first"), [(3, (3,)), (4, (4, 5))])
def test_the_title_is_looked_for_on_three_pages_before_anything_else(page: int, first: tuple[int, ...]) -> None:
    """A cover, an inner title and the contents; what is on the fourth page comes in the usual order, from the end."""
    pages = [PROSE] * 8
    pages[page - 1] = ""
    if page == 4:
        pages[4] = ""
    assert set(wanted(a_document(pages, "scan.pdf"))) == set(first)


@pytest.mark.parametrize(("drawn", "looked_for"), [(8, True), (9, False)])
def test_a_summary_is_looked_for_by_ocr_on_a_few_pages_only(drawn: int, looked_for: bool) -> None:
    """It is only advised, and a page costs about a second."""
    pages = [BODY[0], *BODY[2:], *["Figure"] * drawn, PLAN, *letter_pages()]
    figures = dict.fromkeys(range(len(BODY), len(BODY) + drawn), DRAWN)
    assert bool(wanted(with_sights(a_document(pages), figures, SEEN))) is looked_for


@pytest.mark.parametrize(("length", "read_on"), [(30, False), (31, True)])
def test_a_part_that_came_alone_is_read_no_further_but_a_longer_file_may_be_a_report(
    length: int, read_on: bool
) -> None:
    """The longest plans have some twenty pages; the shortest reports some thirty."""
    beside = a_document([*letter_pages(), *["word " * 90] * (length - 3), ""], "letter.pdf")
    report = with_sights(a_document(WHOLE), {}, SEEN)
    assert (1 in pages_to_recognise(a_dossier(report, beside))) is read_on


def test_a_missing_summary_is_looked_for_where_hardly_anything_is_typed() -> None:
    pages = [page.replace("Executive Summary", "Foreword") for page in WHOLE]
    pages[3:3] = ["word " * 79, "word " * 80]
    seen = with_sights(a_document(pages), {}, None)
    annexes = {number + 2 for number in ANNEXES}
    assert set(wanted(seen)) == annexes
    later = with_sights(a_document(pages), dict.fromkeys(annexes, SEEN))
    assert 4 in wanted(later)
    assert 5 not in wanted(later)
