"""Pages that show something else than their text layer says. Everybody in them is invented."""

from __future__ import annotations

from collections.abc import Callable

import pypdf
import pypdfium2
from PIL import Image
from pypdf.annotations import FreeText
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    create_string_object,
)
from reportlab.lib.colors import Color, black, white
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from tests.documents.files import changed, pdf

WORDS = (
    "Dear Councillor Marchbank,",
    "Thank you for submitting the Domestic Homicide Review report to the Panel.",
    "The report was considered at the panel meeting and we apologise for the delay.",
    "On completion of these changes the review may be published with this letter.",
    "Areas for final development are listed below, and none needs our approval.",
)
INVISIBLE, CLIP = 3, 7  # text rendering modes. ISO 32000-1, 9.3.6
WHOLE_PAGE = (0, 0, 595, 842)


def write(canvas: Canvas, *, size: float = 11, mode: int = 0, colour: Color = black, left: float = 60) -> None:
    """Fifteen lines of a letter under the page's first line."""
    text = canvas.beginText(left, 740)
    text.setFont("Helvetica", size)
    text.setTextRenderMode(mode)
    text.setFillColor(colour)
    for line in WORDS * 3:
        text.textLine(line)
        text.moveCursor(0, 14)
    canvas.drawText(text)


def letter(
    *, size: float = 11, mode: int = 0, colour: Color = black, left: float = 60
) -> Callable[[Canvas, int], None]:
    """The lines, drawn in some way, as a page's drawing."""
    return lambda canvas, _number: write(canvas, size=size, mode=mode, colour=colour, left=left)


def picture(dpi: int = 150) -> Image.Image:
    """The same lines as a scanner's picture of a page."""
    page = pypdfium2.PdfDocument(pdf(1, lines=0, draw=letter()))[0]
    drawn: Image.Image = page.render(scale=dpi / 72, grayscale=True).to_pil()
    return drawn.convert("L")


def scanned(box: tuple[float, float, float, float] = WHOLE_PAGE, turn: int = 0) -> Callable[[Canvas, int], None]:
    """A scan of them, laid into a box (left, bottom, width, height)."""
    image = picture().rotate(turn, expand=True)
    return lambda canvas, _number: canvas.drawImage(ImageReader(image), *box)


def one(draw: Callable[[Canvas, int], None], *more: Callable[[Canvas, int], None]) -> bytes:
    """A page that begins with "Page 1 of the report", with these drawings on it, one over the other."""

    def all_of_them(canvas: Canvas, number: int) -> None:
        for each in (draw, *more):
            each(canvas, number)

    return pdf(1, lines=0, draw=all_of_them)


def blind(canvas: Canvas, _number: int) -> None:
    """A white sheet over the letter."""
    canvas.setFillColor(white)
    canvas.rect(0, 0, 595, 770, stroke=0, fill=1)


def bar(canvas: Canvas, _number: int) -> None:
    """A black bar over the first line of the letter."""
    canvas.setFillColor(black)
    canvas.rect(55, 736, 200, 13, stroke=0, fill=1)


def table(canvas: Canvas, _number: int) -> None:
    """A ruled and coloured table, as plans have."""
    for row in range(20):
        for column in range(6):
            canvas.setFillColor(Color(0.87, 0.9, 0.93))
            canvas.rect(50 + 82 * column, 700 - 24 * row, 82, 24, stroke=1, fill=row % 2)
            canvas.setFillColor(black)
            canvas.setFont("Helvetica", 7)
            canvas.drawString(53 + 82 * column, 708 - 24 * row, f"cell {row} of {column}")


def outlined() -> bytes:
    """The letter as shapes, which programs make of text for printing, over a typed page number."""
    return one(outlines)


def outlines(canvas: Canvas, _number: int) -> None:
    """The letter's signs as curves."""
    for row in range(15):
        for column in range(60):
            x, y = 60 + 7.5 * column, 740 - 28 * row
            path = canvas.beginPath()
            path.moveTo(x, y)
            path.curveTo(x, y + 8, x + 5, y + 8, x + 5, y)
            path.lineTo(x + 4, y)
            path.curveTo(x + 4, y + 6, x + 1.5, y + 6, x + 1, y + (column % 3))
            path.close()
            canvas.drawPath(path, stroke=0, fill=1)


def annotated(kind: str) -> bytes:
    """The letter in an annotation: "stamp" (a picture placed on the page) or "note" (typed upon it)."""
    page = pdf(1, lines=0)
    if kind == "note":
        note = FreeText(text="\n".join(WORDS * 3), rect=(50, 100, 550, 760), font_size="11pt")

        def add_note(writer: pypdf.PdfWriter) -> None:
            writer.add_annotation(0, note)
            _give_looks(writer, writer.pages[0]["/Annots"][0].get_object())  # type: ignore[index]

        return changed(page, add_note)
    return changed(page, _stamp)


def _stamp(writer: pypdf.PdfWriter) -> None:
    stamp = DictionaryObject({NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Stamp")})
    stamp[NameObject("/Rect")] = ArrayObject(map(FloatObject, (50, 100, 550, 760)))
    stamp[NameObject("/F")] = FloatObject(4)
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(stamp)])
    _give_looks(writer, stamp)


def _give_looks(writer: pypdf.PdfWriter, annotation: DictionaryObject) -> None:
    """The annotation with an appearance that holds the letter's lines."""
    shown = "".join(f"({line.replace(',', '')}) Tj 0 -28 Td " for line in WORDS * 3)
    looks = DecodedStreamObject()
    looks.set_data(f"BT /F1 11 Tf 10 640 Td {shown} ET".encode())
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1")})
    font[NameObject("/BaseFont")] = NameObject("/Helvetica")
    looks[NameObject("/Type")] = NameObject("/XObject")
    looks[NameObject("/Subtype")] = NameObject("/Form")
    looks[NameObject("/BBox")] = ArrayObject(map(FloatObject, (0, 0, 500, 660)))
    fonts = DictionaryObject({NameObject("/F1"): font})
    looks[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    annotation[NameObject("/AP")] = DictionaryObject({NameObject("/N"): writer._add_object(looks)})


def filled_form() -> bytes:
    """A form's fields with the letter's lines typed into them."""

    def fields(canvas: Canvas, _number: int) -> None:
        for row, line in enumerate(WORDS * 3):
            place = {"x": 60, "y": 720 - 28 * row, "width": 450, "height": 22}
            canvas.acroForm.textfield(name=f"line {row}", value=line, fontSize=9, borderWidth=0, **place)

    return one(fields)


def layered_away() -> bytes:
    """The letter in an optional layer that is off. ISO 32000-1, 8.11."""

    def add(writer: pypdf.PdfWriter) -> None:
        page = writer.pages[0]
        group = writer._add_object(
            DictionaryObject({NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): create_string_object("x")})
        )
        resources = page["/Resources"].get_object()
        resources[NameObject("/Properties")] = DictionaryObject({NameObject("/MC0"): group})  # type: ignore[index]
        content = DecodedStreamObject()
        old = page.get_contents()
        content.set_data(b"/OC /MC0 BDC\n" + (old.get_data() if old else b"") + b"\nEMC")
        page[NameObject("/Contents")] = writer._add_object(content)
        off = DictionaryObject({NameObject("/OFF"): ArrayObject([group]), NameObject("/Order"): ArrayObject([group])})
        writer.root_object[NameObject("/OCProperties")] = DictionaryObject(
            {NameObject("/OCGs"): ArrayObject([group]), NameObject("/D"): off}
        )

    return changed(pdf(1, lines=0, draw=letter()), add)


def cropped_away() -> bytes:
    """A page whose crop box lies beside the letter, over the page's first line only."""

    def crop(writer: pypdf.PdfWriter) -> None:
        writer.pages[0].cropbox = pypdf.generic.RectangleObject((0, 770, 595, 842))

    return changed(pdf(1, lines=0, draw=letter()), crop)
