"""Measuring what a verdict takes, stage by stage."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from intake.model import Effort


class Stopwatch:
    """Adds up the seconds of each stage, and the pages that OCR looked at, of one message."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = defaultdict(float)
        self.ocr_pages = 0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """The block belongs to this stage: unpack, read, recognise or decide."""
        started = time.perf_counter()
        try:
            yield
        finally:
            self._seconds[f"{name}_seconds"] += time.perf_counter() - started

    def effort(self, processor_seconds: float) -> Effort:
        """Everything that was measured; `processor_seconds` is what the sandbox's children used."""
        return Effort(**self._seconds, ocr_pages=self.ocr_pages, processor_seconds=processor_seconds)
