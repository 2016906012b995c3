"""A child of the sandbox can open no file: whatever unpacking needs must be loaded before."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from intake.model import Unpacked
from intake.sandbox.sandbox import Sandbox
from intake.unpacking.message import unpack
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


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.mark.parametrize(
    "raw",
    [
        with_pdf(a_message("tŷ")).as_bytes(),
        html('<p>Hello <a href="https://x.gov.uk/dhr">there</a></p><blockquote type="cite">x</blockquote>'),
        plain("Published at www.x.gov.uk/dhr\n\nKind regards\nJane\n\nOn 2 May 2026, DHR wrote:\n> x"),
        zipped(a_zip({"tŷ.pdf": PDF})),
        one_part("Content-Type: application/ms-tnef; name=winmail.dat", a_winmail({"Röport.pdf": PDF}, "words")),
        one_part("Content-Type: application/x-7z-compressed", a_seven_zip({"tŷ.pdf": PDF})),
        one_part("Content-Type: application/ms-tnef", a_winmail({"r.pdf": PDF}, rtf=b"{\\rtf1\\ansi caf\\'e9}")),
        TOP + b"Content-Type: text/enriched\r\n\r\n<bold>Words</bold>",
        html('<a href="https://xn--nrshire-9ig.example/dhr">x</a>'),
        b"",
        *(
            TOP + f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode() + "caf\u00e9".encode(charset)
            for charset in ("iso-8859-1", "iso-8859-14", "iso-8859-15", "windows-1252", "utf-16", "mac-roman", "cp850")
        ),
        TOP + b"Content-Type: text/plain\r\n\r\nit\x92s",
    ],
)
def test_a_sandboxed_child_unpacks_the_same(sandbox: Sandbox, raw: bytes) -> None:
    assert sandbox.run(unpack, raw, returns=Unpacked) == unpack(raw)
