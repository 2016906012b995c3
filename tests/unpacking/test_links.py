from __future__ import annotations

from urllib.parse import quote

import pytest

from intake.model import LinkPlace
from intake.unpacking.link_wrappers import unwrap
from tests.unpacking.mails import TOP, a_message, html, opened, plain, urls

PAGE = "https://www.northshire.gov.uk/community/dhr?id=7&v=2"
SAFE = "https://eur03.safelinks.protection.outlook.com/?url={}&data=05%7C01&sdata=abc&reserved=0"


@pytest.mark.parametrize(
    ("words", "url"),
    [
        ("at https://www.northshire.gov.uk/dhr.", "https://www.northshire.gov.uk/dhr"),
        ("at http://northshire.gov.uk/dhr, soon", "http://northshire.gov.uk/dhr"),
        ("at www.northshire.gov.uk/dhr", "https://www.northshire.gov.uk/dhr"),
        ("at northshire.gov.uk/dhr", "https://northshire.gov.uk/dhr"),
        ("at www.saferwales.cymru/dhr", "https://www.saferwales.cymru/dhr"),
        ("at www.safer-northshire.community/dhr.", "https://www.safer-northshire.community/dhr"),
        ("at northshire.example/dhr", "https://northshire.example/dhr"),
        ("(www.northshire.community/dhr)", "https://www.northshire.community/dhr"),
        ("(see https://www.northshire.gov.uk/dhr)", "https://www.northshire.gov.uk/dhr"),
        ("<https://www.northshire.gov.uk/dhr>", "https://www.northshire.gov.uk/dhr"),
        ("here<https://www.northshire.gov.uk/dhr>.", "https://www.northshire.gov.uk/dhr"),
        ("at\n<https://www.northshire.gov.uk/\npublished-reviews>.", "https://www.northshire.gov.uk/published-reviews"),
        ('"https://www.northshire.gov.uk/dhr"', "https://www.northshire.gov.uk/dhr"),
        ("‘https://www.northshire.gov.uk/dhr’", "https://www.northshire.gov.uk/dhr"),
        ("*https://www.northshire.gov.uk/dhr*", "https://www.northshire.gov.uk/dhr"),
        ("https://www.northshire.gov.uk/a_(b)", "https://www.northshire.gov.uk/a_(b)"),
        ("HTTPS://WWW.NORTHSHIRE.GOV.UK/DHR", "HTTPS://WWW.NORTHSHIRE.GOV.UK/DHR"),
        (
            "<https://www.northshire.gov.uk/a-very-long\n-address/dhr>",
            "https://www.northshire.gov.uk/a-very-long-address/dhr",
        ),
        (
            "The report is at https://www.northshire.gov.uk/community-safety/\ndomestic-homicide-reviews-2026\n\nThanks",
            "https://www.northshire.gov.uk/community-safety/domestic-homicide-reviews-2026",
        ),
    ],
)
def test_addresses_in_the_text_are_links(words: str, url: str) -> None:
    assert urls(opened(plain(words))) == [url]


@pytest.mark.parametrize(
    "words",
    [
        "jane@northshire.gov.uk",
        "mailto:jane@x.gov.uk",
        "agreed.It is",
        "notes.md",
        "report.pdf",
        "i.e. this",
        "ftp://x.uk/a",
        "v1.2.3",
    ],
)
def test_other_words_with_dots_are_no_links(words: str) -> None:
    assert urls(opened(plain(words))) == []


def test_two_addresses_on_neighbouring_lines_stay_two() -> None:
    words = "The report: https://www.northshire.gov.uk/community-safety/reviews/\nhttps://www.northshire.gov.uk/plan"
    assert len(urls(opened(plain(words)))) == 2


def test_a_quoted_printable_address_is_made_whole() -> None:
    raw = TOP + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    raw += b"at https://www.northshire.gov.uk/dhr?id=3D7&page=\r\n=3D2 now"
    assert urls(opened(raw)) == ["https://www.northshire.gov.uk/dhr?id=7&page=2"]


def test_links_know_their_place_and_the_words_around() -> None:
    message = a_message(
        "It will be published at https://a.gov.uk/dhr soon.\n\nKind regards\nJane\nwww.b.gov.uk\n\n"
        "From: DHR <d@x.uk>\nSent: 2 May 2026\nTo: J\nSubject: x\n\nhttps://c.gov.uk/old\n",
        Subject="Final report www.d.gov.uk/dhr",
    )
    unpacked = opened(message)
    assert [(link.url, link.place) for link in unpacked.links] == [
        ("https://a.gov.uk/dhr", LinkPlace.LATEST),
        ("https://www.b.gov.uk", LinkPlace.SIGNATURE),
        ("https://c.gov.uk/old", LinkPlace.QUOTED),
        ("https://www.d.gov.uk/dhr", LinkPlace.SUBJECT),
    ]
    assert unpacked.links[0].context == "It will be published at https://a.gov.uk/dhr soon."


def test_an_anchor_leads_where_its_href_says() -> None:
    raw = html('<p>Published <a href="https://real.gov.uk/dhr">www.shown.gov.uk/dhr</a></p>')
    assert [(link.url, link.text) for link in opened(raw).links] == [
        ("https://real.gov.uk/dhr", "www.shown.gov.uk/dhr")
    ]


def test_an_anchor_around_a_picture_counts_and_others_do_not() -> None:
    raw = html(
        '<a href="https://a.gov.uk/dhr"><img src="x"></a><a href="mailto:j@x.uk">j@x.uk</a> <a href="js:x()">y</a> '
        '<a href="#top">www.b.gov.uk/dhr</a> <a href="file:///c:/x">z</a> <a href="www.c.gov.uk/dhr">c</a>'
    )
    assert urls(opened(raw)) == ["https://a.gov.uk/dhr", "https://www.b.gov.uk/dhr", "https://www.c.gov.uk/dhr"]


def test_the_same_address_in_the_same_place_is_told_once() -> None:
    raw = html(
        '<p><a href="https://www.a.gov.uk/dhr/">here</a> and https://www.A.gov.uk/dhr</p><p>Kind regards<br>Jane<br>'
        "https://www.a.gov.uk/dhr</p>"
    )
    assert [link.place for link in opened(raw).links] == [LinkPlace.LATEST, LinkPlace.SIGNATURE]


WRAPPED = {
    "Safe Links": SAFE.format(quote(PAGE, safe="")),
    "Safe Links twice": SAFE.format(quote(SAFE.format(quote(PAGE, safe="")), safe="")),
    "Proofpoint 1": "https://urldefense.proofpoint.com/v1/url?u=" + quote(PAGE, safe="") + "&k=abc",
    "Proofpoint 2": "https://urldefense.proofpoint.com/v2/url?u="
    "https-3A__www.northshire.gov.uk_community_dhr-3Fid-3D7-26v-3D2&d=DwMF&c=x",
    "Proofpoint 3": "https://urldefense.com/v3/__https://www.northshire.gov.uk/community/dhr?id=7*v=2__;Jg!!abc!def$",
    "Proofpoint in Safe Links": SAFE.format(
        quote("https://urldefense.com/v3/__https:/www.northshire.gov.uk/community/dhr?id=7*v=2__;Jg!!abc!def$", safe="")
    ),
    "Barracuda": "https://linkprotect.cudasvc.com/url?a=" + quote(PAGE, safe="") + "&c=E,1,abc&typo=1",
    "Cisco": "https://secure-web.cisco.com/1abcDEF/" + quote(PAGE, safe=""),
    "Google": "https://www.google.com/url?q=" + quote(PAGE, safe="") + "&sa=D",
}


@pytest.mark.parametrize("wrapped", WRAPPED.values(), ids=WRAPPED.keys())
def test_rewritten_addresses_are_turned_back(wrapped: str) -> None:
    assert unwrap(wrapped) == (PAGE, True)
    links = opened(plain(f"Published at <{wrapped}> soon")).links
    assert [(link.url, link.wrapped) for link in links] == [(PAGE, True)]


def test_a_run_of_replaced_characters_is_put_back() -> None:
    assert unwrap("https://urldefense.com/v3/__https://x.gov.uk/a**Bb__;fn5-!!x")[0] == "https://x.gov.uk/a~~~b"


def test_mimecast_cannot_be_turned_back_without_help() -> None:
    wrapped = "https://protect-eu.mimecast.com/s/AbCd1234?domain=northshire.gov.uk"
    assert unwrap(wrapped) == (wrapped, True)


def test_mimecast_with_the_address_as_its_text_is_turned_back() -> None:
    wrapped = "https://protect-eu.mimecast.com/s/AbCd1234?domain=northshire.gov.uk"
    raw = html(
        f'<a href="{wrapped}">https://www.northshire.gov.uk/dhr</a> <a href="{wrapped}">www.evil.example/dhr</a>'
    )
    assert urls(opened(raw)) == ["https://www.northshire.gov.uk/dhr", wrapped]


def test_safe_links_in_html_may_name_the_original_beside() -> None:
    raw = html(f'<a href="https://gateway.example/x1" originalsrc="{PAGE.replace("&", "&amp;")}">here</a>')
    assert [(link.url, link.wrapped) for link in opened(raw).links] == [(PAGE, True)]


@pytest.mark.parametrize(
    "url", ["https://www.google.com/search?q=https://x.uk", "https://[bad", "https://x.gov.uk/url?q=https://y.uk"]
)
def test_other_addresses_are_left_alone(url: str) -> None:
    assert unwrap(url) == (url, False)
