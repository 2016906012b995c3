"""The service's side of reading: sends each file to the sandbox and puts the answers together.

A reader is made for one message: its OCR time budget is that message's. It imports none of the parsers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from typing import TypeVar

import msgspec
import structlog

from intake.documents import recognition
from intake.documents.answers import Availability, Box, EmbeddedFile, Reading, Structure
from intake.documents.assembly import assemble
from intake.documents.budget import ReadingBudget
from intake.errors import Overstep
from intake.model import Attachment, Document, ReadProblem
from intake.sandbox import Limits, Sandbox

log = structlog.get_logger()
T = TypeVar("T")

# What the sandbox's server should load at once, in the order in which it is needed.
PRELOAD = ("intake.documents.reading", "intake.documents.structure")

TEXT_LIMITS = Limits(wall_seconds=60, cpu_seconds=45, memory_bytes=1536 << 20)
PIECE_LIMITS = Limits(wall_seconds=15, cpu_seconds=12, memory_bytes=1536 << 20)
STRUCTURE_LIMITS = Limits(wall_seconds=45, cpu_seconds=40, output_bytes=16 << 20)
VIEW_LIMITS = Limits(wall_seconds=30, cpu_seconds=25, memory_bytes=1536 << 20)
PIECES = 8  # in how many a file is read whose reading as a whole was stopped


class Reader:
    """Reads the files of one message."""

    def __init__(self, sandbox: Sandbox, budget: ReadingBudget | None = None) -> None:
        self.sandbox = sandbox
        self.budget = budget or ReadingBudget()
        self._budget_data = msgspec.to_builtins(self.budget)
        self._ocr = recognition.Recogniser(sandbox, self.budget)

    def read(self, attachment: Attachment) -> Document:
        """One file. Never raises for what is in it: a document says itself what is wrong."""
        return self.read_all([attachment])[0]

    def read_all(self, attachments: Iterable[Attachment]) -> list[Document]:
        """All files, in the order given, as many at once as the sandbox has workers."""
        under_way = [(attachment, *self._submit(attachment)) for attachment in attachments]
        return [self._finish(*one) for one in under_way]

    def recognise(self, attachment: Attachment, document: Document, pages: Sequence[int]) -> Document:
        """The document with exactly these pages (from 1) recognised; `unread_pages` names those that were not."""
        return self._ocr.recognise(attachment, document, pages)

    def ocr_available(self) -> tuple[bool, str]:
        """Whether OCR works here, and why not."""
        try:
            found = self.sandbox.run("intake.documents.ocr:check", b"", returns=Availability)
        except Overstep as overstep:
            return False, overstep.message
        return found.works, found.reason

    def render(self, content: bytes, page: int, dpi: int = 100) -> bytes:
        """One page as a PNG; empty where it cannot be shown."""
        arguments = (page, dpi, self._budget_data)
        return self._look("intake.documents.pictures:render", content, *arguments, returns=bytes, otherwise=b"")

    def find_words(self, content: bytes, page: int, words: str) -> list[Box]:
        """Where words stand on a page with a text layer, for highlighting."""
        task = "intake.documents.pictures:find_words"
        return self._look(task, content, page, words, returns=list[Box], otherwise=[])

    def embedded(self, content: bytes, name: str = "") -> list[Attachment]:
        """The files inside a PDF; `name` is the PDF's own and becomes their container."""
        task = "intake.documents.embedded:extract"
        files = self._look(task, content, returns=list[EmbeddedFile], otherwise=[])
        containers = (name,) if name else ()
        return [Attachment(file.name, file.media_type, file.content, containers) for file in files]

    def _look(self, task: str, content: bytes, *arguments: object, returns: type[T], otherwise: T) -> T:
        future = self.sandbox.submit(task, content, *arguments, returns=returns, limits=VIEW_LIMITS)
        return _outcome(future, otherwise)

    def _submit(self, attachment: Attachment) -> tuple[Future[Reading], Future[Structure] | None]:
        content = attachment.content
        if not _may_be_pdf(content):
            return self._start("intake.documents.other_files:read", content), None
        structure = self.sandbox.submit(
            "intake.documents.structure:read_structure", content, returns=Structure, limits=STRUCTURE_LIMITS
        )
        return self._start("intake.documents.reading:read", content), structure

    def _start(self, task: str, content: bytes, *more: int, limits: Limits = TEXT_LIMITS) -> Future[Reading]:
        return self.sandbox.submit(task, content, self._budget_data, *more, returns=Reading, limits=limits)

    def _finish(
        self, attachment: Attachment, reading_to_come: Future[Reading], structure_to_come: Future[Structure] | None
    ) -> Document:
        reading = _outcome(reading_to_come, _stopped())
        if structure_to_come is None:
            return assemble(attachment, reading, Structure())
        structure = _outcome(structure_to_come, Structure(stopped=True))
        if reading.stopped and not reading.pages:
            reading = self._read_in_pieces(attachment.content, structure.page_count)
        elif not reading.is_pdf and reading.problem is ReadProblem.NOT_READ:
            reading = self._recover(attachment.content, reading)
        return assemble(attachment, reading, structure)

    def _read_in_pieces(self, content: bytes, page_count: int) -> Reading:
        """What can be had of a file whose reading was stopped: the page that stops it spoils its own piece only."""
        whole = Reading(media_type="application/pdf", is_pdf=True, page_count=page_count)
        whole.problem = ReadProblem.TOO_COMPLEX
        if 1 < page_count <= self.budget.max_pages:
            size = -(-page_count // PIECES)
            pieces = [
                self._start("intake.documents.reading:read", content, first, first + size, limits=PIECE_LIMITS)
                for first in range(0, page_count, size)
            ]
            whole.pages = [page for piece in pieces for page in _outcome(piece, Reading()).pages]
        return whole

    def _recover(self, content: bytes, first: Reading) -> Reading:
        """A second opinion on what pdfium refused."""
        gone = Reading(is_pdf=first.media_type == "application/pdf", problem=ReadProblem.TOO_COMPLEX)
        found = _outcome(self._start("intake.documents.recovery:recover", content), gone)
        if found.is_pdf:
            return found
        return _outcome(self._start("intake.documents.other_files:read", content), first)


def _outcome(future: Future[T], otherwise: T) -> T:
    try:
        return future.result()
    except Overstep as overstep:
        log.warning("reading-stopped", reason=overstep.reason)
        return otherwise


def _stopped() -> Reading:
    return Reading(problem=ReadProblem.TOO_COMPLEX, stopped=True)


def _may_be_pdf(content: bytes) -> bool:
    """Whether trying a PDF reader is worth while: a ZIP that holds a PDF, stored as it is, is a ZIP."""
    return b"%PDF-" in content and not content.startswith(b"PK\x03\x04")
