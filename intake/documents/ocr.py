"""Recognises the text of one page from its picture, with Tesseract. Runs in a child.

One page a child: a page that defeats the engine costs itself only, and pages run beside each other. The
engine's own threads are off (they cost several times the time), and its language data is Debian's.
"""

from __future__ import annotations

import math
import os
import time
from pathlib import Path

import msgspec
from PIL import Image

from intake.documents.answers import Availability, Recognition
from intake.documents.budget import ReadingBudget
from intake.documents.pictures import page_picture

try:
    import tesserocr
except ImportError:  # a system library it needs is missing: documents are read without OCR
    tesserocr = None

FIRST_DPI, SECOND_DPI = 200, 300
# Below this mean word confidence a finer picture is tried.
DOUBTFUL = 0.7
# Words of a page that is surely upright: on its side it gives a few, which may be read with confidence.
UPRIGHT_WORDS = 40
# A page with less ink than this share is blank.
BLANK_INK = 0.0005
_DARK, _PAPER = 128, 255
# Degrees by which a page may lean without being turned, and beyond which it is no page that was laid crookedly.
STRAIGHT, STEEPEST = 0.6, 15.0
_NEEDED = ("eng.traineddata", "osd.traineddata")
_FOLDERS = ("/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata", "/usr/share/tessdata")


def recognise(content: memoryview, number: int, budget_data: dict[str, float]) -> Recognition | None:
    """The task: one page's text, turned upright; None where the page cannot be shown or OCR is absent."""
    budget = msgspec.convert(budget_data, ReadingBudget)
    data = find_data()
    if tesserocr is None or data is None:
        return None
    best: Recognition | None = None
    for dpi in (FIRST_DPI, SECOND_DPI):
        picture = page_picture(bytes(content), number, dpi, budget)
        if picture is None:
            return best
        found = _recognise(picture, data, dpi)
        if best is None or found.confidence > best.confidence:
            best = found
        if best.confidence >= DOUBTFUL:
            break
    if best is not None:
        best.seconds = time.process_time()
    return best


def check(_content: memoryview) -> Availability:
    """The task: whether OCR would work."""
    if tesserocr is None:
        return Availability(False, "The OCR library (tesserocr) cannot be loaded.")
    if find_data() is None:
        return Availability(False, "The OCR language data (tesseract-ocr-eng and tesseract-ocr-osd) is not installed.")
    return Availability(True, "")


def find_data() -> str | None:
    """The folder with the English and the orientation data."""
    own = os.environ.get("TESSDATA_PREFIX")
    candidates = [own, str(Path(own) / "tessdata")] if own else []
    for folder in (*candidates, *_FOLDERS):
        if all((Path(folder) / name).is_file() for name in _NEEDED):
            return folder
    return None


def _recognise(picture: Image.Image, data: str, dpi: int) -> Recognition:
    ink = sum(picture.histogram()[:_DARK]) / max(1, picture.width * picture.height)
    if ink < BLANK_INK:
        return Recognition("", 1.0)
    found = _read(picture, data, dpi, tesserocr.PSM.AUTO)
    if found.confidence >= DOUBTFUL and len(found.text.split()) >= UPRIGHT_WORDS:
        return found
    # What is hardly read may lie sideways or upside down: AUTO_OSD turns it first, which takes as long as the reading.
    return max(found, _read(picture, data, dpi, tesserocr.PSM.AUTO_OSD), key=lambda each: each.confidence)


def _read(picture: Image.Image, data: str, dpi: int, mode: int) -> Recognition:
    with tesserocr.PyTessBaseAPI(path=data, lang="eng", psm=mode) as engine:
        # Its usual place for messages, /dev/null, cannot be opened for writing here, and it would crash for that.
        engine.SetVariable("debug_file", "")
        _show(engine, picture, dpi)
        # On a crooked page whole paragraphs are dropped, and what is left is read with confidence. What the layout
        # analysis finds is used for recognition too: a straight page pays nothing for it.
        layout = engine.AnalyseLayout()
        angle = math.degrees(layout.Orientation()[3]) if layout is not None else 0.0
        if STRAIGHT < abs(angle) < STEEPEST:
            _show(engine, picture.rotate(angle, fillcolor=_PAPER), dpi)
        text = engine.GetUTF8Text()
        return Recognition(text, engine.MeanTextConf() / 100 if text.strip() else 0.0)


def _show(engine: tesserocr.PyTessBaseAPI, picture: Image.Image, dpi: int) -> None:
    engine.SetImageBytes(picture.tobytes(), picture.width, picture.height, 1, picture.width)
    engine.SetSourceResolution(dpi)
