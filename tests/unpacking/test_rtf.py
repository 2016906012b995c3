"""Outlook's rich text gives its words and its links, whatever it was made of."""

from __future__ import annotations

import struct

import pytest

from intake.unpacking.rtf import RichText, RtfDamaged, decompress_rtf, read_rtf
from tests.unpacking.mails import PDF, a_winmail, faults, names, one_part, opened, stored_rtf, urls

HEAD = rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss Arial;}{\f1\fcharset238 Arial CE;}}{\colortbl\red0;}"
HOLD = (
    rb"Please wait with it.\par See {\field{\*\fldinst{HYPERLINK " + b'"https://x.gov.uk/dhr"' + rb"}}{\fldrslt here}}."
)
OF_HTML = (
    rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0 Arial;}}{\*\generator A program;}{\*\htmltag19 <html>}"
    rb"{\*\htmltag50 <body>}\htmlrtf {\htmlrtf0 {\*\htmltag64 <p>}\htmlrtf \par\htmlrtf0 Please \'93wait\'94."
    rb"{\*\htmltag84 <a href=" + b'"https://x.gov.uk/dhr"' + rb">}\htmlrtf {\field{\*\fldinst{HYPERLINK x}}{\fldrslt"
    rb"\htmlrtf0 here\htmlrtf }}\htmlrtf0 {\*\htmltag92 </a>}{\*\htmltag72 </p>}{\*\mhtmltag x}\htmlrtf }\htmlrtf0 }"
)


def test_compressed_text_is_expanded() -> None:
    # the first example of MS-OXRTFCP, 4.1
    content = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    assert decompress_rtf(content, 1000) == (b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n", False)
    assert decompress_rtf(content, 10) == (b"{\\rtf1\\ans", True)


def test_a_reference_that_overlaps_what_it_writes_repeats_it() -> None:
    body = (
        b"\x0e" + b"X" + struct.pack(">H", 207 << 4 | 8) + struct.pack(">H", 217 << 4 | 0) + struct.pack(">H", 219 << 4)
    )
    content = struct.pack("<II4sI", len(body) + 12, 13, b"LZFu", 0) + body
    assert decompress_rtf(content, 1000) == (b"X" * 13, False)


@pytest.mark.parametrize("content", [b"", b"short", struct.pack("<II4sI", 12, 0, b"ABCD", 0)])
def test_what_is_no_compressed_text_is_refused(content: bytes) -> None:
    with pytest.raises(RtfDamaged):
        decompress_rtf(content, 1000)


@pytest.mark.parametrize(
    ("rtf", "plain"),
    [
        (HEAD + rb"\f0 Dear all,\par\par caf\'e9 \{a\} \u8217?s 5\~km\emdash}", "Dear all,\n\ncafé {a} ’s 5\u00a0km—"),
        (HEAD + rb"\f1 p\'f8es}", "přes"),
        (HEAD + rb"{\*\unknown hidden}{\info{\author hidden}}{\pict 00ff}shown}", "shown"),
        (HEAD + rb"\uc2\u-4?\'3f x}", "\ufffc x"),
        (HEAD + b"\\bin3 \\}{shown}", "shown"),
        (HEAD + HOLD + b"}", "Please wait with it.\nSee  <https://x.gov.uk/dhr> here."),
    ],
)
def test_the_words_of_rich_text_are_read(rtf: bytes, plain: str) -> None:
    assert read_rtf(rtf) == RichText(plain=plain)


def test_html_inside_rich_text_comes_out_as_it_went_in() -> None:
    assert read_rtf(OF_HTML).html == ('<html><body><p>Please “wait”.<a href="https://x.gov.uk/dhr">here</a></p>')


def test_what_is_no_rich_text_is_refused() -> None:
    with pytest.raises(RtfDamaged):
        read_rtf(b"hello")


@pytest.mark.parametrize("rtf", [HEAD + HOLD + b"}", OF_HTML])
def test_a_winmail_whose_only_body_is_rich_text_is_read(rtf: bytes) -> None:
    unpacked = opened(
        one_part("Content-Type: application/ms-tnef", a_winmail({"report.pdf": PDF}, rtf=rtf)).replace(b"Hello", b"")
    )
    assert unpacked.body.latest.startswith("Please")
    assert (urls(unpacked), names(unpacked), faults(unpacked)) == (["https://x.gov.uk/dhr"], ["report.pdf"], [])


def test_a_winmail_whose_rich_text_cannot_be_read_says_so() -> None:
    unpacked = opened(one_part("Content-Type: application/ms-tnef", a_winmail({"report.pdf": PDF}, rtf=b"no rtf")))
    assert (names(unpacked), faults(unpacked)) == (["report.pdf"], ["words-unread"])


def test_rich_text_longer_than_a_body_may_be_is_cut_and_says_so() -> None:
    rtf = HEAD + b"word " * 900_000 + b"}"
    unpacked = opened(one_part("Content-Type: application/ms-tnef", a_winmail({}, rtf=rtf)))
    assert "words-cut" in faults(unpacked)


def test_the_frame_of_the_tests_is_one_that_is_read() -> None:
    assert decompress_rtf(stored_rtf(b"{\\rtf1 x}"), 100) == (b"{\\rtf1 x}", False)
