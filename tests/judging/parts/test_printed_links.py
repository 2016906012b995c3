"""An address printed in a report is whole again where a line's end broke it; where nobody can tell, it says so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.judging.facts import WeblinkState
from intake.judging.parts.printed_links import mend, printed_links
from tests.records import a_document, a_dossier, a_mail, letter_pages, report_pages

WHOLE = {
    "at https://\ndemocracy.northmere.gov.example/documents/s48812/DHR-overview.pdf for three years": (
        "https://democracy.northmere.gov.example/documents/s48812/DHR-overview.pdf"
    ),
    "at https://www.northmere.gov.example/\nsafer/case-reviews. It": "https://www.northmere.gov.example/safer/case-reviews",
    "at https://www.northmere.\ngov.example/safer/reviews and": "https://www.northmere.gov.example/safer/reviews",
    "https://northmere.gov.example/safer/\ncase-reviews": "https://northmere.gov.example/safer/case-reviews",
    "https://northmere.gov.example/safer-\nnorthmere/x": "https://northmere.gov.example/safer-northmere/x",
    "https://northmere.gov.example/dhr?id=\n2291 and": "https://northmere.gov.example/dhr?id=2291",
    "https://northmere.gov.example/dhr-2 and will stay": "https://northmere.gov.example/dhr-2",
    "https://northmere.gov.example/dhr\nand will stay": "https://northmere.gov.example/dhr",
    "https://northmere.gov.example/dhr.\nThe next": "https://northmere.gov.example/dhr",
    "https://northmere.gov.example/dhr/\nThe next": "https://northmere.gov.example/dhr/",
    "https://northmere.gov.example/dhr?id=7\n1.4 The panel": "https://northmere.gov.example/dhr?id=7",
    "at:\nhttps://northmere.gov.example/reviews\n1": "https://northmere.gov.example/reviews",
    "www.northmere.gov.example/dhr\n\nanother": "https://www.northmere.gov.example/dhr",
}


@pytest.mark.parametrize(("text", "url"), WHOLE.items())
def test_an_address_is_made_whole(text: str, url: str) -> None:
    assert [(link.url, link.sure) for link in printed_links(mend(text))] == [(url, True)]


@pytest.mark.parametrize(
    "text",
    [
        "https://northmere.gov.example/case-r\neviews",
        "https://northmere.gov.example/dhr/\nreports",
        "https://northmere.gov.example/domestic-\n2\n",
        "https://northmere.gov.example/domestic-2\n",
    ],
)
def test_what_may_go_on_is_not_sure(text: str) -> None:
    assert [link.sure for link in printed_links(text)] == [False]


def test_a_clickable_link_says_how_the_address_goes_on() -> None:
    whole = "https://northmere.gov.example/case-reviews"
    assert [
        (link.url, link.sure) for link in printed_links("see https://northmere.gov.example/case-r\neviews", [whole])
    ] == [(whole, True)]


@given(st.text(alphabet="htps:/w.-ab \n1", max_size=80))
def test_any_text_gives_addresses_that_stand_in_it(text: str) -> None:
    joined = "".join(text.split())
    for link in printed_links(mend(text)):
        assert link.url.removeprefix("https://") in joined


def _weblink(sentence: str) -> tuple[WeblinkState, str | None]:
    pages = [*report_pages(), sentence, *letter_pages()]
    found = a_dossier(a_document(pages), mail=a_mail(body="Please find attached our final report.", links=())).weblink
    return found.state, found.url


def test_a_title_page_may_name_the_page_by_a_label() -> None:
    url = "https://www.northmere.gov.example/2024/overview-report"
    pages = [f"Overview report\nPublished at: {url}\n", *report_pages(), *letter_pages()]
    found = a_dossier(a_document(pages), mail=a_mail(links=())).weblink
    assert (found.state, found.url) == (WeblinkState.FOUND, url)


@pytest.mark.parametrize(
    ("path", "state"), [("domestic-homicide-reviews", WeblinkState.FOUND), ("news", WeblinkState.UNCLEAR)]
)
def test_a_link_behind_the_words_counts(path: str, state: WeblinkState) -> None:
    url = f"https://www.northmere.gov.example/{path}"
    document = a_document(["This report will be published on our reviews web page.", *report_pages(), *letter_pages()])
    first = replace(document.pages[0], links=(url,))
    document = replace(document, pages=(first, *document.pages[1:]))
    found = a_dossier(document, mail=a_mail(links=())).weblink
    assert (found.state, found.url) == (state, url)


def test_the_reports_own_sentence_names_the_page() -> None:
    begin = "The report will be published at "
    home = "https://www.northmere.gov.example/"
    assert _weblink(begin + "https://\nsafer.northmere.gov.example/dhr/1 for a year.") == (
        WeblinkState.FOUND,
        "https://safer.northmere.gov.example/dhr/1",
    )
    assert _weblink(f"{begin}{home}case-r\neviews") == (WeblinkState.UNCLEAR, f"{home}case-r")
    assert _weblink(f"{begin}{home} in May.") == (WeblinkState.HOME_PAGE_NAMED, home)
