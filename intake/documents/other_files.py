"""Files that are no PDFs, in a child: what they are, and the text of those kinds that reports come as."""

from __future__ import annotations

import msgspec

from intake.documents import office, pictures, plain, sniffing
from intake.documents.answers import Reading
from intake.documents.budget import ReadingBudget
from intake.model import ReadProblem

_VBA = "_VBA_PROJECT".encode("utf-16-le")  # the macros' folder in an OLE file's directory. MS-OVBA, 2.2.1
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(content: memoryview, budget_data: dict[str, float]) -> Reading:
    """The task: one file that is not a PDF."""
    budget = msgspec.convert(budget_data, ReadingBudget)
    data = bytes(content)
    # No PDF reader sees a PDF here, so a "%PDF-" somewhere in it must not decide what it is.
    media_type = sniffing.sniff(memoryview(data.replace(b"%PDF-", b"%----")))
    if media_type == sniffing.EMPTY:
        return Reading(media_type=media_type, problem=ReadProblem.EMPTY)
    if data.startswith(sniffing.ZIP_MAGIC):
        return office.read_package(data, media_type, budget)
    if data.startswith(_OLE_MAGIC):
        macros = ["macros"] if _VBA in data else []
        return Reading(media_type=media_type, problem=ReadProblem.NOT_READ, active_content=macros)
    if media_type.startswith("image/"):
        return pictures.read_picture(data, media_type, budget)
    text = plain.read_text(data, media_type)
    if text is None:
        return Reading(media_type=media_type, problem=ReadProblem.NOT_READ)
    return plain.paginate(text, media_type, budget)
