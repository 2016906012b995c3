"""Beside the content: our own look at DKIM proves the sender, and every file is scanned, however it is wrapped."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from intake.model import Attachment
from intake.sandbox.scanner import Scanner
from intake.senders.safety import Safety
from intake.settings.sections import Senders
from intake.unpacking.message import unpack
from tests.senders.test_own_dkim import MAIL, names, signed
from tests.servers.clamd import Clamd, eicar


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    with Clamd(signatures_of=datetime.now(UTC) - timedelta(days=2)) as server:
        yield server


def arrived() -> bytes:
    """A signed message as it came in just now."""
    trace = f"Received: from mail.northmere.gov.uk by mx.homeoffice.example; {format_datetime(datetime.now(UTC))}\r\n"
    return trace.encode() + signed()


def safety(scanner: Scanner | None = None) -> Safety:
    return Safety(Senders(), (), tuple, scanner, names)


def test_a_signature_that_we_verified_ourselves_proves_the_sender() -> None:
    raw = arrived()
    found = safety().sender(unpack(memoryview(raw)), raw)
    assert "own-dkim" in found.how
    assert found.reply_to
    assert safety().doubts(found, raw, ()) == ()


@pytest.mark.parametrize("raw", [MAIL, signed().replace(b"Please", b"Kindly")], ids=["unsigned", "changed"])
def test_without_one_a_person_looks(raw: bytes) -> None:
    found = safety().sender(unpack(memoryview(raw)), raw)
    assert found.how == ()
    assert safety().doubts(found, raw, ())


def test_what_is_hidden_from_the_scanner_in_the_message_is_found_in_the_file(clamd: Clamd) -> None:
    """Here a wrapping that the scanner does not open: the message itself passes for clean."""
    plain = arrived()
    raw = plain + base64.b64encode(bytes(byte ^ 0x55 for byte in eicar()))
    sender = safety().sender(unpack(memoryview(plain)), plain)
    guarded = safety(Scanner(clamd.unix_address))
    assert guarded.doubts(sender, raw, ()) == ()
    (doubt,) = guarded.doubts(sender, raw, (Attachment("report.pdf", "application/pdf", eicar()),))
    assert doubt.code == "scanner-found"
