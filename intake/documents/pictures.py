"""Pictures of pages, and attached pictures as pages. Runs in a child."""

from __future__ import annotations

import io

import msgspec
from PIL import Image, ImageOps, UnidentifiedImageError

from intake.documents import recovery
from intake.documents.answers import Box, Reading
from intake.documents.budget import ReadingBudget
from intake.model import Page, ReadProblem, TextSource

MOST_FRAMES = 500
_USUAL_DPI = 200.0
# Pillow's own guard warns or raises at its limit; ours is checked before any pixel is decoded.
Image.MAX_IMAGE_PIXELS = None
DEFECTS = (UnidentifiedImageError, OSError, ValueError, SyntaxError, KeyError, EOFError)


def read_picture(content: bytes, media_type: str, budget: ReadingBudget) -> Reading:
    """A photograph or fax as pages without text, which OCR may read."""
    found = Reading(media_type=media_type)
    try:
        with Image.open(io.BytesIO(content)) as picture:
            found.page_count = min(getattr(picture, "n_frames", 1), MOST_FRAMES)
            if picture.width * picture.height > budget.max_picture_pixels:
                found.problem = ReadProblem.TOO_COMPLEX
            dpi = _dpi(picture)
            size = (picture.width * 72 / dpi, picture.height * 72 / dpi)
    except DEFECTS:
        # A kind that Pillow does not know (HEIC): still one page that people can see.
        found.page_count, size = 1, (0.0, 0.0)
    found.pages = [_page(number, size) for number in range(1, found.page_count + 1)]
    return found


def page_picture(content: bytes, number: int, dpi: int, budget: ReadingBudget) -> Image.Image | None:
    """One page, grey, upright as its file says, at `dpi` or as near as `max_pixels` allows; None if impossible."""
    document = recovery.open_somehow(content)
    if document is None:
        return _frame(content, number, budget)
    if not 1 <= number <= len(document):
        return None
    document.init_forms()  # what was typed into a form is on the page, too
    page = document[number - 1]
    area = page.get_width() * page.get_height() * (dpi / 72) ** 2
    scale = dpi / 72 * min(1.0, (budget.max_pixels / area) ** 0.5 if area > 0 else 1.0)
    picture: Image.Image = page.render(scale=scale, grayscale=True).to_pil()
    return picture


def render(content: memoryview, number: int, dpi: int, budget_data: dict[str, float]) -> bytes:
    """The task: one page as a PNG; empty where it cannot be shown."""
    picture = page_picture(bytes(content), number, dpi, msgspec.convert(budget_data, ReadingBudget))
    if picture is None:
        return b""
    target = io.BytesIO()
    picture.save(target, "PNG")
    return target.getvalue()


def find_words(content: memoryview, number: int, words: str) -> list[Box]:
    """The task: where words stand on a page that has a text layer."""
    document = recovery.open_somehow(bytes(content))
    if document is None or not 1 <= number <= len(document):
        return []
    page = document[number - 1]
    width, height = page.get_size()
    text_page = page.get_textpage()
    found = text_page.search(words, match_case=False).get_next()
    if found is None or not width or not height:
        return []
    boxes = []
    for position in range(text_page.count_rects(*found)):
        left, bottom, right, top = text_page.get_rect(position)
        boxes.append(Box(left / width, 1 - top / height, (right - left) / width, (top - bottom) / height))
    return boxes


def _frame(content: bytes, number: int, budget: ReadingBudget) -> Image.Image | None:
    try:
        with Image.open(io.BytesIO(content)) as picture:
            if picture.width * picture.height > budget.max_picture_pixels:
                return None
            picture.seek(number - 1)
            picture.draft("L", (4000, 4000))  # JPEG: decode no more than is needed
            upright = ImageOps.exif_transpose(picture).convert("L")
            excess = upright.width * upright.height / budget.max_pixels
            if excess > 1:
                upright.thumbnail((int(upright.width / excess**0.5), int(upright.height / excess**0.5)))
            return upright
    except DEFECTS:
        return None


def _dpi(picture: Image.Image) -> float:
    dpi = picture.info.get("dpi", (_USUAL_DPI,))[0]
    return float(dpi) if dpi and float(dpi) > 20 else _USUAL_DPI


def _page(number: int, size: tuple[float, float]) -> Page:
    return Page(number, "", TextSource.NONE, picture=1.0, width=round(size[0], 1), height=round(size[1], 1))
