from __future__ import annotations

import base64
from urllib.parse import quote

import pytest

from intake.model import LinkOddity, LinkPlace
from intake.unpacking.link_wrappers import Unwrapped, unwrap
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
        "Tel: 01234 567890<br>https://www.a.gov.uk/dhr</p>"
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
    "Cisco as it is": "https://secure-web.cisco.com/1abcDEF/" + PAGE,
    "Check Point": f"https://protect.checkpoint.com/v2/___{PAGE}___.YzJlOm5zOmM6bzo",
    "Check Point by its round": f"https://protect.checkpoint.com/v2/r02/___{PAGE}___.YzJlOm5zOmM6bzo",
    "Check Point, half escaped": "https://url.avanan.click/v2/r01/___https%3A//www.northshire.gov.uk/community/dhr"
    "?id=7&v=2___.YzJlOm5z",
    "EdgePilot": "https://link.edgepilot.com/s/1a2b3c4d/AbCd-Ef?u=" + quote(PAGE, safe=""),
    "Symantec": "https://clicktime.symantec.com/3AbCdEf123?u=" + quote(PAGE, safe=""),
    "FireEye": "https://protect2.fireeye.com/v1/url?k=1-2&q=1&e=3&u=" + quote(PAGE, safe=""),
    "Trustwave": "https://scanmail.trustwave.com/?c=1&d=aB&s=5&u=" + quote(PAGE, safe="").replace(".", "%2e"),
    "Hornetsecurity": "https://atpscan.global.hornetsecurity.com/?d=x&f=y&u=" + quote(PAGE, safe=""),
    "Google": "https://www.google.com/url?q=" + quote(PAGE, safe="") + "&sa=D",
}


@pytest.mark.parametrize("wrapped", WRAPPED.values(), ids=WRAPPED.keys())
def test_rewritten_addresses_are_turned_back(wrapped: str) -> None:
    assert unwrap(wrapped) == Unwrapped(PAGE, wrapped=True)
    links = opened(plain(f"Published at <{wrapped}> soon")).links
    assert [(link.url, link.wrapped) for link in links] == [(PAGE, True)]


def test_a_run_of_replaced_characters_is_put_back() -> None:
    assert unwrap("https://urldefense.com/v3/__https://x.gov.uk/a**Bb__;fn5-!!x").url == "https://x.gov.uk/a~~~b"


def test_mimecast_cannot_be_turned_back_without_help() -> None:
    wrapped = "https://protect-eu.mimecast.com/s/AbCd1234?domain=northshire.gov.uk"
    assert unwrap(wrapped) == Unwrapped(wrapped, wrapped=True, hidden=True)


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
    assert unwrap(url) == Unwrapped(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://url.uk.m.mimecastprotect.com/s/AbCd1234?domain=northshire.gov.uk",
        "https://shared.outlook.inky.com/link?domain=northshire.gov.uk&t=h.eJxVjkuO",
        "https://links.eu1.defend.egress.com/Warning?crId=69f&Domain=northshire.gov.uk&Lang=en&Base64Url=eNrLKCk",
        "https://seclinks.cloud-security.net/AbCd1234",
        "https://protect.checkpoint.com/v2/r01/___myyux://ymj.jxfruqj/mjwj___.YzJlOm5z",
        "https://secure-web.cisco.com/1abcDEF/token",
    ],
)
def test_a_gateway_that_keeps_the_target_to_itself_is_told(url: str) -> None:
    links = opened(plain(f"It will be published at {url}")).links
    assert [(link.url, link.wrapped, link.oddities) for link in links] == [(url, True, (LinkOddity.HIDDEN,))]


def test_what_an_anchor_shows_counts_where_the_hidden_address_names_its_domain() -> None:
    hidden = "https://links.eu1.defend.egress.com/Warning?crId=6&Domain=northshire.gov.uk&Base64Url=eNr"
    links = opened(html(f'<a href="{hidden}">www.northshire.gov.uk/dhr</a>')).links
    assert [(link.url, link.oddities) for link in links] == [("https://www.northshire.gov.uk/dhr", ())]


IN_BASE64 = base64.urlsafe_b64encode(PAGE.encode()).decode()


@pytest.mark.parametrize(
    "url",
    [
        f"https://eu-west-2.protection.sophos.com/?d=northshire.gov.uk&u={IN_BASE64}",
        f"https://linkscan.io/scan/ux/{IN_BASE64}/0A1B?c=1&i=1",
        f"https://lsems.gravityzone.bitdefender.com/scan/{IN_BASE64}/0A1B?c=1",
    ],
)
def test_an_address_that_only_decoding_makes_is_marked(url: str) -> None:
    links = opened(plain(f"It will be published at {url}")).links
    assert [(link.url, link.oddities) for link in links] == [(PAGE, (LinkOddity.DECODED,))]


@pytest.mark.parametrize(
    ("url", "oddities"),
    [
        ("https://northshire.gov.uk@evil.example/dhr", (LinkOddity.USERINFO,)),
        ("https://northshire.gov.uk%2Fdhr.evil.example/x", (LinkOddity.ESCAPED_HOST,)),
        ("https://www.northshire.gov.uk\\dhr", (LinkOddity.BACKSLASH,)),
        ("https://t\u0177.example/dhr", (LinkOddity.FOREIGN_LETTERS,)),
        ("https://www.n\u043ershire.example/dhr", (LinkOddity.FOREIGN_LETTERS, LinkOddity.MIXED_SCRIPTS)),
        ("https://www.xn--nrshire-9ig.example/dhr", (LinkOddity.FOREIGN_LETTERS, LinkOddity.MIXED_SCRIPTS)),
        ("https://www.northshire.gov.uk/a@b/c%20d", ()),
    ],
)
def test_a_site_that_is_written_oddly_is_told(url: str, oddities: tuple[LinkOddity, ...]) -> None:
    links = opened(html(f'<a href="{url}">here</a>')).links
    assert [link.oddities for link in links] == [oddities]
