"""Scans: a typed document turned into the pictures that an office scanner would make of it."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from functools import lru_cache

import pypdfium2
from PIL import Image, ImageChops, ImageFilter


@dataclass(frozen=True, slots=True)
class Scan:
    """How well the scanner worked. `rotation` is how far the paper lay turned; `skew` is in degrees."""

    dpi: int = 150
    skew: float = 0.6
    noise: int = 24  # grey levels
    one_bit: bool = False
    rotation: int = 0
    quality: int = 55
    seed: int = 7


@lru_cache(maxsize=32)
def scan(pdf: bytes, how: Scan) -> tuple[bytes, ...]:
    """One picture for each page of a PDF: JPEG, or a PNG of one bit."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        pages = [document[index] for index in range(len(document))]
        pictures = [page.render(scale=how.dpi / 72, grayscale=True).to_pil().convert("L") for page in pages]
    finally:
        document.close()
    return tuple(_scanned(picture, how, number) for number, picture in enumerate(pictures))


def _scanned(picture: Image.Image, how: Scan, number: int) -> bytes:
    skew = how.skew if number % 2 == 0 else -how.skew / 2
    picture = picture.rotate(skew, resample=Image.Resampling.BILINEAR, fillcolor=255)
    if how.noise:
        picture = ImageChops.subtract(picture, grain(picture.size, how.noise, how.seed + number))
    if how.rotation:
        picture = picture.rotate(how.rotation, expand=True)
    out = io.BytesIO()
    if how.one_bit:
        picture.filter(ImageFilter.SMOOTH).point(lambda value: 255 if value > 150 else 0).convert("1").save(out, "PNG")
    else:
        picture.save(out, "JPEG", quality=how.quality, dpi=(how.dpi, how.dpi))
    return out.getvalue()


def grain(size: tuple[int, int], levels: int, seed: int) -> Image.Image:
    """A picture of even noise between 0 and `levels`."""
    # one tile repeated would show as a pattern; a stretched one looks like paper
    tile = random.Random(seed).randbytes((size[0] // 2 + 1) * (size[1] // 2 + 1))
    small = Image.frombytes("L", (size[0] // 2 + 1, size[1] // 2 + 1), tile)
    return small.resize(size).point(lambda value: value * levels // 255)
