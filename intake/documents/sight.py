"""What a person sees of a page: a small picture of it, held against its text layer. Runs in a child.

A page is drawn three times: as it is, without its text, and without its text and plain rules. Where the first two do
not differ, the text layer's words are not drawn: nobody sees them, unless they lie under or over a picture of the same
words. What the third still shows is no text, and may be a letter in a picture, in outlines or in a form. Most pages
hold text and rules only: those are drawn once, without the rules, since nothing else can be on them.
"""

from __future__ import annotations

import ctypes
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec
import pypdfium2 as pdfium
from PIL import Image, ImageChops, ImageDraw
from pypdfium2 import raw

from intake.documents import layer, recovery
from intake.documents.answers import Looked
from intake.documents.budget import ReadingBudget
from intake.model import Sight

DPI = 40
MOST_PIXELS = 1_000_000  # of one picture; A0 at 40 dpi has twice as many
MOST_OBJECTS = 20_000  # of one page, forms within it included
DEEPEST = 6  # forms within forms
# Grey levels of 255 by which a letter stands out; text that is lighter is not seen on paper either.
INK = 24
# Writing shrunk to this picture is a grey texture; squares of it are asked whether it changes both along and across.
SQUARE, TEXTURE, FINE = 8, 12, 0.3
RULE, RULE_SEGMENTS = 3.0, 6  # points: what is thinner is a line; a rectangle, drawn and closed, has six
DARK = 80  # grey level of a box that hides what is under it
SOLID = 0.8  # share of a word's place that is dark where a box covers it
BOX_PIXELS = 12
PAPER = 255
LOWEST = 1.2  # points: lower words are too small to be read
MOST_COVERED = 20

# The share of a page from which something drawn may be a page's picture.
A_PICTURE = 0.01

_Box = tuple[int, int, int, int]
_SEEN, _ON_PICTURE, _COVERED, _NOWHERE, _SPACE = "seen", "on a picture", "covered", "nowhere", "space"


def look(content: memoryview, numbers: Sequence[int], budget_data: dict[str, float]) -> list[Looked]:
    """The task: these pages as they are seen, as far as the time goes."""
    budget = msgspec.convert(budget_data, ReadingBudget)
    document = recovery.open_somehow(bytes(content))
    found: list[Looked] = []
    if document is None:
        return found
    document.init_forms()  # before any page is loaded: what was typed into a form is drawn then
    for number in numbers:
        if time.process_time() > budget.look_seconds:
            break
        if 1 <= number <= len(document):
            found.append(_look_at(document[number - 1], number, budget.max_page_characters))
    return found


class _View:
    """One page in three grey pictures: whole, without text, and without text and rules; and what text inks in them."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        width, height = page.get_size()
        area = max(1.0, width * height * (DPI / 72) ** 2)
        scale = DPI / 72 * min(1.0, (MOST_PIXELS / area) ** 0.5)
        found = _sorted(page.raw)
        self.crowded = found.crowded
        self.text_page = page.get_textpage()  # before anything is hidden: hidden text cannot be read
        if found.others or found.crowded or _has_annotations(page.raw):
            self.whole = _drawn(page, scale)
            _hide(found.texts)
            self.bare = _drawn(page, scale)
            _hide(found.rules)
            self.rest = _drawn(page, scale)
        else:
            _hide(found.rules)
            self.whole = _drawn(page, scale)
            self.bare = self.rest = Image.new("L", self.whole.size, PAPER)
        self.inked = ImageChops.difference(self.whole, self.bare)
        self.ink = self.inked.point(_INKED)
        (x, y), across, up = (_device(page, self.whole.size, at) for at in ((0, 0), (_FAR, 0), (0, _FAR)))
        # A point of the page in the pictures, as x and y of each: pages may be cropped and turned.
        self._x = x, (across[0] - x) / _FAR, (up[0] - x) / _FAR
        self._y = y, (across[1] - y) / _FAR, (up[1] - y) / _FAR

    def box(self, left: float, bottom: float, right: float, top: float) -> _Box | None:
        """Where a rectangle of the page lies in the pictures; None where it is off the page."""
        width, height = self.whole.size
        (x, x_across, x_up), (y, y_across, y_up) = self._x, self._y
        x1, x2 = x + x_across * left + x_up * bottom, x + x_across * right + x_up * top
        y1, y2 = y + y_across * left + y_up * bottom, y + y_across * right + y_up * top
        if x1 > x2:
            x1, x2 = x2, x1
        if y1 > y2:
            y1, y2 = y2, y1
        box = max(0, int(x1)), max(0, int(y1)), min(width, int(x2) + 1), min(height, int(y2) + 1)
        return box if box[0] < box[2] and box[1] < box[3] else None


_FAR = 10_000  # points: so far apart that whole pixels are exact enough


def _device(page: pdfium.PdfPage, size: tuple[int, int], point: tuple[int, int]) -> tuple[int, int]:
    x, y = ctypes.c_int(), ctypes.c_int()
    raw.FPDF_PageToDevice(page.raw, 0, 0, *size, 0, *point, ctypes.byref(x), ctypes.byref(y))
    return x.value, y.value


def _look_at(page: pdfium.PdfPage, number: int, most: int) -> Looked:
    view = _View(page)
    boxes, plain = _lines(view)
    drawn = 1.0 if view.crowded else round(_writing(view, boxes), 4)
    return Looked(number, Sight(drawn)) if plain else _read_seen(view, number, drawn, most)


def _drawn(page: pdfium.PdfPage, scale: float) -> Image.Image:
    picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return picture.convert("L")


class _Objects(NamedTuple):
    """What a page and the forms on it hold; `others` says that there is more than texts and rules."""

    texts: list[raw.FPDF_PAGEOBJECT]
    rules: list[raw.FPDF_PAGEOBJECT]
    others: bool
    crowded: bool  # there is too much of it to be sorted


def _sorted(page: raw.FPDF_PAGE) -> _Objects:
    texts, rules, others = [], [], False
    count = min(raw.FPDFPage_CountObjects(page), MOST_OBJECTS)
    waiting = [(raw.FPDFPage_GetObject(page, at), 0) for at in range(count)]
    seen = 0
    while waiting and seen < MOST_OBJECTS:
        item, depth = waiting.pop()
        seen += 1
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            texts.append(item)
        elif kind == raw.FPDF_PAGEOBJ_PATH and _is_rule(item):
            rules.append(item)
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < DEEPEST:
            held = min(raw.FPDFFormObj_CountObjects(item), MOST_OBJECTS)
            waiting += [(raw.FPDFFormObj_GetObject(item, at), depth + 1) for at in range(held)]
        else:
            others = True
    return _Objects(texts, rules, others, bool(waiting) or count == MOST_OBJECTS)


def _has_annotations(page: raw.FPDF_PAGE) -> bool:
    """Whether anything but links lies on the page: stamps, notes and fields are drawn as well."""
    for at in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, at)
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        raw.FPDFPage_CloseAnnot(annotation)
        if kind != raw.FPDF_ANNOT_LINK:
            return True
    return False


def _hide(objects: Iterable[raw.FPDF_PAGEOBJECT]) -> None:
    for item in objects:
        raw.FPDFPageObj_SetIsActive(item, False)


def _is_rule(item: raw.FPDF_PAGEOBJECT) -> bool:
    """A line, or the outline of a box: what tables are ruled with."""
    if raw.FPDFPath_CountSegments(item) > RULE_SEGMENTS:
        return False
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item, ctypes.byref(mode), ctypes.byref(stroke))
    if mode.value == raw.FPDF_FILLMODE_NONE:
        return True
    left, bottom, right, top = _bounds(item)
    return min(right - left, top - bottom) < RULE


def _bounds(item: raw.FPDF_PAGEOBJECT) -> tuple[float, float, float, float]:
    edges = [ctypes.c_float() for _ in range(4)]
    raw.FPDFPageObj_GetBounds(item, *(ctypes.byref(edge) for edge in edges))
    return edges[0].value, edges[1].value, edges[2].value, edges[3].value


def _lines(view: _View) -> tuple[list[_Box], bool]:
    """Where the layer's lines stand, and whether all of each is plainly drawn, with no dark box on it."""
    lines: list[list[_Box]] = []
    inked = _Ink(view.ink)
    plain = True
    for edges in layer.lines(view.text_page):
        box = view.box(*edges)
        if box is None or edges[3] - edges[1] < LOWEST:
            plain = False
            continue
        if lines and _continues(lines[-1][-1], box):  # some programs draw every letter by itself
            lines[-1].append(box)
        else:
            lines.append([box])
        plain = plain and inked.within(box)
    whole = [
        (line[0][0], min(box[1] for box in line), max(box[2] for box in line), max(box[3] for box in line))
        for line in lines
    ]
    dark = plain and _dark(view.bare) >= BOX_PIXELS
    return whole, plain and not (dark and any(_dark(view.bare.crop(line)) >= BOX_PIXELS for line in whole))


class _Ink:
    """A picture of nothing and ink, asked for many small places."""

    def __init__(self, picture: Image.Image) -> None:
        self._width = picture.width
        self._levels = picture.tobytes()

    def within(self, box: _Box) -> bool:
        """Whether any ink is in it. Letters are thickest half way up: the rows are asked from there."""
        left, top, right, bottom = box
        middle = (top + bottom) // 2
        rows = (*range(middle, bottom), *range(top, middle))
        return any(self._levels.find(INKED, row * self._width + left, row * self._width + right) >= 0 for row in rows)


def _dark(picture: Image.Image) -> int:
    """How many of its pixels are as dark as a box that hides something."""
    return sum(picture.histogram()[:DARK])


def _continues(before: _Box, box: _Box) -> bool:
    """Whether a piece stands to the right of another one, on the same height."""
    _, top, right, bottom = before
    return box[0] >= right - 1 and min(bottom, box[3]) - max(top, box[1]) >= (min(bottom - top, box[3] - box[1])) / 2


def _writing(view: _View, boxes: Sequence[_Box]) -> float:
    """The share of the page that bears a texture like writing's and is not in the text layer.

    Drawn text that is not in the layer (a font without names for its signs) counts as well.
    """
    strange = view.inked.copy()
    pen = ImageDraw.Draw(strange)
    for left, top, right, bottom in boxes:
        pen.rectangle((left - 1, top - 1, right, bottom), fill=0)
    picture = ImageChops.darker(view.rest, ImageChops.invert(strange))
    width, height = picture.size
    if width < 2 or height < 2:
        return 0.0
    darkest, lightest = _extremes(picture)
    if lightest - darkest <= TEXTURE:  # nothing is left: most pages
        return 0.0
    corner = picture.crop((0, 0, width - 1, height - 1))
    along = ImageChops.difference(corner, picture.crop((1, 0, width, height - 1)))
    across = ImageChops.difference(corner, picture.crop((0, 1, width - 1, height)))
    steps = [changes.point(_STEP).reduce(SQUARE) for changes in (along, across)]
    squares = ImageChops.darker(*steps).histogram()
    return sum(squares[int(FINE * 255) :]) / max(1, sum(squares))


INKED = b"\xff"
_INKED = [0] * INK + [INKED[0]] * (256 - INK)
_STEP = [0] * (TEXTURE + 1) + [255] * (255 - TEXTURE)


def _read_seen(view: _View, number: int, drawn: float, most: int) -> Looked:
    """The page's words one by one: those that are drawn, on a picture, under a box, or seen by nobody."""
    pieces = [(word, _how_seen(view, word, edges)) for word, edges in layer.words(view.text_page, most)]
    count = Counter[str]()
    for word, how in pieces:
        count[how] += len(word)
    # A scanner's layer lies a little beside the words that it stands for.
    if drawn >= A_PICTURE and count[_SEEN] < count[_ON_PICTURE] + count[_NOWHERE]:
        count[_ON_PICTURE] += count.pop(_NOWHERE, 0)
    hidden = {_COVERED, _NOWHERE} & count.keys()
    text = layer.tidy("".join(word for word, how in pieces if how not in hidden))
    sight = Sight(
        drawn=drawn,
        underlaid=round(count[_ON_PICTURE] / max(1, sum(count.values()) - count[_SPACE]), 3),
        unseen=count[_NOWHERE],
        covered=tuple([word for word, how in pieces if how == _COVERED][:MOST_COVERED]),
    )
    return Looked(number, sight, (text if text.strip() else "") if hidden else None)


def _how_seen(view: _View, word: str, edges: tuple[float, float, float, float]) -> str:
    if not word.strip():
        return _SPACE
    box = view.box(*edges)
    low = min(edges[3] - edges[1], edges[2] - edges[0]) < LOWEST and len(word) > 2 and word.isalnum()
    if box is None or low:
        return _NOWHERE
    if _extremes(view.ink.crop(box))[1]:
        return _SEEN
    under = view.bare.crop(box)
    levels = under.histogram()
    if sum(levels[:DARK]) >= SOLID * under.width * under.height:
        return _COVERED
    darkest, lightest = _extremes(under)
    return _ON_PICTURE if lightest - darkest >= INK else _NOWHERE


def _extremes(picture: Image.Image) -> tuple[int, int]:
    """The darkest and the lightest level of a grey picture."""
    darkest, lightest = picture.getextrema()
    return int(str(darkest)), int(str(lightest))
