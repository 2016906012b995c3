"""What is a PDF, what it says, and what is wrong with it: one test for each way that files go wrong."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader
from intake.model import Document, ReadProblem, TextSource
from intake.sandbox.sandbox import Sandbox
from tests.documents.files import SENTENCE, attachment, changed, encrypted, one_page, package, pdf, raw_pdf, stream

WHOLE = pdf(3)


def read(reader: Reader, content: bytes) -> Document:
    return reader.read(attachment(content))


def assert_whole(document: Document) -> None:
    assert (document.is_pdf, document.media_type, document.problem) == (True, "application/pdf", None)
    assert document.page_count == len(document.pages) == 3
    assert [page.text.splitlines()[0] for page in document.pages] == [f"Page {n} of the report" for n in (1, 2, 3)]
    assert all(page.source is TextSource.LAYER and SENTENCE in page.text for page in document.pages)


def test_a_pdf_is_read_page_by_page(reader: Reader) -> None:
    document = read(reader, WHOLE)
    assert_whole(document)
    assert document.readable
    assert not document.repaired
    assert (document.pages[0].width, document.pages[0].height) == (595.3, 841.9)
    assert document.size == len(WHOLE)
    assert len(document.sha256) == 64


def test_neither_name_nor_declared_type_decides(reader: Reader) -> None:
    assert_whole(reader.read(attachment(WHOLE, "report.docx", "application/octet-stream")))
    assert not reader.read(attachment(b"just words", "report.pdf")).is_pdf


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_a_password_is_named(reader: Reader, algorithm: str) -> None:
    document = read(reader, encrypted(WHOLE, "open", "own", algorithm))
    assert (document.is_pdf, document.problem, document.owner_password) == (True, ReadProblem.PASSWORD, False)


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-256"])
def test_an_owner_password_alone_is_fine(reader: Reader, algorithm: str) -> None:
    document = read(reader, encrypted(WHOLE, "", "own", algorithm))
    assert_whole(document)
    assert document.owner_password


@pytest.mark.parametrize(
    "content",
    [
        b"Content-Type: application/pdf\r\n\r\n\n" + WHOLE,
        b"x" * 2000 + WHOLE,
        b"\0" * 512 + WHOLE,
        b"\xef\xbb\xbf" + WHOLE,
        b"\r\n" * 10 + WHOLE,
        WHOLE + b"junk" * 2000,
        WHOLE.replace(b"startxref\n", b"startxref\n9"),
        b"<html>%%EOF</html>" + WHOLE,
    ],
    ids=["headers", "2000-bytes", "512-nuls", "bom", "blank-lines", "junk-after", "bad-startxref", "html-before"],
)
def test_junk_around_a_pdf_is_overlooked(reader: Reader, content: bytes) -> None:
    assert_whole(read(reader, content))


def test_line_ends_changed_on_the_way_are_mended(reader: Reader) -> None:
    assert_whole(read(reader, pdf_as_text().replace(b"\n", b"\r\n")))


def pdf_as_text() -> bytes:
    """An uncompressed file, such as a mail gateway takes for text."""
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, pageCompression=0)
    for number in (1, 2, 3):
        canvas.drawString(60, 780, f"Page {number} of the report")
        canvas.drawString(60, 760, SENTENCE)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def test_a_missing_end_is_mended_and_said(reader: Reader) -> None:
    document = read(reader, WHOLE[: WHOLE.rfind(b"startxref")])
    assert_whole(document)
    assert document.repaired


@pytest.mark.parametrize("share", [0.2, 1 / 3, 2 / 3, 0.9])
def test_a_file_cut_off_is_a_damaged_pdf(reader: Reader, share: float) -> None:
    long = pdf(40, lines=40)
    document = read(reader, long[: int(len(long) * share)])
    assert (document.is_pdf, document.problem) == (True, ReadProblem.DAMAGED)
    assert not document.readable


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"<!-- %PDF-1.4 --><html><body><p>Download the report</p></body></html>", "text/html"),
        (b"%PDF-", "text/plain"),
        (b"%PDF-1.7 is what the file should begin with", "text/plain"),
        (b"Dear colleague, the file starts with %PDF-1.4 but will not open.", "text/plain"),
    ],
    ids=["html", "five-bytes", "a-sentence", "a-mail"],
)
def test_a_mention_of_the_header_makes_no_pdf(reader: Reader, content: bytes, media_type: str) -> None:
    document = read(reader, content)
    assert (document.is_pdf, document.media_type) == (False, media_type)


def test_a_zip_that_holds_a_pdf_is_a_zip(reader: Reader) -> None:
    document = read(reader, package({"report.pdf": WHOLE}))
    assert (document.is_pdf, document.media_type) == (False, "application/zip")
    assert document.problem is ReadProblem.NOT_READ


def test_an_empty_file_and_a_pdf_without_pages_are_told_apart(reader: Reader) -> None:
    assert read(reader, b"").problem is ReadProblem.EMPTY
    bare = read(reader, raw_pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 0/Kids[]>>"]))
    assert (bare.is_pdf, bare.problem) == (True, ReadProblem.NO_PAGES)


def test_pages_without_usable_text_are_named(reader: Reader) -> None:
    gibberish = "".join(chr(0x21 + (ord(c) * 7) % 90) for c in SENTENCE * 5 if c != " ")
    shown = gibberish.replace("\\", "").replace("(", "").replace(")", "").encode()
    document = read(reader, one_page(stream(b"BT /F1 9 Tf 20 700 Td (" + shown + b") Tj ET")))
    assert (document.pages[0].source, document.pages[0].text) == (TextSource.NONE, "")
    blank = read(reader, one_page(stream(b"")))
    assert (blank.pages[0].source, blank.pages[0].picture, blank.problem) == (TextSource.LAYER, 0.0, None)


def test_a_sideways_page_and_a_wide_one_are_read(reader: Reader) -> None:
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=landscape(A4))
    canvas.drawString(50, 500, "Recommendation")
    canvas.showPage()
    canvas.setPageSize(A4)
    canvas.rotate(90)
    canvas.drawString(50, -100, "Lead agency and target date, drawn sideways")
    canvas.showPage()
    canvas.drawString(50, 500, "Turned by the file")
    canvas.save()
    content = changed(target.getvalue(), lambda writer: writer.pages[2].rotate(90))
    wide, sideways, turned = read(reader, content).pages
    assert wide.landscape
    assert not sideways.landscape
    assert "Lead agency and target date, drawn sideways" in sideways.text
    assert turned.landscape


def test_the_headings_of_a_table_come_out_near_each_other(reader: Reader) -> None:
    headings = ["Recommendation", "Scope", "Action to take", "Lead agency", "Key milestones", "Target date", "Outcome"]

    def table(canvas: Canvas, _number: int) -> None:
        canvas.setFont("Helvetica", 6)
        for row in range(8):
            for column, heading in enumerate(headings):
                canvas.drawString(40 + 75 * column, 400 - 30 * row, heading if row == 0 else f"cell {row}/{column}")

    text = read(reader, pdf(1, draw=table)).pages[0].text
    first, last = text.index(headings[0]), text.index(headings[-1])
    assert 0 < last - first < 150
    assert all(heading in text[first : last + 10] for heading in headings)


def test_several_files_keep_their_order(reader: Reader) -> None:
    files = [attachment(pdf(number), f"{number}.pdf") for number in (5, 1, 4, 2)]
    files.insert(2, attachment(b"words", "notes.txt"))
    assert [(d.name, d.page_count) for d in reader.read_all(files)] == [
        ("5.pdf", 5),
        ("1.pdf", 1),
        ("notes.txt", 1),
        ("4.pdf", 4),
        ("2.pdf", 2),
    ]


def test_a_picture_within_forms_is_a_picture(reader: Reader) -> None:
    """Some programs draw a placed picture inside a form, and that inside another."""

    def draw(canvas: Canvas, _number: int) -> None:
        canvas.beginForm("inner", 0, 0, 595, 842)
        canvas.drawImage(ImageReader(noise(1)), 0, 0, 595, 842)
        canvas.endForm()
        canvas.beginForm("outer", 0, 0, 595, 842)
        canvas.doForm("inner")
        canvas.endForm()
        canvas.doForm("outer")

    (page,) = read(reader, pdf(1, lines=1, draw=draw)).pages
    assert page.picture > 0.9


def test_a_file_shared_out_to_children_comes_back_whole(reader: Reader) -> None:
    heavy = pdf(60, lines=40, draw=lambda canvas, n: canvas.drawInlineImage(noise(n), 300, 60, 200, 200))
    assert len(heavy) > 200_000
    document = read(reader, heavy)
    assert [page.number for page in document.pages] == list(range(1, 61))
    assert all(0.05 < page.picture < 0.1 for page in document.pages)


def noise(seed: int) -> Image.Image:
    return Image.effect_noise((100, 100), 40 + seed % 7)


def test_of_a_very_long_file_both_ends_are_read(reading_sandbox: Sandbox) -> None:
    document = Reader(reading_sandbox, ReadingBudget(max_pages=10)).read(attachment(pdf(30, lines=1)))
    assert [page.number for page in document.pages] == [1, 2, 3, 4, 5, 26, 27, 28, 29, 30]
    assert (document.page_count, document.problem) == (30, ReadProblem.TOO_COMPLEX)


def test_the_service_loads_no_parser() -> None:
    parsers = {"pypdf", "pypdfium2", "PIL", "pikepdf", "lxml", "magic", "tesserocr"}
    script = f"import sys, intake.documents; print({parsers} & set(sys.modules))"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=Path.cwd(), capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "set()"
