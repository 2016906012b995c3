"""What a document is worth as a report, what a summary alone is, and where the summary of a report stands."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from intake.judging.parts import report
from intake.judging.parts.pages import fold_pages
from tests.records import PROSE, a_document, wording

WORDING = wording()
_COVER = "Executive Summary\nDomestic Homicide Review"
TITLE = "Domestic Homicide Review\nOverview Report\nin respect of 'Anna'"
CONTENTS = "Contents\nOne ........ 3\nTwo ........ 4\nThree ........ 5\nFour ........ 6"
CHAPTERS = ["1. Introduction\n" + PROSE, "2. Chronology\n" + PROSE, "3. Analysis\n" + PROSE, "4. Conclusions\n" + PROSE]
EIGHT = [PROSE] * 8


def _score(pages: Sequence[str], name: str = "file.pdf", *, both: bool = False) -> tuple[int, bool]:
    found = report.clues(fold_pages(a_document(pages)), name, WORDING, both_annexes=both)
    return report.REPORT.score(found), report.REPORT.answer(found)


@pytest.mark.parametrize(
    ("pages", "name", "both", "score", "is_one"),
    [
        ([TITLE, *[PROSE] * 4], "file.pdf", False, 3, False),
        ([TITLE, *[PROSE] * 4], "DHR overview report.pdf", False, 4, True),
        ([TITLE, CHAPTERS[0], *[PROSE] * 3], "file.pdf", False, 4, True),
        ([TITLE, *CHAPTERS, PROSE], "file.pdf", False, 6, True),
        ([PROSE, *CHAPTERS[:3], PROSE], "file.pdf", False, 3, False),
        ([PROSE, *CHAPTERS, PROSE], "file.pdf", False, 3, False),
        (EIGHT, "file.pdf", False, 2, False),
        (EIGHT[:7], "file.pdf", False, 0, False),
        ([PROSE, CONTENTS, PROSE], "file.pdf", False, 1, False),
        ([TITLE, PROSE], "DHR overview report.pdf", False, 1, False),
        ([TITLE, CHAPTERS[0]], "DHR overview report.pdf", False, 2, False),
        ([TITLE, "\n".join(CHAPTERS[:2])], "DHR overview report.pdf", False, 6, True),
        ([TITLE, PROSE, PROSE], "file.pdf", False, 3, False),
        ([TITLE, PROSE], "file.pdf", True, 2, False),
        ([TITLE, *[PROSE] * 4], "file.pdf", True, 5, True),
        ([*[PROSE] * 3, TITLE, PROSE], "file.pdf", False, 3, False),
        ([*[PROSE] * 4, TITLE, PROSE], "file.pdf", False, 0, False),
    ],
)
def test_what_a_document_is_worth_as_a_report(
    pages: list[str], name: str, both: bool, score: int, is_one: bool
) -> None:
    assert _score(pages, name, both=both) == (score, is_one)


SUMMARY = "EXECUTIVE SUMMARY\nDOMESTIC HOMICIDE REVIEW\ninto the death of ‘Anna’"


def _alone(*pages: str) -> bool:
    return report.is_summary_only(fold_pages(a_document(pages)), WORDING)


@pytest.mark.parametrize(
    ("pages", "alone"),
    [
        ((SUMMARY, *CHAPTERS), True),
        (("A cover", SUMMARY, *CHAPTERS), True),
        (("A cover", "A marking", SUMMARY, *CHAPTERS), False),
        ((SUMMARY, *[PROSE] * 38), True),
        ((SUMMARY, *[PROSE] * 39), False),
        ((SUMMARY, PROSE, "Overview Report\n" + "word " * 77), False),
        ((SUMMARY, PROSE, "Overview Report\n" + "word " * 78), True),
        (("Executive summary" + " word" * 12 + "\n" + PROSE,), True),
        (("Executive summary" + " word" * 13 + "\n" + PROSE,), False),
        ((f"{SUMMARY}\n{'x' * 425}\nOverview Report", PROSE), True),
        ((f"{SUMMARY}\n{'x' * 380}\nOverview Report", PROSE), False),
    ],
)
def test_a_summary_alone_is_titled_so_and_nothing_more(pages: tuple[str, ...], alone: bool) -> None:
    assert _alone(*pages) is alone


@pytest.mark.parametrize(
    ("page", "following", "found"),
    [
        ("Executive Summary\n" + "word " * 30, "word " * 9, True),
        ("Executive Summary\n" + "word " * 30, "word " * 8, False),
    ],
)
def test_a_summary_has_a_text_of_its_own(page: str, following: str, found: bool) -> None:
    pages = fold_pages(a_document([TITLE, PROSE, page, following]))
    assert (report.executive_summary(pages, WORDING) is not None) is found


@pytest.mark.parametrize(("at", "found"), [(2, False), (3, True)])
def test_a_cover_that_names_the_summary_is_not_it(at: int, found: bool) -> None:
    cover = "Executive Summary\nDomestic Homicide Review\nand executive summary"
    pages = fold_pages(a_document([*[PROSE] * (at - 1), cover, PROSE]))
    assert (report.executive_summary(pages, WORDING) is not None) is found


@pytest.mark.parametrize(("words", "found"), [(79, False), (80, True)])
def test_a_page_of_eighty_words_is_no_cover(words: int, found: bool) -> None:
    page = "Executive Summary\nDomestic Homicide Review\nand executive summary"
    page += "\nword" * (words - len(page.split()))
    assert (report.executive_summary(fold_pages(a_document([page, PROSE])), WORDING) is not None) is found


@pytest.mark.parametrize(("words", "welsh"), [(6, True), (5, False)])
def test_a_few_words_of_a_language_are_a_name_or_a_motto(words: int, welsh: bool) -> None:
    said = " ".join(WORDING.language.welsh[:words])
    assert report.other_language(fold_pages(a_document([f"{said} {said}"])), WORDING) is welsh


@pytest.mark.parametrize(("before", "welsh"), [(39, True), (40, False)])
def test_the_language_is_that_of_the_first_forty_pages(before: int, welsh: bool) -> None:
    pages = [*["Northmere"] * before, " ".join(WORDING.language.welsh)]
    assert report.other_language(fold_pages(a_document(pages)), WORDING) is welsh
