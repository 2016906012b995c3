"""Which pages are worth reading by OCR next: only as many as a certain answer needs."""

from __future__ import annotations

from intake.judging.facts import Dossier, LetterKind, Parts
from intake.judging.parts.assembly import unseen
from intake.model import Certainty, Document, ReadProblem

_BATCH = 4
_FRONT = 3


def pages_to_recognise(dossier: Dossier) -> dict[int, tuple[int, ...]]:
    """The next pages to recognise, by the document's index; empty when nothing more would change the answer.

    The title comes first, so that the report is known for one; the annexes are looked for from the tail.
    """
    return {
        index: pages
        for index, (document, parts) in enumerate(zip(dossier.documents, dossier.parts, strict=True))
        if (pages := _next_pages(document, parts, is_report=document is dossier.report))
    }


def _next_pages(document: Document, parts: Parts, *, is_report: bool) -> tuple[int, ...]:
    if document.inline or document.problem is ReadProblem.PASSWORD:
        return ()
    given_up = set(document.unread_pages)
    candidates = [
        page.number
        for page in document.pages
        if unseen(page.text, page.source, page.picture) and page.number not in given_up
    ]
    if not candidates:
        return ()
    front = [number for number in candidates if number <= _FRONT]
    if front and parts.title is None:
        return tuple(front)
    if _settled(parts) or (not is_report and _is_part_alone(document, parts)):
        return ()
    return tuple(candidates[-_BATCH:])


def _settled(parts: Parts) -> bool:
    """Letter and plan are both there for certain."""
    letter = (
        parts.letter is not None
        and parts.letter.certainty is Certainty.CERTAIN
        and parts.letter.kind is LetterKind.FINAL
    )
    return letter and parts.plan is not None and parts.plan.certainty is Certainty.CERTAIN


def _is_part_alone(document: Document, parts: Parts) -> bool:
    """A letter or a plan that came by itself: known for what it is, the rest of it changes nothing."""
    known = (parts.letter is not None and parts.letter.certainty is Certainty.CERTAIN) or parts.plan is not None
    return known and document.page_count <= 30
