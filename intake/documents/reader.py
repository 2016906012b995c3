"""The service's side of reading: sends each file to the sandbox and puts the answers together.

A reader is made for one message: its OCR time budget is that message's. It imports none of the parsers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from typing import TypeVar

import msgspec

from intake.documents import recognition
from intake.documents.answers import Availability, Box, EmbeddedFile, Reading, Structure
from intake.documents.assembly import assemble, join
from intake.documents.budget import ReadingBudget
from intake.errors import ConfigurationError, Overstep
from intake.model import Attachment, Document, ReadProblem
from intake.sandbox.limits import Limits
from intake.sandbox.sandbox import Sandbox
from intake.sandbox.turn import Turn

T = TypeVar("T")

TEXT_LIMITS = Limits(wall_seconds=60, cpu_seconds=45, memory_bytes=1536 << 20)
PIECE_LIMITS = Limits(wall_seconds=15, cpu_seconds=12, memory_bytes=1536 << 20)
STRUCTURE_LIMITS = Limits(wall_seconds=45, cpu_seconds=40, output_bytes=16 << 20)
VIEW_LIMITS = Limits(wall_seconds=30, cpu_seconds=25, memory_bytes=1536 << 20)
WORTH_SHARING = 200_000  # bytes: smaller files are read by one child
HEADER_WITHIN = 1024  # bytes in which readers look for the header. ISO 32000-1, annex H, note 13
PIECES = 8  # in how many a file is read whose reading as a whole was stopped
_PDF, _A_PDF = "application/pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def demand_recognition(sandbox: Sandbox) -> None:
    """Raises ConfigurationError where files cannot be told apart: each would be held as one that cannot be read."""
    try:
        found = sandbox.run("intake.documents.sniffing:sniff", _A_PDF, returns=str)
    except Overstep:
        found = ""
    if found != _PDF:
        raise ConfigurationError(
            "Files cannot be told apart: libmagic is missing or broken.",
            "Install libmagic1 (Debian 12), or libmagic1t64 (Debian 13, Ubuntu 24.04).",
        )


class Reader:
    """Reads the files of one message."""

    def __init__(self, sandbox: Sandbox | Turn, budget: ReadingBudget | None = None) -> None:
        self.sandbox = sandbox
        self.budget = budget or ReadingBudget()
        self._budget_data = msgspec.to_builtins(self.budget)
        self._ocr = recognition.Recogniser(sandbox, self.budget)

    def read(self, attachment: Attachment) -> Document:
        """One file. Never raises for what is in it: a document says itself what is wrong."""
        return self.read_all([attachment])[0]

    def read_all(self, attachments: Iterable[Attachment]) -> list[Document]:
        """All files, in the order given, as many at once as the sandbox has workers."""
        files = list(attachments)
        parts = max(1, self.sandbox.idle // max(1, len(files)))
        under_way = [(file, *self._submit(file, parts)) for file in files]
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
        """The files inside a PDF, which came with it as a letter's logo comes with a mail; `name` is the PDF's own."""
        task = "intake.documents.embedded:extract"
        files = self._look(task, content, returns=list[EmbeddedFile], otherwise=[])
        containers = (name,) if name else ()
        return [Attachment(file.name, file.media_type, file.content, containers, inline=True) for file in files]

    def _look(self, task: str, content: bytes, *arguments: object, returns: type[T], otherwise: T) -> T:
        future = self.sandbox.submit(task, content, *arguments, returns=returns, limits=VIEW_LIMITS)
        return _outcome(future, otherwise)

    def _submit(self, attachment: Attachment, parts: int) -> tuple[list[Future[Reading]], Future[Structure] | None]:
        content = attachment.content
        if not _may_be_pdf(content):
            return [self._start("intake.documents.other_files:read", content)], None
        readings = self._start_parts(content, parts if len(content) >= WORTH_SHARING else 1, TEXT_LIMITS)
        structure = self.sandbox.submit(
            "intake.documents.structure:read_structure", content, returns=Structure, limits=STRUCTURE_LIMITS
        )
        return readings, structure

    def _start(self, task: str, content: bytes, *more: int, limits: Limits = TEXT_LIMITS) -> Future[Reading]:
        return self.sandbox.submit(task, content, self._budget_data, *more, returns=Reading, limits=limits)

    def _start_parts(self, content: bytes, parts: int, limits: Limits) -> list[Future[Reading]]:
        task = "intake.documents.reading:read"
        return [self._start(task, content, part, parts, limits=limits) for part in range(parts)]

    def _finish(
        self, attachment: Attachment, readings: list[Future[Reading]], structure_to_come: Future[Structure] | None
    ) -> Document:
        reading = join([_outcome(part, _stopped()) for part in readings])
        if structure_to_come is None:
            return assemble(attachment, reading, Structure())
        structure = _outcome(structure_to_come, Structure(stopped=True))
        if reading.lost and structure.page_count > 1:
            # The page that stops the reading spoils its own piece only.
            pieces = self._start_parts(attachment.content, min(PIECES, structure.page_count), PIECE_LIMITS)
            reading = join([_outcome(piece, _stopped()) for piece in pieces])
        elif not reading.is_pdf and reading.problem is ReadProblem.NOT_READ:
            reading = self._recover(attachment.content, reading)
        if reading.lost and not reading.is_pdf:
            reading.is_pdf = structure.opened or b"%PDF-" in attachment.content[:HEADER_WITHIN]
            reading.page_count = structure.page_count
        return assemble(attachment, reading, structure)

    def _recover(self, content: bytes, first: Reading) -> Reading:
        """A second opinion on what pdfium refused."""
        found = _outcome(self._start("intake.documents.recovery:recover", content), _stopped())
        if found.is_pdf or found.lost:
            return found
        return _outcome(self._start("intake.documents.other_files:read", content), first)


def _outcome(future: Future[T], otherwise: T) -> T:
    try:
        return future.result()
    except Overstep:
        return otherwise


def _stopped() -> Reading:
    return Reading(problem=ReadProblem.TOO_COMPLEX, lost=True)


def _may_be_pdf(content: bytes) -> bool:
    """Whether trying a PDF reader is worth while: a ZIP that holds a PDF, stored as it is, is a ZIP."""
    return b"%PDF-" in content and not content.startswith(b"PK\x03\x04")
