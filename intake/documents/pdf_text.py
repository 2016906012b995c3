"""The text of a PDF's pages, by pdfium. Runs in a child."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Iterable

import pypdfium2 as pdfium
from pypdfium2 import raw

from intake.documents import layer
from intake.documents.answers import Reading
from intake.documents.budget import ReadingBudget
from intake.documents.gibberish import is_gibberish
from intake.model import Page, ReadProblem, TextSource

MOST_IN_FORM, DEEPEST_FORM = 50, 4  # objects of a form, and forms within forms, searched for a picture
MOST_OBJECTS = 5000  # of one page, searched for pictures
# A page of so much text is searched at both ends only, where a scan under or over its text is drawn: looking at
# every object of every page would cost as much as reading it.
DENSE_TEXT, DENSE_ENDS = 1000, 40
# Words without a character for their signs come as zeros; a page of them is drawn and says nothing.
MOST_NAMELESS = 0.3
# A box that a person drew over words, in points, and how dark it is (of 255).
BOX_HEIGHT, BOX_WIDTH, BOX_SEGMENTS, DARK = (5.0, 400.0), 8.0, 6, 70


def read_pages(
    document: pdfium.PdfDocument, budget: ReadingBudget, part: int = 0, parts: int = 1, *, whole: bool = False
) -> Reading:
    """One of so many equal parts of the pages; of a very long document only the two ends are shared out.

    `whole` says that the file has its end.
    """
    count = len(document)
    reading = Reading(media_type="application/pdf", is_pdf=True, page_count=count)
    wanted = list(range(count))
    if count > budget.max_pages:
        half = budget.max_pages // 2
        wanted = wanted[:half] + wanted[-half:]
        reading.stopped = True
    wanted = wanted[len(wanted) * part // parts : len(wanted) * (part + 1) // parts]
    deadline = time.monotonic() + budget.text_seconds
    characters = 0
    for index in wanted:
        page, cut = read_page(document, index, budget.max_page_characters, whole=whole)
        if page is None:
            reading.problem = ReadProblem.DAMAGED
            continue
        reading.pages.append(page)
        characters += len(page.text)
        reading.stopped |= cut
        if characters > budget.max_characters or time.monotonic() > deadline:
            reading.stopped = True
            break
    if count == 0:
        reading.problem = ReadProblem.NO_PAGES
    return reading


def read_page(document: pdfium.PdfDocument, index: int, most: int, *, whole: bool) -> tuple[Page | None, bool]:
    """One page, None where it is missing, and whether its text was cut at `most` characters."""
    handle = raw.FPDF_LoadPage(document.raw, index)
    if not handle:
        return None, False
    try:
        width, height = raw.FPDF_GetPageWidthF(handle), raw.FPDF_GetPageHeightF(handle)
        text, cut = _text(handle, most)
        usable = bool(text.strip()) and not is_gibberish(text)
        picture, boxed = _drawn(handle, width * height, len(text) > DENSE_TEXT)
        return Page(
            number=index + 1,
            text=text if usable else "",
            # An empty page says all that it shows; how empty a damaged file's pages are, nobody knows.
            source=TextSource.LAYER if usable or (whole and _is_empty(handle, text)) else TextSource.NONE,
            picture=picture,
            width=round(width, 1),
            height=round(height, 1),
            boxed=boxed,
        ), cut
    finally:
        raw.FPDF_ClosePage(handle)


def _is_empty(page: raw.FPDF_PAGE, text: str) -> bool:
    return not text.strip() and raw.FPDFPage_CountObjects(page) == 0


def _text(page: raw.FPDF_PAGE, most: int) -> tuple[str, bool]:
    text_page = raw.FPDFText_LoadPage(page)
    if not text_page:
        return "", False
    try:
        count = raw.FPDFText_CountChars(text_page)
        if count <= 0:
            return "", False
        taken = min(count, most)
        buffer = ctypes.create_string_buffer((taken + 1) * 2)
        # The count it returns includes the closing NUL.
        written = raw.FPDFText_GetText(text_page, 0, taken, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)))
        text = buffer.raw[: max(0, written - 1) * 2].decode("utf-16-le", "replace")
        # Zeros stand for signs that the font gives no character.
        nameless = text.count("\0") > len(text) * MOST_NAMELESS
        return "" if nameless else layer.tidy(text), count > taken
    finally:
        raw.FPDFText_ClosePage(text_page)


def _drawn(page: raw.FPDF_PAGE, area: float, dense: bool) -> tuple[float, bool]:
    """The share of the page that pictures cover, overlapping ones once at most in sum; whether dark boxes are on it."""
    covered, boxed = 0.0, False
    edges = [ctypes.c_float() for _ in range(4)]
    count = raw.FPDFPage_CountObjects(page)
    positions: Iterable[int] = range(min(count, MOST_OBJECTS))
    if dense and count > 2 * DENSE_ENDS:
        positions = (*range(DENSE_ENDS), *range(count - DENSE_ENDS, count))
    for position in positions:
        item = raw.FPDFPage_GetObject(page, position)
        kind = raw.FPDFPageObj_GetType(item)
        if kind in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_FORM):
            covered += _picture_area(item, edges)
            # What was drawn over a page afterwards mostly comes as a form.
            boxed = boxed or (kind == raw.FPDF_PAGEOBJ_FORM and _holds_box(item, edges))
        elif kind == raw.FPDF_PAGEOBJ_PATH and not boxed:
            boxed = _is_box(item, edges)
    return round(min(1.0, covered / area), 3) if area > 0 else 0.0, boxed


def _is_box(item: raw.FPDF_PAGEOBJECT, edges: list[ctypes.c_float]) -> bool:
    """Whether it is a dark area as large as words."""
    if not raw.FPDFPageObj_GetBounds(item, *(ctypes.byref(edge) for edge in edges)):
        return False
    left, bottom, right, top = (edge.value for edge in edges)
    if (
        raw.FPDFPath_CountSegments(item) > BOX_SEGMENTS
        or right - left < BOX_WIDTH
        or not BOX_HEIGHT[0] <= top - bottom <= BOX_HEIGHT[1]
    ):
        return False
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item, ctypes.byref(mode), ctypes.byref(stroke))
    colour = [ctypes.c_uint() for _ in range(4)]
    known = raw.FPDFPageObj_GetFillColor(item, *(ctypes.byref(part) for part in colour))
    return bool(mode.value and known and max(part.value for part in colour[:3]) < DARK and colour[3].value)


def _holds_box(form: raw.FPDF_PAGEOBJECT, edges: list[ctypes.c_float]) -> bool:
    items = (
        raw.FPDFFormObj_GetObject(form, position)
        for position in range(min(raw.FPDFFormObj_CountObjects(form), MOST_IN_FORM))
    )
    return any(raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_PATH and _is_box(item, edges) for item in items)


def _picture_area(item: raw.FPDF_PAGEOBJECT, edges: list[ctypes.c_float]) -> float:
    if raw.FPDFPageObj_GetType(item) == raw.FPDF_PAGEOBJ_FORM and not _holds_picture(item):
        return 0.0
    if not raw.FPDFPageObj_GetBounds(item, *(ctypes.byref(edge) for edge in edges)):
        return 0.0
    left, bottom, right, top = (edge.value for edge in edges)
    return max(0.0, right - left) * max(0.0, top - bottom)


def _holds_picture(form: raw.FPDF_PAGEOBJECT, depth: int = 1) -> bool:
    for position in range(min(raw.FPDFFormObj_CountObjects(form), MOST_IN_FORM)):
        item = raw.FPDFFormObj_GetObject(form, position)
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            return True
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < DEEPEST_FORM and _holds_picture(item, depth + 1):
            return True
    return False
