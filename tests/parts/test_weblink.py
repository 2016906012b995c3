"""The address of publication is told from all the other addresses in a mail."""

from __future__ import annotations

import pytest

from intake.dossier import WeblinkState
from intake.model import Link, LinkPlace
from tests.records import a_document, a_dossier, a_link, a_mail, letter_pages, report_pages


def _state(
    *links: Link, body: str = "Please find attached our final report.", pages: list[str] | None = None
) -> tuple[WeblinkState, str | None]:
    found = a_dossier(a_document(pages or report_pages()), mail=a_mail(body=body, links=links)).weblink
    return found.state, found.url


@pytest.mark.parametrize(
    ("url", "context"),
    [
        ("https://www.northmere.gov.example/dhr", "our page"),
        ("http://saferhills.org.example/reviews/anna-2024.pdf", "Link:"),
        ("https://www.northmere.gov.example/a/b/c", "The report will be published at"),
        ("https://northmere.gov.example/community-safety/domestic-homicide-reviews", ""),
    ],
)
def test_a_page_for_the_review_is_the_weblink(url: str, context: str) -> None:
    assert _state(a_link(url, context)) == (WeblinkState.FOUND, url)


@pytest.mark.parametrize(
    ("url", "context", "state"),
    [
        ("https://www.northmere.gov.example/", "", WeblinkState.ONLY_HOME_PAGE),
        (
            "https://www.northmere.gov.example",
            "The report will be published on our website",
            WeblinkState.HOME_PAGE_NAMED,
        ),
        (
            "https://northmere.sharepoint.com/:b:/s/dhr/final",
            "The report will be published at",
            WeblinkState.FILE_SHARE,
        ),
        ("https://we.tl/t-abcdef", "", WeblinkState.FILE_SHARE),
        ("https://www.gov.uk/government/collections/domestic-homicide-review", "published", WeblinkState.NONE),
        ("https://www.homeoffice.gov.uk/dhr", "published at", WeblinkState.NONE),
        ("https://teams.microsoft.com/l/meetup-join/dhr", "", WeblinkState.NONE),
        ("https://x.com/northmere/status/1", "publish", WeblinkState.NONE),
        ("https://www.northmere.gov.example/bins/collection-days", "", WeblinkState.UNCLEAR),
        ("https://uat.northmere.gov.example/dhr/anna", "The report will be published at", WeblinkState.UNCLEAR),
        ("https://intranet.northmere.gov.example/dhr/anna", "", WeblinkState.UNCLEAR),
        ("https://192.0.2.7/dhr/anna", "The report will be published at", WeblinkState.UNCLEAR),
        ("https://www.northmere.gov.example/dhr/adult-f", "For comparison, our last DHR is at", WeblinkState.UNCLEAR),
        ("https://protect-eu.mimecast.com/s/AbC?domain=northmere.gov.example", "published at", WeblinkState.UNCLEAR),
    ],
)
def test_other_addresses_are_not(url: str, context: str, state: WeblinkState) -> None:
    assert _state(a_link(url, context))[0] is state


def test_signatures_and_quoted_mails_do_not_count() -> None:
    signature = a_link("https://www.northmere.gov.example/dhr", place=LinkPlace.SIGNATURE)
    quoted = a_link("https://www.northmere.gov.example/dhr", place=LinkPlace.QUOTED)
    assert _state(signature, quoted)[0] is WeblinkState.NONE


def test_a_promise_is_told_from_silence() -> None:
    assert _state(body="The weblink will follow in due course.")[0] is WeblinkState.TO_FOLLOW
    assert _state()[0] is WeblinkState.NONE


@pytest.mark.parametrize(
    "body",
    [
        "The partnership agreed that the report will not be published.",
        "We will not publish before the retrial.",
        "The family have asked that this is not made public.",
        "Publication has been paused at the request of the CPS.",
        "Publication will be delayed until after the inquest. It will then be at www.northmere.gov.example/dhr",
        "To protect the children we shall share a learning briefing only.",
    ],
)
def test_a_report_that_will_not_be_published_is_never_asked_for_a_link(body: str) -> None:
    assert _state(body=body)[0] is WeblinkState.WITHHELD


def test_the_report_may_name_the_address() -> None:
    pages = [
        *report_pages(),
        "Publication\nThis report will be published at www.northmere.gov.example/dhr/anna in May.",
    ]
    assert _state(pages=pages) == (WeblinkState.FOUND, "https://www.northmere.gov.example/dhr/anna")


def test_footnotes_and_the_letter_are_not_the_address() -> None:
    pages = [
        *report_pages(),
        "1 https://www.ons.example/statistics/homicide-in-england, accessed 2 May 2023",
        *letter_pages(),
    ]
    assert _state(pages=pages)[0] is WeblinkState.NONE
