"""What befalls files on their way: locks, damage, junk around them, too many bytes, containers."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping

from PIL import Image
from pypdf import PdfReader, PdfWriter


def lock(pdf: bytes, user: str = "rosebud", owner: str = "") -> bytes:
    """The PDF under a password; `user=""` with an owner's password only forbids changes.

    Encryption draws on chance: no two calls make the same bytes.
    """
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    writer.encrypt(user, owner or None, algorithm="AES-128")
    return _written(writer)


def truncate(pdf: bytes, share: float = 0.5) -> bytes:
    """The first part of a file whose transfer broke off."""
    return pdf[: int(len(pdf) * share)]


def scramble(pdf: bytes, seed: int = 1) -> bytes:
    """A file in which nothing but its first bytes is left whole."""
    return pdf[:16] + random.Random(seed).randbytes(len(pdf) - 16)


def with_junk(pdf: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """The PDF with other bytes around it, as gateways and scanners leave them."""
    return before + pdf + after


def noise_picture(megabytes: float, seed: int = 5) -> bytes:
    """A picture whose pixels are chance, so that no compression makes it smaller: a JPEG of about this size."""
    # at quality 92 noise in three colours takes about 1.95 bytes a pixel
    side = int((megabytes * 1024 * 1024 / 1.95) ** 0.5)
    image = Image.frombytes("RGB", (side, side), random.Random(seed).randbytes(side * side * 3))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92, subsampling=0)
    return out.getvalue()


def join(*pdfs: bytes) -> bytes:
    """One PDF of several, as merging tools make it."""
    writer = PdfWriter()
    for pdf in pdfs:
        writer.append(PdfReader(io.BytesIO(pdf)))
    return _written(writer)


def turned(pdf: bytes, pages: Mapping[int, int]) -> bytes:
    """The PDF with some pages turned by /Rotate: page number (from 0) to degrees."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    for number, degrees in pages.items():
        writer.pages[number].rotate(degrees)
    return _written(writer)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
