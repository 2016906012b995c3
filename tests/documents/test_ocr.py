"""Scans are recognised, however they lie; budgets hold; what is not read is said."""

from __future__ import annotations

import functools
import io

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader
from intake.model import Attachment, Document, TextSource
from intake.sandbox.sandbox import Sandbox
from tests.documents.files import attachment, pdf, scan

LETTER = (
    "Dear Councillor Marchbank,",
    "Thank you for submitting the Domestic Homicide Review report for Ambleford",
    "Community Safety Partnership to the Home Office Quality Assurance Panel.",
    "The report was considered at the panel meeting. I apologise for the delay.",
    "The Home Office is content that on completion of these changes, the review",
    "may be published. Areas for final development are listed below.",
)


@functools.cache
def letter_picture() -> Image.Image:
    """A page of a letter as a picture at 200 dpi, drawn by the reader under test's own engine."""

    def draw(canvas: Canvas, _number: int) -> None:
        canvas.setFont("Times-Roman", 13)
        for row, line in enumerate(LETTER * 3):
            canvas.drawString(70, 740 - 22 * row - 24 * (row // 6), line)

    with Sandbox(workers=1) as sandbox:
        return Image.open(io.BytesIO(Reader(sandbox).render(pdf(1, lines=0, draw=draw), 1, dpi=200)))


def recognised(reader: Reader, content: bytes) -> Document:
    file = attachment(content)
    document = reader.read(file)
    assert [page.source for page in document.pages] == [TextSource.NONE]
    assert document.pages[0].picture > 0.9
    return reader.recognise(file, document, [1])


@pytest.mark.parametrize(
    ("tilt", "turn", "bits"),
    [
        (0.0, 0, 8),
        (0.7, 0, 8),
        (-1.5, 0, 1),
        (0.4, 90, 8),
        (0.0, 180, 8),
        (-0.5, 270, 1),
        (-3.2, 0, 8),
        (5.0, 0, 8),
        (3.0, 90, 8),
    ],
    ids=[
        "straight",
        "tilted",
        "black-and-white",
        "on-its-side",
        "upside-down",
        "other-side",
        "crooked",
        "steep",
        "both",
    ],
)
def test_a_scanned_letter_is_recognised(reader: Reader, tilt: float, turn: int, bits: int) -> None:
    page = recognised(reader, scan(letter_picture(), tilt, turn, bits=bits)).pages[0]
    assert page.source is TextSource.OCR
    assert page.confidence > 0.8
    flat = " ".join(page.text.split())
    for phrase in ("Thank you for submitting the Domestic Homicide Review", "I apologise for the delay"):
        assert phrase in flat
    assert "content that on completion of these changes" in flat


def test_an_attached_photograph_is_recognised(reader: Reader) -> None:
    target = io.BytesIO()
    letter_picture().convert("L").save(target, "JPEG", quality=70)
    file = attachment(target.getvalue(), "letter.jpg", "image/jpeg")
    page = reader.recognise(file, reader.read(file), [1]).pages[0]
    assert "Thank you for submitting" in page.text


def test_only_the_pages_asked_for_are_recognised_and_others_stay(reader: Reader) -> None:
    file = attachment(pdf(3))
    document = looked_at(reader, file)
    assert not any(page.recognised for page in document.pages)
    document = reader.recognise(file, document, [2, 9, 2])
    assert [page.source for page in document.pages] == [TextSource.LAYER, TextSource.OCR, TextSource.LAYER]
    assert "Page 2 of the report" in document.pages[1].text
    assert document.unread_pages == ()


def test_a_blank_page_is_surely_blank_and_scribble_is_surely_nothing_sure(reader: Reader) -> None:
    blank = Image.new("L", (1654, 2339), 255)
    page = recognised(reader, scan_clean(blank)).pages[0]
    assert (page.text, page.confidence) == ("", 1.0)
    photograph = Image.effect_noise((827, 1170), 90)  # of a small sheet: noise takes OCR longest
    assert recognised(reader, scan_clean(photograph)).pages[0].confidence < 0.7


def scan_clean(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "PDF", resolution=200)
    return target.getvalue()


def test_pages_over_the_budget_are_named(reading_sandbox: Sandbox) -> None:
    reader = Reader(reading_sandbox, ReadingBudget(ocr_pages=2))
    file = attachment(pdf(5, lines=1))
    document = reader.recognise(file, looked_at(reader, file), [5, 4, 3])
    assert [page.number for page in document.pages if page.source is TextSource.OCR] == [4, 5]
    assert document.unread_pages == (3,)
    assert reader.recognise(file, document, [1]).unread_pages == (1, 3)


def test_the_processors_seconds_of_a_message_are_kept(reading_sandbox: Sandbox) -> None:
    """Counted after each few pages, whatever the clock says: a busy machine gives the same answer."""
    reader = Reader(reading_sandbox, ReadingBudget(ocr_seconds=0.1))
    file = attachment(pdf(9, lines=12))
    document = reader.recognise(file, looked_at(reader, file), range(1, 10))
    assert [page.number for page in document.pages if page.recognised] == [1, 2, 3, 4]
    assert document.unread_pages == (5, 6, 7, 8, 9)


def looked_at(reader: Reader, file: Attachment) -> Document:
    """The file's pages, each held against its picture: what comes before OCR where there is a text layer."""
    document = reader.read(file)
    return reader.recognise(file, document, range(1, document.page_count + 1))


def test_it_says_whether_ocr_works(reader: Reader) -> None:
    assert reader.ocr_available() == (True, "")


def test_without_language_data_pages_are_left_unread() -> None:
    with Sandbox(workers=1) as sandbox:
        reader = Reader(sandbox)
        found = sandbox.run("tests.documents.without_data:check", b"", returns=list[str])
        assert found[0] == "False"
        assert "tesseract-ocr-eng" in found[1]
        assert sandbox.run("tests.documents.without_data:recognise", pdf(1), returns=object) is None
        assert reader.ocr_available()[0]


def test_a_page_can_be_shown(reader: Reader) -> None:
    picture = Image.open(io.BytesIO(reader.render(pdf(2), 2, dpi=72)))
    assert (picture.format, picture.size) == ("PNG", (596, 842))
    assert reader.render(pdf(2), 3) == b""
    assert reader.render(b"no pdf", 1) == b""


def test_a_picture_of_a_page_is_never_too_large(reading_sandbox: Sandbox) -> None:
    reader = Reader(reading_sandbox, ReadingBudget(max_pixels=100_000))
    picture = Image.open(io.BytesIO(reader.render(pdf(1), 1, dpi=600)))
    assert picture.width * picture.height < 102_000
