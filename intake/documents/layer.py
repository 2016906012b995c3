"""A page's text layer word by word, with the place of each. Runs in a child."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator

import pypdfium2 as pdfium
from pypdfium2 import raw

_TIDY = {0x02: "-", 0xFFFE: "-", 0x00: None, 0x0D: None, 0x00AD: None}  # pdfium marks a broken word's hyphen
_Edges = tuple[float, float, float, float]


def tidy(text: str) -> str:
    """The text that pdfium gives, as people write it."""
    return text.translate(_TIDY)


def lines(text_page: pdfium.PdfTextPage) -> Iterator[_Edges]:
    """The places of the layer's pieces, each as much of a line as is drawn at once."""
    edges = [ctypes.c_double() for _ in range(4)]
    places = [ctypes.byref(edges[at]) for at in (0, 3, 2, 1)]  # pdfium gives left, top, right, bottom
    for at in range(text_page.count_rects()):
        raw.FPDFText_GetRect(text_page.raw, at, *places)
        yield edges[0].value, edges[1].value, edges[2].value, edges[3].value


def words(text_page: pdfium.PdfTextPage, most: int) -> Iterator[tuple[str, _Edges]]:
    """The layer in pieces: each word, and what stands between two, with its left, lower, right and upper edge."""
    edges = [ctypes.c_double() for _ in range(4)]
    places = [ctypes.byref(edges[at]) for at in (0, 2, 1, 3)]  # pdfium gives left, right, bottom, top
    word, box = "", (0.0, 0.0, 0.0, 0.0)
    for at in range(min(text_page.count_chars(), most)):
        sign = chr(raw.FPDFText_GetUnicode(text_page.raw, at) or 0)
        if sign.isspace() or sign == "\0":
            if word:
                yield word, box
                word = ""
            yield sign, box
            continue
        raw.FPDFText_GetCharBox(text_page.raw, at, *places)
        left, bottom, right, top = (edge.value for edge in edges)
        if word:
            box = min(box[0], left), min(box[1], bottom), max(box[2], right), max(box[3], top)
        else:
            box = left, bottom, right, top
        word += sign
    if word:
        yield word, box
