"""Puts a file's text and its structure, read by two children, together into one Document."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from intake.documents import remarks
from intake.documents.answers import UNFINISHED, Reading, Structure
from intake.model import Attachment, Document, Page, ReadProblem

PDF = "application/pdf"


def join(parts: Sequence[Reading]) -> Reading:
    """The parts of one file's reading as one. A part that was lost makes the file too complex, not unread."""
    kept = [part for part in parts if not part.lost]
    if not kept:
        return parts[0]
    whole = kept[0]
    whole.lost = len(kept) < len(parts)
    for part in kept[1:]:
        whole.pages += part.pages
        whole.problem = whole.problem or part.problem
        whole.repaired |= part.repaired
        whole.stopped |= part.stopped
    if whole.lost:
        whole.problem = ReadProblem.TOO_COMPLEX
    return whole


def assemble(attachment: Attachment, reading: Reading, structure: Structure) -> Document:
    """The document as the later stages see it."""
    title = structure.title or reading.title
    return Document(
        name=attachment.name,
        size=attachment.size,
        sha256=hashlib.sha256(attachment.content).hexdigest(),
        media_type=PDF if reading.is_pdf else reading.media_type,
        is_pdf=reading.is_pdf,
        pages=tuple(_dress(page, structure) for page in reading.pages),
        page_count=reading.page_count,
        problem=_problem(reading, structure),
        title=title,
        outline=tuple(structure.outline),
        embedded_files=tuple(structure.embedded_files or reading.embedded_files),
        active_content=_active_content(reading, structure),
        remarks=(
            *structure.remarks,
            *remarks.of_text(reading.pages),
            *remarks.of_properties(title, structure.properties, reading.pages),
        ),
        owner_password=structure.encrypted and not structure.locked,
        repaired=reading.repaired,
        containers=attachment.containers,
        inline=attachment.inline,
    )


def _active_content(reading: Reading, structure: Structure) -> tuple[str, ...]:
    """What runs or reaches out. A file of which not one page could be read is not handed on, and raises no doubt."""
    if not reading.is_pdf:
        return tuple(reading.active_content)
    return tuple(name for name in structure.active_content if name != UNFINISHED or reading.pages)


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
