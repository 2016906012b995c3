"""A finished PDF with some of its pages drawn in another way: hidden, switched off, stamped, scanned, shrunk."""

from __future__ import annotations

import io
import random
from collections.abc import Iterable

import pypdf
import pypdfium2
from PIL import Image
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    StreamObject,
    create_string_object,
)
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

DPI = 150


def pages_from(pdf: bytes, words: str) -> list[int]:
    """The pages, from 0, from the last one on that holds these words."""
    texts = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    first = max(number for number, text in enumerate(texts) if words in text)
    return list(range(first, len(texts)))


def hidden(pdf: bytes, pages: Iterable[int]) -> bytes:
    """Their text in the mode that draws nothing. ISO 32000-1, 9.3.6."""
    return _with_content(pdf, pages, b"3 Tr\n", b"")


def switched_off(pdf: bytes, pages: Iterable[int]) -> bytes:
    """Their content in a layer that is off. ISO 32000-1, 8.11."""
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(_with_content(pdf, pages, b"/OC /MC0 BDC\n", b"\nEMC")))
    layer = {NameObject("/Type"): NameObject("/OCG"), NameObject("/Name"): create_string_object("Annex")}
    group = writer._add_object(DictionaryObject(layer))
    for number in pages:
        resources = writer.pages[number]["/Resources"].get_object()
        assert isinstance(resources, DictionaryObject)
        resources[NameObject("/Properties")] = DictionaryObject({NameObject("/MC0"): group})
    off = DictionaryObject({NameObject("/OFF"): ArrayObject([group]), NameObject("/Order"): ArrayObject([group])})
    writer.root_object[NameObject("/OCProperties")] = DictionaryObject(
        {NameObject("/OCGs"): ArrayObject([group]), NameObject("/D"): off}
    )
    return _written(writer)


def scanned_over(pdf: bytes, pages: Iterable[int], rng: random.Random, wrong: float) -> bytes:
    """Scans of them with a scanner's layer, of whose letters a share is wrong, behind."""
    pages = list(pages)
    texts = pypdf.PdfReader(io.BytesIO(pdf)).pages
    layers = [_misread(texts[number].extract_text(), rng, wrong) for number in pages]
    return _replaced(pdf, pages, [(0.0, 0.0, 1.0)] * len(pages), layers)


def shrunk(pdf: bytes, pages: Iterable[int], footer: str) -> bytes:
    """Pictures of them on part of a page each, over a typed footer."""
    pages = list(pages)
    return _replaced(pdf, pages, [(150.0, 250.0, 0.6)] * len(pages), [footer] * len(pages), seen=True)


def stamped(pdf: bytes, pages: Iterable[int]) -> bytes:
    """Blank pages with a picture of each placed on it as a stamp, as page-turning programs do."""
    pages = list(pages)
    drawn = pypdf.PdfReader(io.BytesIO(_replaced(pdf, pages, [(0.0, 0.0, 1.0)] * len(pages), [""] * len(pages))))
    writer = pypdf.PdfWriter(clone_from=drawn)
    for number in pages:
        page = writer.pages[number]
        looks = DecodedStreamObject()
        looks.set_data(_content(drawn.pages[number]))
        looks[NameObject("/Type")], looks[NameObject("/Subtype")] = NameObject("/XObject"), NameObject("/Form")
        looks[NameObject("/BBox")] = looks_at = ArrayObject(map(FloatObject, page.mediabox))
        looks[NameObject("/Resources")] = page["/Resources"]
        stamp = DictionaryObject(
            {NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Stamp")}
        )
        stamp[NameObject("/Rect")], stamp[NameObject("/F")] = looks_at, FloatObject(4)
        stamp[NameObject("/AP")] = DictionaryObject({NameObject("/N"): writer._add_object(looks)})
        page[NameObject("/Annots")] = ArrayObject([writer._add_object(stamp)])
        del page["/Contents"]
    return _written(writer)


def _content(page: pypdf.PageObject) -> bytes:
    held = page["/Contents"].get_object()
    parts = held if isinstance(held, ArrayObject) else [held]
    streams = [part.get_object() for part in parts if part is not None]
    return b"\n".join(stream.get_data() for stream in streams if isinstance(stream, StreamObject))


def _with_content(pdf: bytes, pages: Iterable[int], before: bytes, after: bytes) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    for number in pages:
        content = DecodedStreamObject()
        content.set_data(before + _content(writer.pages[number]) + after)
        writer.pages[number][NameObject("/Contents")] = writer._add_object(content)
    return _written(writer)


def _replaced(
    pdf: bytes, pages: list[int], places: list[tuple[float, float, float]], words: list[str], *, seen: bool = False
) -> bytes:
    """The file with pictures in place of these pages, each at (left, bottom, scale), and words with it."""
    document = pypdfium2.PdfDocument(pdf)
    out = io.BytesIO()
    canvas = Canvas(out, invariant=1)
    for number, (left, bottom, scale), text in zip(pages, places, words, strict=True):
        width, height = document[number].get_size()
        picture: Image.Image = document[number].render(scale=DPI / 72, grayscale=True).to_pil()
        canvas.setPageSize((width, height))
        canvas.drawImage(ImageReader(picture.convert("L")), left, bottom, width * scale, height * scale)
        layer = canvas.beginText(60, 40 if seen else height - 60)
        layer.setFont("Helvetica", 10)
        layer.setTextRenderMode(0 if seen else 3)
        layer.textLines(text)
        canvas.drawText(layer)
        canvas.showPage()
    canvas.save()
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    drawn = pypdf.PdfReader(io.BytesIO(out.getvalue()))
    for number, page in zip(pages, drawn.pages, strict=True):
        writer.insert_page(page, number)
        writer.remove_page(number + 1)
    return _written(writer)


def _misread(text: str, rng: random.Random, wrong: float) -> str:
    return "".join(rng.choice("cilnoe1t") if c.isalpha() and rng.random() < wrong else c for c in text)


def _written(writer: pypdf.PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
