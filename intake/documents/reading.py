"""The first look at a file, in a child: what it is, and what its pages say."""

from __future__ import annotations

import msgspec

from intake.documents import pdf_text, sniffing
from intake.documents.answers import Reading
from intake.documents.budget import ReadingBudget
from intake.model import ReadProblem

_HEADER = b"%PDF-"


def read(content: memoryview, budget_data: dict[str, float]) -> Reading:
    """The task: one file → what it is and its pages."""
    budget = msgspec.convert(budget_data, ReadingBudget)
    media_type = sniffing.sniff(content)
    if media_type == sniffing.EMPTY:
        return Reading(media_type=media_type, problem=ReadProblem.EMPTY)
    if sniffing.may_be_pdf(content, media_type):
        found = read_pdf(bytes(content), budget)
        if found is not None:
            return found
    return Reading(media_type=media_type, problem=ReadProblem.NOT_READ)


def read_pdf(content: bytes, budget: ReadingBudget) -> Reading | None:
    """The pages by pdfium; None where it does not see a PDF."""
    for start in _starts(content):
        document = pdf_text.open_pdf(content[start:] if start else content)
        if document is ReadProblem.PASSWORD:
            return Reading(media_type="application/pdf", is_pdf=True, problem=ReadProblem.PASSWORD)
        if not isinstance(document, ReadProblem) and document is not None:
            return pdf_text.read_pages(document, budget)
    return None


def _starts(content: bytes) -> list[int]:
    """Where the file may begin. pdfium looks for the header in the first 1,024 bytes only."""
    header = content.find(_HEADER)
    return [0, header] if header > 0 else [0]
