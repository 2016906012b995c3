"""What the children answer: plain records, checked on arrival."""

from __future__ import annotations

import msgspec

from intake.model import Page, ReadProblem, Remark, Sight

UNFINISHED = "unfinished"  # what a file holds that nobody has read to its end: it may be anything


class Reading(msgspec.Struct):
    """The text side of one file. `stopped`: a limit ended the reading early; `lost`: its child was stopped."""

    media_type: str = "application/octet-stream"
    is_pdf: bool = False
    page_count: int = 0
    pages: list[Page] = []
    problem: ReadProblem | None = None
    repaired: bool = False
    stopped: bool = False
    lost: bool = False
    active_content: list[str] = []
    embedded_files: list[str] = []
    title: str = ""


class Structure(msgspec.Struct):
    """The other side of a PDF: its frame, and what runs or reaches out. `opened` is pypdf's verdict."""

    opened: bool = False
    encrypted: bool = False
    locked: bool = False
    page_count: int = 0
    title: str = ""
    labels: list[str] = []
    outline: list[tuple[str, int]] = []
    links: dict[int, list[str]] = {}
    embedded_files: list[str] = []
    active_content: list[str] = msgspec.field(default_factory=lambda: [UNFINISHED])
    remarks: list[Remark] = []
    properties: list[str] = []  # author, subject and key words
    xfa: bool = False
    needs_rendering: bool = False
    portfolio: bool = False
    stopped: bool = False


class EmbeddedFile(msgspec.Struct):
    """One file inside a PDF."""

    name: str
    media_type: str
    content: bytes


class Recognition(msgspec.Struct):
    """What OCR made of one page, in so many seconds of the processor."""

    text: str
    confidence: float
    seconds: float = 0.0


class Looked(msgspec.Struct):
    """One page as it is seen; `text` is what is seen of its layer where that is not all of it."""

    number: int
    sight: Sight
    text: str | None = None


class Box(msgspec.Struct):
    """Where words stand on a page: shares of its width and height, from the top left."""

    left: float
    top: float
    width: float
    height: float


class Availability(msgspec.Struct):
    """Whether OCR works here, and a sentence on why not."""

    works: bool
    reason: str
