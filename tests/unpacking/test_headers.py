from __future__ import annotations

from datetime import UTC, datetime

import pytest

from intake.unpacking.addresses import read_addresses, read_sender
from intake.unpacking.headers import decode_words
from intake.unpacking.names import safe_name
from tests.unpacking.mails import TOP, opened


@pytest.mark.parametrize(
    ("value", "address", "name"),
    [
        ("jane@x.gov.uk", "jane@x.gov.uk", ""),
        ("Jane Smith <jane@X.GOV.UK>", "jane@x.gov.uk", "Jane Smith"),
        ('"Smith, Jane" <Jane.Smith@x.gov.uk>', "Jane.Smith@x.gov.uk", "Smith, Jane"),
        ("Smith, Jane <jane@x.gov.uk>", "jane@x.gov.uk", "Smith Jane"),
        ("=?utf-8?q?J=C3=A1ne?= <jane@x.gov.uk>", "jane@x.gov.uk", "Jáne"),
        ("jane@x.gov.uk (Jane)", "jane@x.gov.uk", ""),
        ("jane@x.gov.uk <jane@x.gov.uk>", "jane@x.gov.uk", "jane@x.gov.uk"),
        ("o'neil@x.gov.uk", "o'neil@x.gov.uk", ""),
        ('"=?utf-8?q?a=40b=2Eorg=3E=2C?=" <jane@x.gov.uk>', "jane@x.gov.uk", "a@b.org>,"),
    ],
)
def test_one_clear_author_is_the_sender(value: str, address: str, name: str) -> None:
    sender = read_sender([value])
    assert sender is not None
    assert (sender.address, sender.name) == (address, name)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Jane Smith",
        "alice@example.org)bob@example.net",
        "alice@example.org, bob@example.net",
        "alice@example.org <bob@example.net>",
        "team: alice@example.org;",
        "undisclosed-recipients:;",
        "<alice@example.org> <bob@example.net>",
        "alice@example.org bob@example.net",
        "alice@localhost",
        "alice@[127.0.0.1]",
        "alice@example..org",
        "alice@-example.org",
        "alice@example.org\x00",
        '"alice bob"@example.org',
        "alice@example.org>",
        "<<alice@example.org>>",
        "(" * 5000,
    ],
)
def test_an_odd_author_is_none(value: str) -> None:
    assert read_sender([value]) is None


def test_two_from_fields_are_no_author() -> None:
    assert opened(b"From: a@x.uk\r\n" + TOP + b"\r\nhi").sender is None


def test_recipients_are_read_without_groups_and_broken_ones() -> None:
    found = read_addresses('A <a@x.uk>, broken, Team: b@x.uk, "C, D" <c@x.uk>;, e@x.uk')
    assert [address.address for address in found] == ["a@x.uk", "b@x.uk", "c@x.uk", "e@x.uk"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("=?utf-8?q?caf=C3=A9_au_lait?=", "café au lait"),
        ("=?UTF-8?B?Y2Fmw6k=?= x", "café x"),
        ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
        ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
        ("=?iso-8859-1*en?q?caf=E9?=", "café"),
        ("=?no-such?q?abc?=", "abc"),
        ("plain =? text", "plain =? text"),
        ("=?utf-8?B?Y2Fmw6?=", "caf"),
    ],
)
def test_encoded_words_are_decoded(value: str, text: str) -> None:
    assert decode_words(value).rstrip("Ã\ufffd") == text


def test_headers_are_unfolded_and_hold_no_line_breaks_even_when_encoded() -> None:
    unpacked = opened(b"Subject: Final\r\n report =?utf-8?q?x=0D=0ABcc:_evil=40x.uk?=\r\nX-A: \x1b[31mred\r\n\r\nhi")
    assert unpacked.subject == "Final report x Bcc: evil@x.uk"
    assert unpacked.header("x-a") == "[31mred"


def test_direction_marks_are_taken_out_of_the_subject() -> None:
    assert opened("Subject: a\u202egpj.exe\r\n\r\n".encode()).subject == "agpj.exe"


def test_the_identifiers_of_the_thread_are_read() -> None:
    raw = b"Message-ID: <a@x>\r\nIn-Reply-To: <b@x> (Jane's mail)\r\nReferences: <c@x>\r\n <b@x> <c@x>\r\n\r\n"
    unpacked = opened(raw)
    assert unpacked.message_id == "<a@x>"
    assert unpacked.in_reply_to == ("<b@x>",)
    assert unpacked.references == ("<c@x>", "<b@x>")


@pytest.mark.parametrize(
    ("value", "date"),
    [
        (b"Mon, 23 Nov 2026 10:15:00 +0100", datetime(2026, 11, 23, 9, 15, tzinfo=UTC)),
        (b"23 Nov 2026 10:15 GMT", datetime(2026, 11, 23, 10, 15, tzinfo=UTC)),
        (b"Mon, 23 Nov 2026 10:15:00 -0000", datetime(2026, 11, 23, 10, 15, tzinfo=UTC)),
        (b"yesterday", None),
        (b"Mon, 99 Nov 99999 10:15:00 +0000", None),
        (b"", None),
    ],
)
def test_dates_are_aware_or_none(value: bytes, date: datetime | None) -> None:
    assert opened(b"Date: " + value + b"\r\n\r\n").date == date


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("../../report.pdf", "report.pdf"),
        ("C:\\temp\\report.pdf", "report.pdf"),
        ("a\r\nb\x00.pdf", "a b .pdf"),
        ("report\u202efdp.exe", "reportfdp.exe"),
        ("   ", "unnamed"),
        ("..", "unnamed"),
        ("x" * 400 + ".pdf", "x" * 146 + ".pdf"),
        ("a" * 400, "a" * 150),
        ("folder/", "folder"),
        ("plan: final?.pdf", "plan_ final_.pdf"),
    ],
)
def test_names_are_safe_to_show(raw: str, name: str) -> None:
    assert safe_name(raw) == name


def test_lines_that_are_no_header_are_passed_over() -> None:
    unpacked = opened(b"Subject: a\r\nthis is no header\r\nTo: b@x.uk\r\n\r\nhi")
    assert (unpacked.subject, unpacked.to[0].address, unpacked.body.latest) == ("a", "b@x.uk", "hi")


def test_an_mbox_separator_is_passed_over() -> None:
    assert opened(b"From jane Mon Nov 23\r\nSubject: a\r\n\r\nhi").subject == "a"
