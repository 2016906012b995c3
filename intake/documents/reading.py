"""The first look at what may be a PDF, in a child: what it is, and what its pages say."""

from __future__ import annotations

import msgspec

from intake.documents import pdf_text, sniffing
from intake.documents.answers import Reading
from intake.documents.budget import ReadingBudget
from intake.documents.opening import TAIL, open_pdf
from intake.model import Page, ReadProblem, TextSource

# So many pages of any file may be blank: of one that lost its end, more were lost with it.
_A_FEW, _MOST_BLANK = 1, 0.05


def read(content: memoryview, budget_data: dict[str, float], part: int = 0, parts: int = 1) -> Reading:
    """The task: one file → its type and, where pdfium opens it, one of so many equal parts of its pages."""
    budget = msgspec.convert(budget_data, ReadingBudget)
    media_type = sniffing.sniff(content)
    if media_type == sniffing.EMPTY:
        return Reading(media_type=media_type, problem=ReadProblem.EMPTY)
    document = open_pdf(bytes(content))
    if document is None:
        return Reading(media_type=media_type, problem=ReadProblem.NOT_READ)
    if isinstance(document, ReadProblem):
        return Reading(media_type=media_type, is_pdf=True, problem=document)
    whole = b"%%EOF" in bytes(content[-TAIL:])
    reading = pdf_text.read_pages(document, budget, part, parts, whole=whole)
    reading.media_type = "application/pdf"
    bare = sum(map(_is_bare, reading.pages))
    if reading.problem is None and not whole and bare > max(_A_FEW, len(reading.pages) * _MOST_BLANK):
        reading.problem = ReadProblem.DAMAGED
    reading.repaired = not whole and (bare > 0 or b"%%EOF" not in bytes(content))
    return reading


def _is_bare(page: Page) -> bool:
    return page.source is TextSource.NONE and page.picture == 0.0
