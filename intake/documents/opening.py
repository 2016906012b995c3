"""Opens a PDF with pdfium wherever its header stands, or says why not. Runs in a child."""

from __future__ import annotations

import pypdfium2 as pdfium
from pypdfium2 import raw

from intake.model import ReadProblem

_HEADER = b"%PDF-"
# An end mark further from the end than this was cut off, or much was added behind it.
TAIL = 4096


def open_pdf(content: bytes) -> pdfium.PdfDocument | ReadProblem | None:
    """The document; PASSWORD where it needs one; None where pdfium does not see a PDF."""
    for start in _starts(content):
        try:
            return pdfium.PdfDocument(content[start:] if start else content)
        except pdfium.PdfiumError as refusal:
            if getattr(refusal, "err_code", None) == raw.FPDF_ERR_PASSWORD or "password" in str(refusal).lower():
                return ReadProblem.PASSWORD
    return None


def _starts(content: bytes) -> list[int]:
    """Where the file may begin. pdfium looks for the header in the first 1,024 bytes only."""
    header = content.find(_HEADER)
    return [0, header] if header > 0 else [0]
