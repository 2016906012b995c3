"""Whatever arrives, unpacking answers: never an exception, soon, and with nothing unsafe in names, subject or links."""

from __future__ import annotations

import base64
import re
import signal
import unicodedata
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from intake.judging.triage import OwnMail, triage
from intake.model import LinkPlace, Unpacked
from intake.unpacking.addresses import read_sender
from intake.unpacking.lines import plain_lines
from intake.unpacking.link_wrappers import unwrap
from intake.unpacking.links import links_in_text
from intake.unpacking.message import unpack
from intake.unpacking.names import safe_name
from tests.unpacking.mails import (
    PDF,
    TOP,
    a_message,
    a_seven_zip,
    a_winmail,
    a_zip,
    html,
    one_part,
    plain,
    with_pdf,
    zipped,
)

_ALARM_SECONDS = 30  # a hang, not slowness: the machine may be busy

SEEDS = [
    with_pdf(a_message()).as_bytes(),
    html('<p>Hello <a href="https://x.gov.uk/dhr">there</a></p><blockquote type="cite">x</blockquote>'),
    zipped(a_zip({"report.pdf": PDF, "inner.zip": a_zip({"x.pdf": PDF})})),
    one_part("Content-Type: application/ms-tnef; name=winmail.dat", a_winmail({"r.pdf": PDF}, "words")),
    one_part("Content-Type: application/x-7z-compressed", a_seven_zip({"report.pdf": PDF, "x.pdf": PDF})),
    plain(
        "On 2 May 2026 at 10:15, DHR wrote:\n> x\n\nKind regards\nJane\nhttps://x.gov.uk\n\nFrom: a\nSent: b\nTo: c\n"
    ),
    one_part("Content-Type: message/rfc822", with_pdf(a_message()).as_bytes()),
    TOP + b"Content-Type: multipart/report; report-type=delivery-status; boundary=r\r\n\r\n--r\r\n\r\nx\r\n--r--\r\n",
    TOP + b"Content-Type: application/pkcs7-mime\r\n\r\n0\x80\x06\x09*\x86H\x86\xf7\r\x01\x07\x02\xa0\x80",
]


def demand_sound(unpacked: Unpacked) -> None:
    """What every later stage relies on."""
    encoded = msgspec.msgpack.encode(unpacked)
    assert msgspec.msgpack.decode(encoded, type=Unpacked) == unpacked
    assert msgspec.json.encode(unpacked)
    shown = [unpacked.subject, unpacked.message_id, *(value for _, value in unpacked.headers)]
    shown += [file.name for file in unpacked.attachments]
    shown += [name for file in unpacked.attachments for name in file.containers]
    shown += [link.context for link in unpacked.links]
    assert not any(unicodedata.category(character) == "Cc" for text in shown for character in text)
    for file in unpacked.attachments:
        assert file.name
        assert "/" not in file.name
        assert len(file.name) <= 150
    for link in unpacked.links:
        assert not re.search(r"\s", link.url)
        assert link.url.lower().startswith(("http://", "https://"))
    # an exception of ours, kept from the caller, would show as the name of its type
    assert not [p for p in unpacked.problems if p.fault == "damaged-mime" and p.detail.endswith(("Error", "Exception"))]
    triage(unpacked, OwnMail())


@given(st.binary(max_size=3000))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_answered(raw: bytes) -> None:
    demand_sound(unpack(raw))


@given(st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_damage_to_a_7z_is_answered(data: st.DataObject) -> None:
    content = bytearray(a_seven_zip({"report.pdf": PDF, "x.pdf": PDF}))
    header = content[-data.draw(st.integers(1, 150)) :]
    header[0] = data.draw(st.integers(0, 255))
    content[-len(header) :] = header
    # with its digest made right again, so that the reader goes on to what was changed
    size = int.from_bytes(content[20:28], "little")
    content[28:32] = zlib.crc32(bytes(content[-size:])).to_bytes(4, "little")
    demand_sound(unpack(one_part("Content-Type: application/x-7z-compressed", bytes(content))))


@given(st.sampled_from(SEEDS), st.data())
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_damage_to_a_real_mail_is_answered(seed: bytes, data: st.DataObject) -> None:
    raw = bytearray(seed)
    for _ in range(data.draw(st.integers(1, 6))):
        position = data.draw(st.integers(0, max(0, len(raw) - 1)))
        change = data.draw(st.sampled_from(["flip", "cut", "insert", "repeat"]))
        if change == "flip" and raw:
            raw[position] = data.draw(st.integers(0, 255))
        elif change == "cut":
            del raw[position : position + data.draw(st.integers(1, 200))]
        elif change == "insert":
            raw[position:position] = data.draw(st.binary(max_size=40))
        else:
            raw[position:position] = raw[position : position + 100]
    demand_sound(unpack(bytes(raw)))


_MARKUP = st.sampled_from(
    [
        "<a href='",
        "'>",
        "</a>",
        "<p>",
        "<div id=appendonsend>",
        "<blockquote type=cite>",
        "</blockquote>",
        "<br>",
        "http://",
        "x.uk",
    ]
)


@given(st.lists(_MARKUP | st.text(max_size=20), max_size=40).map("".join))
@settings(max_examples=200, deadline=None)
def test_any_markup_is_answered(words: str) -> None:
    demand_sound(unpack(html(words.encode("utf-8", "replace").decode())))


_LINES = st.sampled_from(
    [
        "From: a",
        "Sent: b",
        "To: c",
        "Subject: d",
        "> e",
        "-- ",
        "Kind regards",
        "On 2 May 2026 x wrote:",
        "",
        "Tel: 01234 567890",
        "f g.",
    ]
)


@given(st.lists(_LINES | st.text(max_size=30), max_size=30).map("\n".join))
@settings(max_examples=200, deadline=None)
def test_no_word_of_a_body_is_lost(words: str) -> None:
    words = words.encode("utf-8", "replace").decode()
    unpacked = unpack(plain(words))
    demand_sound(unpacked)
    body = unpacked.body
    kept = sorted(f"{body.latest} {body.signature} {body.quoted}".split())
    expected = sorted(" ".join(line.text for line in plain_lines(words)).split())
    assert kept == expected


@given(st.text())
@settings(deadline=None)
def test_any_name_becomes_safe(raw: str) -> None:
    name = safe_name(raw)
    assert name
    assert not set("/\\\r\n\0\u202e") & set(name)
    assert safe_name(name) == name


@given(st.text())
@settings(deadline=None)
def test_a_sender_is_one_plain_address_or_none(value: str) -> None:
    sender = read_sender([value])
    assert sender is None or re.fullmatch(r"[!-~]+@[a-zA-Z0-9.-]+", sender.address)


@given(st.text(alphabet="htps:/w.uk?url=&%3A_-*!;@ ()<>", max_size=200))
@settings(deadline=None)
def test_any_text_gives_sound_links(text: str) -> None:
    for link in links_in_text(text, LinkPlace.SUBJECT, 100):
        assert not re.search(r"\s", link.url)
        assert unwrap(link.url).url


@contextmanager
def alarm() -> Iterator[None]:
    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError("it hangs")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(_ALARM_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _nested_messages(count: int) -> bytes:
    return (
        b"".join(b"Subject: x\r\nContent-Type: message/rfc822\r\n\r\n" for _ in range(count)) + b"Subject: y\r\n\r\nhi"
    )


def _nested_multiparts(count: int) -> bytes:
    return b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (number, number) for number in range(count)
    )


HOSTILE = {
    "nothing": b"",
    "nulls": bytes(1_000_000),
    "300 nested messages": _nested_messages(300),
    "50,000 nested multiparts": _nested_multiparts(50_000),
    "50,000 parts": TOP + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 50_000,
    "100,000 headers": b"".join(b"X-%d: y\r\n" % number for number in range(100_000)) + b"\r\nhi",
    "a header of 20 MB": b"Subject: " + b"a" * 20_000_000 + b"\r\n\r\nhi",
    "a folded header of 2,000,000 lines": b"Subject: a\r\n" + b" b\r\n" * 2_000_000 + b"\r\nhi",
    "brackets in the author": b"From: " + b"(" * 60_000 + b"\r\n\r\nhi",
    "quotes in the author": b"From: " + b'"a' * 30_000 + b"\r\n\r\nhi",
    "lines in the header that are none": b"Subject: a\r\n" + b"b\r\n" * 300_000 + b"To: c\r\n\r\nhi",
    "a slip before each field": b"a\r\nX-B: c\r\n" * 100_000 + b"\r\nhi",
    "ends of documents": html("</html" * 50_000),
    "marked lines": html("&gt; x<br>y<br>" * 50_000),
    "braces of rich text": one_part(
        "Content-Type: application/ms-tnef", a_winmail({}, rtf=b"{\\rtf1" + b"{" * 900_000)
    ),
    "signs of rich text": one_part(
        "Content-Type: application/ms-tnef", a_winmail({}, rtf=b"{\\rtf1" + b"\\u1?" * 300_000)
    ),
    "commands of enriched text": TOP + b"Content-Type: text/enriched\r\n\r\n" + b"<excerpt>\n\n" * 100_000,
    "openings of enriched text": TOP + b"Content-Type: text/enriched\r\n\r\n" + b"<a" * 500_000,
    "names and dates": plain("Jane Smith\n02/05/2026 10:15\nTo\n" * 10_000),
    "arrows": plain(">>> Jane 02/05/2026 x\n" * 20_000),
    "attributions without end": plain("On 2 May 2026 at 10:15 Jane\n" * 20_000),
    "forwards in forwards": plain(("From: Jane Smith\nSent: 2 May\nTo: x\nSubject: y\n\nz\n" * 5_000), "").replace(
        b"Subject: Final", b"Subject: FW: Final"
    ),
    "two long forms": one_part("Content-Type: text/html", b"<p>" + b"a b c d e f g " * 30_000),
    "bare returns": b"Subject: a\r\r" + b"b\r" * 1_000_000,
    "encoded words": b"Subject: " + b"=?u?q?" * 10_000 + b"\r\n\r\nhi",
    "parameters": b"Content-Type: text/plain" + b';a="' * 20_000 + b"\r\n\r\nhi",
    "200,000 newlines": plain("\n" * 200_000),
    "20,000 lines From: a": plain("From: a\n" * 20_000),
    "100,000 lines On 3": plain("On 3\n" * 100_000),
    "quote marks": plain("> " * 250_000),
    "closings": plain("Kind regards\n" * 20_000),
    "contact lines": plain("Jane\n\nTel: 01234 567890\n\n" * 10_000),
    "addresses without end": plain("http://a.uk/" * 40_000),
    "addresses with brackets": plain("http://a.uk/(" * 40_000),
    "wrapped addresses": plain(("<https://a.uk/" + "a" * 60 + "\n") * 8_000),
    "wraps in wraps": plain("https://x.safelinks.protection.outlook.com/?url=" * 10_000),
    "begin lines": plain("begin 644 a\n" + "#\n" * 100_000),
    "dots": plain("a." * 250_000),
    "open tags": html("<a<a" * 25_000),
    "open comments": html("<!--" * 25_000),
    "open sections": html("<![" * 25_000),
    "200,000 divs": html("<div>" * 200_000),
    "500,000 breaks": html("<br>" * 500_000),
    "50,000 quotes": html("<blockquote type=cite>x" * 50_000),
    "open anchors": html("<a href=http://a.uk/x>" * 50_000),
    "padding": TOP
    + b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + b"AA==\n" * 1_000_000,
    "boundaries": TOP + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"\n--bb" * 600_000,
    "winmail of empty objects": TOP
    + b"Content-Type: application/ms-tnef\r\n\r\n"
    + b"\x78\x9f\x3e\x22\0\0"
    + (b"\x02\x02\x90\x06\0" + bytes(6)) * 200_000,
    "a zip of 60,000 files": zipped(a_zip({f"{number}": b"" for number in range(60_000)})),
    "a zip bomb": zipped(a_zip({"a": bytes(50_000_000)})),
    "a slow charset": TOP + b"Content-Type: text/plain; charset=punycode\r\n\r\n" + b"a" * 200_000 + b"-99",
    "base64 of nothing": TOP
    + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode(b"<a" * 99_999),
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_mail_ends_with_an_answer(raw: bytes) -> None:
    with alarm():
        unpacked = unpack(raw)
    demand_sound(unpacked)


def test_what_is_too_much_is_named() -> None:
    assert {p.fault for p in unpack(_nested_messages(300)).problems} == {"too-deep"}
    assert "too-many-parts" in {p.fault for p in unpack(HOSTILE["50,000 parts"]).problems}
    assert "damaged-mime" in {p.fault for p in unpack(HOSTILE["100,000 headers"]).problems}
