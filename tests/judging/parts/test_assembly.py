"""Where a document's parts are put together: how far its title goes, and which of its pages could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from intake.judging.facts import Parts, WeblinkState
from intake.judging.parts.assembly import describe, shows_more
from intake.model import Address, Document, Page, Sight, TextSource
from tests.records import PROSE, a_document, a_dossier, a_link, a_mail, letter_pages, report_pages, wording

TEXT = PROSE * 6
WELSH = "Mae yr adolygiad hwn yn ystyried yr hyn a oedd gan y teulu ac nid oedd y mae wedi ei fod gyda hynny. "


def _parts(document: Document) -> Parts:
    return describe(document, wording())


def _of(pages: Sequence[str]) -> Parts:
    return _parts(a_document(pages))


@pytest.mark.parametrize(("page", "known"), [(6, True), (7, False)])
def test_the_partnership_is_looked_for_on_the_first_six_pages(page: int, known: bool) -> None:
    pages = [TEXT] * 9
    pages[page - 1] = "This review was commissioned by the Northmere Community Safety Partnership in May. " + TEXT
    assert (_of(pages).identity.csp is not None) is known


def _page(words: int, **changes: object) -> Page:
    return replace(Page(5, "word " * words, TextSource.LAYER), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("page", "more"),
    [
        (_page(79, picture=0.35), True),
        (_page(79, picture=0.34), False),
        (_page(80, picture=0.35), False),
        (_page(300, sight=Sight(0.01)), True),
        (_page(300, sight=Sight(0.0099)), False),
    ],
)
def test_a_page_shows_more_than_its_text_under_a_large_picture_or_where_something_is_drawn(
    page: Page, more: bool
) -> None:
    assert shows_more(page) is more


@pytest.mark.parametrize(
    ("number", "words", "confidence", "unread"),
    [(2, 5, 0.3, ()), (3, 5, 0.3, (3,)), (3, 24, 0.9, (3,)), (3, 25, 0.9, ()), (3, 90, 0.59, (3,)), (3, 90, 0.6, ())],
)
def test_a_page_of_which_ocr_made_little_is_unread_but_not_the_covers_picture(
    number: int, words: int, confidence: float, unread: tuple[int, ...]
) -> None:
    document = a_document([TEXT] * 4)
    pages = [
        replace(page, text="word " * words, source=TextSource.OCR, confidence=confidence, picture=1.0)
        if page.number == number
        else page
        for page in document.pages
    ]
    assert _parts(replace(document, pages=tuple(pages))).unread == unread


@pytest.mark.parametrize(
    ("words", "case"), [(149, "Zoe"), (150, None)], ids=["a title page is read to its end", "a page of text is not"]
)
def test_a_title_page_is_read_to_its_end(words: int, case: str | None) -> None:
    before = "An independent review\n" + "It is confidential until published by us all\n" * 16
    said = before + "the\n" * (words - len(before.split()) - 4) + "The death of 'Zoe'"
    assert len(said.split()) == words
    assert _of([said, *[TEXT] * 4]).titled.case == case


@pytest.mark.parametrize(("at", "case"), [(550, "Zoe"), (700, None)])
def test_of_a_report_without_a_title_page_the_first_lines_are_its_title(at: int, case: str | None) -> None:
    assert _of([f"{'x' * at}\nThe death of 'Zoe'\n{TEXT}", TEXT, TEXT]).titled.case == case


@pytest.mark.parametrize(("times", "case"), [(4, "Zoe"), (3, None)])
def test_a_line_that_runs_over_the_pages_says_what_they_are(times: int, case: str | None) -> None:
    pages = ["A report\n" + TEXT] + [f"The death of 'Zoe'\n{TEXT}"] * times + [TEXT] * (9 - times)
    assert _of(pages).titled.case == case


@pytest.mark.parametrize(("behind", "other"), [(11, True), (12, False)])
def test_a_page_in_another_language_among_the_last_may_be_the_letter(behind: int, other: bool) -> None:
    assert _of([*[TEXT] * 3, WELSH * 3, *[TEXT] * behind]).other_language is other


@pytest.mark.parametrize(("domain", "state"), [("abc", WeblinkState.FOUND), ("abcd", WeblinkState.UNCLEAR)])
def test_a_senders_initials_say_nothing_of_whose_site_it_is(domain: str, state: WeblinkState) -> None:
    link = a_link("https://www.elsewhere.org/reviews/dhr", "The page on which it goes up:")
    mail = replace(a_mail(links=[link]), sender=Address(f"jo@{domain}.gov.uk"))
    assert a_dossier(mail=mail).weblink.state is state


def test_the_report_is_the_one_that_reads_like_one() -> None:
    note = a_document(["Domestic Homicide Review\nNotice"], "notice.pdf")
    report = a_document(report_pages())
    assert a_dossier(note, report).report is report


@pytest.mark.parametrize(
    ("other", "of_several"), [("Beth", True), ("Anna", False), ("May", True)], ids=["another", "the-same", "a-month"]
)
def test_two_letters_about_two_cases_are_two_reviews_in_one_file(other: str, of_several: bool) -> None:
    both = [*letter_pages(), *(page.replace("Anna", other) for page in letter_pages())]
    found = _of([*report_pages(), *both]).letter
    assert found is not None
    assert found.of_several is of_several
