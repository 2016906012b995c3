"""The address of publication is told from all the other addresses in a mail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.judging.facts import Dossier, Weblink, WeblinkState
from intake.judging.parts.own_words import OwnWords
from intake.judging.parts.pages import fold_pages
from intake.judging.parts.weblink import find_weblink
from intake.judging.words import asking, read
from intake.judging.words.placing import settled
from intake.model import Address, Body, Link, LinkOddity, LinkPlace, Unpacked
from intake.wiring.reading import sentence_reader
from tests.records import a_document, a_dossier, a_link, a_mail, letter_pages, report_pages, wording


def _settled(dossier: Dossier) -> Weblink:
    """What message and report say, the sender's sentences read by the reader that the program has."""
    return settled(dossier, read("", dossier.words, sentence_reader())).weblink


def _nobody_is_asked(*links: Link, body: str) -> bool:
    """Whether a sentence goes to a person, or publication is held back: then nobody is asked for an address."""
    dossier = a_dossier(a_document(report_pages()), mail=a_mail(body=body, links=links))
    readings = read("", dossier.words, sentence_reader())
    dossier = settled(dossier, readings)
    return dossier.weblink.state is WeblinkState.WITHHELD or any(
        each.code == "asks-for-a-person" for each in asking(readings, dossier)
    )


def _state(
    *links: Link, body: str = "Please find attached our final report.", pages: list[str] | None = None
) -> tuple[WeblinkState, str | None]:
    dossier = a_dossier(a_document(pages or report_pages()), mail=a_mail(body=body, links=links))
    found = _settled(dossier)
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
        ("https://app.zivver.com/conversation/abc", "The report will be published at", WeblinkState.FILE_SHARE),
    ],
)
def test_other_addresses_are_not(url: str, context: str, state: WeblinkState) -> None:
    assert _state(a_link(url, context))[0] is state


@pytest.mark.parametrize("oddity", list(LinkOddity))
def test_an_address_that_may_lead_elsewhere_is_no_certain_one(oddity: LinkOddity) -> None:
    link = a_link("https://www.northmere.gov.example/dhr/anna", "The report will be published at")
    assert _state(link)[0] is WeblinkState.FOUND
    assert _state(replace(link, oddities=(oddity,)))[0] is WeblinkState.UNCLEAR


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
    assert _nobody_is_asked(body=body)


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


def _sent_by_northmere(link: Link, body: str = "Please find attached our final report.") -> WeblinkState:
    mail = Unpacked(sender=Address("a@northmere.gov.example"), body=Body(latest=body), links=(link,))
    return _settled(a_dossier(a_document(report_pages()), mail=mail)).state


@pytest.mark.parametrize(
    ("url", "context", "state"),
    [
        ("https://www.northmere.gov.example/a/6213", "The report is going on", WeblinkState.FOUND),
        ("https://www.northmere.gov.example/anna", "", WeblinkState.FOUND),  # the case's own name
        ("https://www.saferhills.example/reviews/3", "Our page:", WeblinkState.FOUND),
        ("https://www.farcouncil.gov.example/x/1", "The report will be published at", WeblinkState.FOUND),
        ("https://www.farcouncil.gov.example/dhr", "See", WeblinkState.UNCLEAR),
        ("https://www.charity.example/facts", "The research was published at", WeblinkState.UNCLEAR),
        ("https://www.northmere.gov.example/p/2", "Our strategy is published at", WeblinkState.UNCLEAR),
        ("https://www.northmere.gov.example/p/2", "Our privacy policy will be published at", WeblinkState.UNCLEAR),
    ],
)
def test_whose_site_it_is_and_what_is_said_of_it(url: str, context: str, state: WeblinkState) -> None:
    assert _sent_by_northmere(a_link(url, context)) is state


@pytest.mark.parametrize(
    "body",
    [
        "The report will be published at the address below. The page is not live yet.",
        "It will be published in May. The link will not be live until the report is published.",
        "We apologise for the delay in publishing. It will be published at the link below.",
    ],
)
def test_what_is_usual_to_say_of_a_new_page_holds_nothing_back(body: str) -> None:
    link = a_link("https://www.northmere.gov.example/dhr/anna", "It will be published at")
    assert _sent_by_northmere(link, body) is WeblinkState.FOUND


@pytest.mark.parametrize(
    "body",
    [
        "It will be published online unless the Secretary of State agrees to our request.",
        "The family have applied for an injunction.",
        "Our lawyers have asked for publication to be reconsidered.",
        "The report is to stay unpublished for now.",
    ],
)
def test_a_sentence_that_holds_publication_back_is_for_a_person(body: str) -> None:
    link = a_link("https://www.northmere.gov.example/dhr/anna", "It will be published at")
    assert _nobody_is_asked(link, body=body)


@pytest.mark.parametrize("slip", ["http//", "htps://", "https;//", "ww."])
def test_an_address_with_a_slip_is_not_called_missing(slip: str) -> None:
    assert _state(body=f"It will be published at {slip}northmere.gov.example/dhr/anna")[0] is WeblinkState.UNCLEAR


def test_a_link_that_the_sender_points_to_in_the_thread_is_not_called_missing() -> None:
    quoted = a_link("https://www.northmere.gov.example/dhr/anna", "Your page is", place=LinkPlace.QUOTED)
    assert _state(quoted, body="Our final report. The link is below.")[0] is WeblinkState.UNCLEAR
    assert _state(quoted, body="Our final report.")[0] is WeblinkState.NONE
    outright = a_link("https://www.northmere.gov.example/dhr/anna", "It will be published at", place=LinkPlace.QUOTED)
    assert _state(outright, body="Our final report.")[0] is WeblinkState.UNCLEAR


def test_the_words_of_the_address_itself_do_not_make_it_something_else() -> None:
    url = "https://www.northmere.gov.example/democracy/policies/reviews?id=33"
    assert _state(a_link(url, f"The partnership will publish the review at {url}"))[0] is WeblinkState.FOUND


@pytest.mark.parametrize("body", ["I will send you the URL next week.", "The link is to follow.", "Weblink tbc."])
def test_an_address_that_is_to_be_decided_is_a_promise(body: str) -> None:
    assert _state(body=body)[0] is WeblinkState.TO_FOLLOW


@pytest.mark.parametrize(
    "words",
    ["The report will be placed at", "the address for the published report is", "it'll be hosted by our neighbours:"],
)
def test_the_place_of_publication_may_be_named_in_many_words(words: str) -> None:
    url = "https://www.northvale.police.example/partners/reviews"
    assert _state(a_link(url, words)) == (WeblinkState.FOUND, url)


def test_an_old_page_is_not_the_place() -> None:
    old = a_link("https://old.northmere.gov.example/dhr-archive", "our old page has been switched off")
    new = a_link("https://www.northmere.gov.example/dhr", "The report will be published at")
    assert _state(old, new) == (WeblinkState.FOUND, new.url)


@pytest.mark.parametrize(
    "words", ["The link won't work until we publish.", "The plan is on the website, not in the PDF."]
)
def test_harmless_words_hold_no_publication_back(words: str) -> None:
    link = a_link("https://www.northmere.gov.example/dhr", "The report will be published at")
    assert _state(link, body=f"Please find attached our final report. {words}")[0] is WeblinkState.FOUND


def test_a_link_in_a_covering_letter_is_not_missing() -> None:
    letter = a_document(
        ["The report will be published at https://www.northmere.gov.example/dhr/9 in May."], "cover.docx"
    )
    dossier = a_dossier(a_document(report_pages()), letter, mail=a_mail(links=()))
    assert dossier.weblink.state is WeblinkState.UNCLEAR


def test_an_address_that_goes_on_behind_a_blank_is_no_certain_one() -> None:
    url = "https://www.northmere.gov.example/files/Review"
    whole = a_link(url, f"The report will be published at {url} of Anna (final).pdf")
    assert _state(whole) == (WeblinkState.UNCLEAR, url)
    assert _state(a_link(url, f"The report will be published at {url} with its summary."))[0] is WeblinkState.FOUND


def _printed(pages: list[str]) -> Weblink:
    return find_weblink(OwnWords("", ()), fold_pages(a_document(pages)), wording())


@pytest.mark.parametrize(("page", "state"), [(3, WeblinkState.FOUND), (4, WeblinkState.NONE)])
def test_a_label_with_the_address_stands_on_a_cover(page: int, state: WeblinkState) -> None:
    pages = ["An overview"] * 5
    pages[page - 1] = "Published at: https://www.northmere.gov.example/dhr/anna"
    assert _printed(pages).state is state


@pytest.mark.parametrize(
    ("foot", "state"),
    [
        ("This review is to be published on the partnership's website:", WeblinkState.FOUND),
        ("This review is to be published on the website:\n\nNorthmere DHR\n17", WeblinkState.FOUND),
        ("Support is offered by the council:", WeblinkState.NONE),
        ("This review is to be published on the website:" + "\nA note" * 80, WeblinkState.NONE),
    ],
)
def test_a_sentence_goes_on_at_the_head_of_the_next_page(foot: str, state: WeblinkState) -> None:
    pages = [f"An overview. {foot}", "Northmere DHR\nhttps://www.northmere.gov.example/safety/reports once agreed."]
    assert _printed(pages).state is state


@pytest.mark.parametrize(
    ("path", "state"), [("dhr/anna", WeblinkState.UNCLEAR), ("support", WeblinkState.NONE), ("", WeblinkState.NONE)]
)
def test_a_page_of_reviews_on_the_partnerships_own_site_is_never_surely_none(path: str, state: WeblinkState) -> None:
    report = a_document([*report_pages(), f"See https://www.northmere.gov.example/{path} for more."])
    mail = replace(a_mail(links=()), sender=Address("jo@northmere.gov.example"))
    assert a_dossier(report, mail=mail).weblink.state is state


@pytest.mark.parametrize(("between", "state"), [(100, WeblinkState.FOUND), (200, WeblinkState.NONE)])
def test_the_sentence_before_an_address_says_what_it_is(between: int, state: WeblinkState) -> None:
    said = (
        f"This report will be published on our page {'x' * (between - 20)} https://www.northmere.gov.example/dhr/anna"
    )
    assert _printed(["An overview"] * 5 + [said]).state is state


@pytest.mark.parametrize(
    ("path", "state"), [("ourhomicidepages", WeblinkState.FOUND), ("ourdardrspages", WeblinkState.UNCLEAR)]
)
def test_a_long_word_of_an_address_is_one_wherever_it_stands(path: str, state: WeblinkState) -> None:
    link = a_link(f"https://www.northmere.gov.example/{path}", "Here:")
    assert a_dossier(mail=a_mail(links=[link])).weblink.state is state


@pytest.mark.parametrize(("length", "open_end"), [(150, True), (250, False)])
def test_a_files_name_may_go_on_behind_an_address(length: int, open_end: bool) -> None:
    words = " ".join(["w" * 29] * (length // 30))
    link = a_link(
        "https://www.northmere.gov.example/dhr", f"Published: https://www.northmere.gov.example/dhr {words}.pdf"
    )
    mail = a_mail(body="Please find the final report attached.", links=[link])
    state = a_dossier(mail=mail).weblink.state
    assert (state is WeblinkState.UNCLEAR) is open_end
