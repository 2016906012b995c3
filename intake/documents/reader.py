"""The service's side of reading: sends each file to the sandbox and puts the answers together.

A reader is made for one message: its OCR time budget is that message's. It imports none of the parsers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

import msgspec
import structlog

from intake.documents.answers import Reading, Structure
from intake.documents.budget import ReadingBudget
from intake.errors import Overstep
from intake.model import Attachment, Document, Page, ReadProblem
from intake.sandbox import Limits, Sandbox

log = structlog.get_logger()
T = TypeVar("T")

# What the sandbox's server should load at once, in the order in which it is needed.
PRELOAD = ("intake.documents.reading", "intake.documents.structure")

TEXT_LIMITS = Limits(wall_seconds=60, cpu_seconds=45, memory_bytes=1536 << 20)
STRUCTURE_LIMITS = Limits(wall_seconds=45, cpu_seconds=40, output_bytes=16 << 20)


class Reader:
    """Reads the files of one message."""

    def __init__(self, sandbox: Sandbox, budget: ReadingBudget | None = None) -> None:
        self.sandbox = sandbox
        self.budget = budget or ReadingBudget()

    def read(self, attachment: Attachment) -> Document:
        """One file. Never raises for what is in it: a document says itself what is wrong."""
        return self.read_all([attachment])[0]

    def read_all(self, attachments: Iterable[Attachment]) -> list[Document]:
        """All files, in the order given, as many at once as the sandbox has workers."""
        under_way = [(attachment, *self._submit(attachment)) for attachment in attachments]
        return [self._finish(*one) for one in under_way]

    def _submit(self, attachment: Attachment) -> tuple[Future[Reading], Future[Structure] | None]:
        content = attachment.content
        reading = self.sandbox.submit(
            "intake.documents.reading:read",
            content,
            msgspec.to_builtins(self.budget),
            returns=Reading,
            limits=TEXT_LIMITS,
        )
        if not _may_be_pdf(content):
            return reading, None
        return reading, self.sandbox.submit(
            "intake.documents.structure:read_structure", content, returns=Structure, limits=STRUCTURE_LIMITS
        )

    def _finish(
        self, attachment: Attachment, reading_to_come: Future[Reading], structure_to_come: Future[Structure] | None
    ) -> Document:
        reading = _outcome(reading_to_come, Reading(is_pdf=_may_be_pdf(attachment.content), stopped=True))
        structure = Structure()
        if structure_to_come is not None:
            structure = _outcome(structure_to_come, Structure(stopped=True))
        return _assemble(attachment, reading, structure)


def _outcome(future: Future[T], otherwise: T) -> T:
    try:
        return future.result()
    except Overstep as overstep:
        log.warning("reading-stopped", reason=overstep.reason)
        return otherwise


def _may_be_pdf(content: bytes) -> bool:
    return b"%PDF-" in content and content[:4] != b"PK\x03\x04"


def _assemble(attachment: Attachment, reading: Reading, structure: Structure) -> Document:
    is_pdf = reading.is_pdf
    return Document(
        name=attachment.name,
        size=attachment.size,
        sha256=hashlib.sha256(attachment.content).hexdigest(),
        media_type=reading.media_type,
        is_pdf=is_pdf,
        pages=tuple(_dress(page, structure) for page in reading.pages),
        page_count=reading.page_count,
        problem=_problem(reading, structure),
        title=structure.title or reading.title,
        outline=tuple(structure.outline),
        embedded_files=tuple(structure.embedded_files or reading.embedded_files),
        active_content=tuple(structure.active_content or reading.active_content),
        owner_password=structure.encrypted and not structure.locked,
        repaired=reading.repaired,
        containers=attachment.containers,
        inline=attachment.inline,
    )


def _dress(page: Page, structure: Structure) -> Page:
    """The page with its printed label and its links."""
    label = structure.labels[page.number - 1] if page.number <= len(structure.labels) else None
    links = structure.links.get(page.number, ())
    return replace(page, label=label, links=tuple(links)) if label or links else page


def _problem(reading: Reading, structure: Structure) -> ReadProblem | None:
    if reading.problem is not None:
        return reading.problem
    if structure.portfolio:
        return ReadProblem.PORTFOLIO
    if structure.xfa and (structure.needs_rendering or _asks_to_wait(reading.pages)):
        return ReadProblem.XFA
    return ReadProblem.TOO_COMPLEX if reading.stopped else None


def _asks_to_wait(pages: Sequence[Page]) -> bool:
    """A dynamic form's only page says to people that their viewer cannot show it."""
    return len(pages) <= 1 and "please wait" in " ".join(page.text for page in pages).lower()
