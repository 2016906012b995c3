"""How much reading one message is worth."""

from __future__ import annotations

import msgspec


class ReadingBudget(msgspec.Struct, frozen=True):
    """`max_pages` are read from each end of a longer document; past any of these the answer is *unsure*."""

    max_pages: int = 3000
    max_page_characters: int = 200_000
    max_characters: int = 20_000_000
    text_seconds: float = 30.0  # a reader stops by itself here, keeping what it has
    ocr_pages: int = 60  # of one document
    # Seconds of the processor, not of the clock: the same file gets the same answer on a busy machine.
    ocr_seconds: float = 90.0  # of one message
    ocr_page_seconds: float = 20.0
    look_seconds: float = 20.0  # of one look at a document's pages
    max_pixels: int = 25_000_000  # of one page picture
    max_picture_pixels: int = 150_000_000  # of one attached photograph, before it is made smaller
    max_entries: int = 2000  # files in a Word or OpenDocument package
    max_unpacked: int = 100_000_000  # bytes of its parts that are read
