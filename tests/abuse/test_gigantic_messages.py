"""A message made to be costly is opened in bounded time, and what was left out is said."""

from __future__ import annotations

import io
import time
import zipfile

import pytest

from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader
from intake.model import Attachment
from intake.sandbox.limits import Limits
from intake.sandbox.sandbox import Sandbox
from intake.unpacking.message import unpack
from tests.documents.files import packed_run
from tests.unpacking.mails import PDF, TOP, a_zip, zipped

MEGABYTE = 1024 * 1024


def a_bomb(layers: int) -> bytes:
    """Zeros in a ZIP, in as many ZIPs as asked for."""
    content = bytes(50 * MEGABYTE)
    for layer in range(layers):
        content = a_zip({f"{layer}.zip" if layer else "zeros.pdf": content})
    return content


def overlapping() -> bytes:
    """A ZIP whose directory lists one deflated member many thousand times."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.pdf", bytes(MEGABYTE))
        archive.filelist *= 3000
    return packed.getvalue()


HEADERS = {
    "one long line": b"X-Long: " + b"a" * (8 * MEGABYTE) + b"\r\n",
    "a long subject": b"Subject: " + b"=?utf-8?q?a?= " * 300_000 + b"\r\n",
    "many lines": b"X-Many: a\r\n" * 300_000,
    "many continuations": b"X-Folded: a\r\n" + b" b\r\n" * 300_000,
    "many recipients": b"Cc: " + b"a@x.example, " * 200_000 + b"b@x.example\r\n",
    "nested comments": b"From: " + b"(" * 500_000 + b"\r\n",
    "open quotations": b'To: "' + b'\\"' * 500_000 + b"\r\n",
    "many references": b"References: " + b"<a@x.example> " * 200_000 + b"\r\n",
    "many results": b"Authentication-Results: mx; spf=pass\r\n" * 100_000,
    "no end": b"a" * (8 * MEGABYTE),
}


@pytest.mark.parametrize("which", HEADERS)
def test_a_gigantic_header_costs_little(which: str) -> None:
    before = time.process_time()
    unpacked = unpack(HEADERS[which] + TOP + b"\r\nHello\r\n")
    assert time.process_time() - before < 5
    assert sum(len(value) for _, value in unpacked.headers) < 20 * MEGABYTE


@pytest.mark.parametrize(
    ("which", "raw"),
    [
        (
            "nested parts",
            b"".join(b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(5000)),
        ),
        ("nested messages", b"Content-Type: message/rfc822\r\n\r\n" * 5000),
        ("many parts", TOP + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 100_000),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_deep_and_wide_structures_are_cut_and_said_so(which: str, raw: bytes) -> None:
    before = time.process_time()
    unpacked = unpack(raw)
    assert time.process_time() - before < 10, which
    assert unpacked.problems


@pytest.mark.parametrize("layers", [1, 2, 3, 4])
def test_a_zip_bomb_stays_small_and_is_named(layers: int) -> None:
    unpacked = unpack(zipped(a_bomb(layers)))
    assert sum(file.size for file in unpacked.attachments) < 10 * MEGABYTE
    assert any(problem.fault in {"zip-limits", "too-deep"} for problem in unpacked.problems)


def test_a_zip_that_overlaps_itself_stays_small() -> None:
    unpacked = unpack(zipped(overlapping()))
    assert sum(file.size for file in unpacked.attachments) < 210 * MEGABYTE
    assert any(problem.fault.startswith("zip-") for problem in unpacked.problems)


def test_a_pdf_bomb_costs_its_child_only() -> None:
    stream = packed_run(bytes(MEGABYTE), 400)
    bomb = b"".join(
        [
            b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n",
            b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
            b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n",
            b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n" % len(stream),
            stream,
            b"\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n",
        ]
    )
    with Sandbox(Limits(wall_seconds=20, memory_bytes=512 * MEGABYTE)) as sandbox:
        reader = Reader(sandbox, ReadingBudget())
        document = reader.read(Attachment("bomb.pdf", "application/pdf", bomb))
        assert not any(page.text.strip() for page in document.pages)
        assert reader.read(Attachment("plain.pdf", "application/pdf", PDF)).size == len(PDF)
