"""The last attempts on a PDF that pdfium refuses: qpdf's repair, then pypdf's own way of reading. Runs in a child."""

from __future__ import annotations

import io
import re

import msgspec
import pikepdf
import pypdf
import pypdfium2 as pdfium

from intake.documents import pdf_text
from intake.documents.answers import Reading
from intake.documents.budget import ReadingBudget
from intake.documents.gibberish import is_gibberish
from intake.documents.opening import TAIL, open_pdf
from intake.documents.structure import DEFECTS
from intake.model import Page, ReadProblem, TextSource

# What every PDF begins with, perhaps after some junk, and is made of. ISO 32000-1, 7.5.2 and 7.3.10.
_HEADER_WITHIN = 1024
_OBJECT = re.compile(rb"\d{1,10}\s+\d{1,5}\s+obj\b")


def recover(content: memoryview, budget_data: dict[str, float]) -> Reading:
    """The task: what can be had of a file that pdfium refuses. `is_pdf` is false where nobody sees a PDF."""
    budget = msgspec.convert(budget_data, ReadingBudget)
    data = bytes(content)
    repaired = repair(data)
    if isinstance(repaired, ReadProblem):
        return Reading(is_pdf=True, problem=repaired)
    document = open_pdf(repaired) if repaired else None
    if isinstance(document, pdfium.PdfDocument):
        found = pdf_text.read_pages(document, budget)
        found.repaired = True
        if not found.pages or any(page.source is TextSource.NONE and not page.picture for page in found.pages):
            found.problem = ReadProblem.DAMAGED
        return found
    found = _read_with_pypdf(data, budget)
    if not found.is_pdf and b"%PDF-" in data[:_HEADER_WITHIN] and _OBJECT.search(data):
        return Reading(is_pdf=True, problem=ReadProblem.DAMAGED)
    return found


def repair(content: bytes) -> bytes | ReadProblem | None:
    """The file as qpdf rewrites it; PASSWORD; None where it sees no PDF."""
    try:
        with pikepdf.open(io.BytesIO(content), suppress_warnings=True) as file:
            target = io.BytesIO()
            file.save(target)
    except pikepdf.PasswordError:
        return ReadProblem.PASSWORD
    except (pikepdf.PdfError, pikepdf.DataDecodingError, ValueError, RuntimeError):
        return None
    return target.getvalue()


def open_somehow(content: bytes) -> pdfium.PdfDocument | None:
    """The document as pdfium opens it, repaired if need be; None where there is no way."""
    document = open_pdf(content)
    if document is None:
        repaired = repair(content)
        document = open_pdf(repaired) if isinstance(repaired, bytes) else None
    return document if isinstance(document, pdfium.PdfDocument) else None


def _read_with_pypdf(content: bytes, budget: ReadingBudget) -> Reading:
    found = Reading(problem=ReadProblem.NOT_READ)
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return Reading(is_pdf=True, problem=ReadProblem.PASSWORD)
        count = len(reader.pages)
        if not count:
            whole = b"%%EOF" in content[-TAIL:]
            return Reading(is_pdf=True, problem=ReadProblem.NO_PAGES if whole else ReadProblem.DAMAGED)
        found = Reading(is_pdf=True, page_count=count, repaired=True)
        found.pages = [_page(page, number) for number, page in enumerate(reader.pages[: budget.max_pages], start=1)]
        found.stopped = count > budget.max_pages
    except DEFECTS:
        if found.is_pdf:
            found.problem = ReadProblem.DAMAGED
    return found


def _page(page: pypdf.PageObject, number: int) -> Page:
    text = page.extract_text()
    usable = bool(text.strip()) and not is_gibberish(text)
    source = TextSource.LAYER if usable else TextSource.NONE
    return Page(
        number, text if usable else "", source, width=float(page.mediabox.width), height=float(page.mediabox.height)
    )
