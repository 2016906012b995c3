"""Of several addresses, the one in the sentence that speaks of this report's publication; where two stay, both."""

from __future__ import annotations

from dataclasses import replace

import pytest

from intake.judging.facts import Weblink, WeblinkState
from intake.judging.words import ActReader, read
from intake.judging.words.placing import Tense, Whose, placements, settled, tense_of, whose_act
from intake.model import Address, Body, Evidence, Unpacked
from intake.wiring.reading import sentence_reader
from tests.records import a_document, a_dossier, a_link, report_pages


@pytest.fixture(scope="module")
def reader() -> ActReader:
    return sentence_reader()


def _addresses(body: str, reader: ActReader) -> list[str]:
    return [one.address for one in placements(read("", body, reader))]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "The report will be published at https://www.northlea.gov.uk/dhr/elin on 4 May.",
            ["https://www.northlea.gov.uk/dhr/elin"],
        ),
        ("The weblink is as below:\nhttps://www.northlea.gov.uk/dhr", ["https://www.northlea.gov.uk/dhr"]),
        ("Weblink: www.northlea.gov.uk/dhr", ["www.northlea.gov.uk/dhr"]),
        (
            "Our earlier ones are at www.northlea.gov.uk/archive. This will be published at www.northlea.gov.uk/elin.",
            ["www.northlea.gov.uk/elin"],
        ),
        ("The template we used is at https://www.northlea.gov.uk/template.", []),
        ("Publication at https://www.northlea.gov.uk/dhr is on hold until the inquest is over.", []),
        ("Please write to jo@northlea.gov.uk.", []),
    ],
)
def test_the_address_of_this_report(body: str, expected: list[str], reader: ActReader) -> None:
    assert _addresses(body, reader) == expected


def test_two_that_stay_possible_are_both_given(reader: ActReader) -> None:
    body = "It is published at https://www.northlea.gov.uk/a.\nIt is published at https://www.northlea.gov.uk/b."
    assert _addresses(body, reader) == ["https://www.northlea.gov.uk/a", "https://www.northlea.gov.uk/b"]


@pytest.mark.parametrize(
    ("text", "tense"),
    [
        ("It will be published on 4 May.", Tense.FUTURE),
        ("It goes live on Monday.", Tense.FUTURE),
        ("It was published last week.", Tense.PAST),
        ("It is on our website.", Tense.PRESENT),
        ("Weblink:", Tense.OPEN),
    ],
)
def test_tense(text: str, tense: Tense) -> None:
    assert tense_of(text) is tense


@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("We will publish it on 4 May.", Whose.SENDER),
        ("You will publish it in your library.", Whose.READER),
        ("They put it on their website.", Whose.OTHERS),
        ("The report is live.", Whose.OPEN),
    ],
)
def test_whose_act(text: str, whose: Whose) -> None:
    assert whose_act(text) is whose


SITE = "https://www.northlea.gov.uk"


def _settled(body: str, found: str, state: WeblinkState, reader: ActReader) -> tuple[WeblinkState, str | None]:
    links = tuple(a_link(word.rstrip(".,"), body) for word in body.split() if word.startswith("http"))
    sender = Address("jo@northlea.gov.uk", "Jo")
    mail = Unpacked(sender=sender, body=Body(latest=body), links=links)
    weblink = Weblink(state, found, (Evidence("message", None, found),))
    report = a_document(report_pages()) if "report" in body.lower() else None
    dossier = replace(a_dossier(*([report] if report else []), mail=mail), weblink=weblink)
    after = settled(dossier, read("", body, reader)).weblink
    return after.state, after.url


def test_the_page_whose_sentence_is_about_this_report_wins_over_the_first(reader: ActReader) -> None:
    body = (
        f"Two older reviews can be found on {SITE}/dhr-library, which you know. "
        f"This one, the final report on Elin, is attached and will be published at {SITE}/dhr/elin."
    )
    chosen = (WeblinkState.FOUND, f"{SITE}/dhr/elin")
    assert _settled(body, f"{SITE}/dhr-library", WeblinkState.FOUND, reader) == chosen


def test_two_pages_of_the_own_site_that_stay_possible_go_to_a_person(reader: ActReader) -> None:
    body = f"The report is published at {SITE}/a/elin. The report is published at {SITE}/b/elin."
    assert _settled(body, f"{SITE}/a/elin", WeblinkState.FOUND, reader)[0] is WeblinkState.UNCLEAR


def test_a_download_elsewhere_speaks_against_no_page(reader: ActReader) -> None:
    body = f"Please download the final report from https://share.example/f/1. It will be published at {SITE}/dhr/elin."
    found = (WeblinkState.FOUND, f"{SITE}/dhr/elin")
    assert _settled(body, f"{SITE}/dhr/elin", WeblinkState.FOUND, reader) == found


def test_a_page_in_a_receipt_without_a_report_stays_unclear(reader: ActReader) -> None:
    body = f"Your request has been logged. You can follow its progress at {SITE}/my-requests/48."
    assert _settled(body, f"{SITE}/my-requests/48", WeblinkState.UNCLEAR, reader)[0] is WeblinkState.UNCLEAR


def test_a_plain_page_on_the_own_site_needs_no_magic_word(reader: ActReader) -> None:
    body = f"Final report attached, and from today it is on {SITE}/safer/elin."
    assert _settled(body, f"{SITE}/safer/elin", WeblinkState.UNCLEAR, reader)[0] is WeblinkState.FOUND
    elsewhere = body.replace("northlea.gov.uk", "elsewhere.example")
    found = elsewhere.split()[-1].rstrip(".")
    assert _settled(elsewhere, found, WeblinkState.UNCLEAR, reader)[0] is WeblinkState.UNCLEAR
