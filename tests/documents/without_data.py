"""OCR as it goes where Tesseract's language data is not installed; run by the tests through the sandbox."""

from __future__ import annotations

from unittest.mock import patch

import msgspec

from intake.documents import ocr
from intake.documents.budget import ReadingBudget


def check(content: memoryview) -> list[str]:
    with patch.object(ocr, "_FOLDERS", ("/nowhere",)):
        found = ocr.check(content)
    return [str(found.works), found.reason]


def recognise(content: memoryview) -> object:
    with patch.object(ocr, "_FOLDERS", ("/nowhere",)):
        return ocr.recognise(content, 1, msgspec.to_builtins(ReadingBudget()))
