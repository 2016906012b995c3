"""OCR as the service sees it: which pages, how long, and what could not be read."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import CancelledError, Future, wait
from dataclasses import replace

import msgspec

from intake.documents.answers import Recognition
from intake.documents.budget import ReadingBudget
from intake.errors import Overstep
from intake.model import Attachment, Document, Page, TextSource
from intake.sandbox.limits import Limits
from intake.sandbox.sandbox import Sandbox

OPEN_FILES = 64


class Recogniser:
    """Spends one message's OCR budget: pages for each document, seconds for all of them together."""

    def __init__(self, sandbox: Sandbox, budget: ReadingBudget) -> None:
        self._sandbox = sandbox
        self._budget = budget
        self._seconds_left = budget.ocr_seconds
        self._pages_spent: dict[str, int] = {}
        self._limits = Limits(
            wall_seconds=budget.ocr_page_seconds,
            cpu_seconds=int(budget.ocr_page_seconds) + 1,
            memory_bytes=1536 << 20,
            output_bytes=4 << 20,
            open_files=OPEN_FILES,
        )

    def recognise(self, attachment: Attachment, document: Document, pages: Sequence[int]) -> Document:
        """The document with these pages recognised, as far as the budget goes, in the order given."""
        wanted = [number for number in dict.fromkeys(pages) if 1 <= number <= document.page_count]
        spent = self._pages_spent.get(document.sha256, 0)
        allowed = wanted[: max(0, self._budget.ocr_pages - spent)] if self._seconds_left > 0 else []
        started = time.monotonic()
        found = self._carry_out(attachment.content, allowed, started + self._seconds_left)
        self._seconds_left -= time.monotonic() - started
        self._pages_spent[document.sha256] = spent + len(allowed)
        unread = {*document.unread_pages, *wanted} - found.keys()
        return replace(document, pages=_replaced(document, found), unread_pages=tuple(sorted(unread)))

    def _carry_out(self, content: bytes, pages: list[int], deadline: float) -> dict[int, Recognition]:
        budget_data = msgspec.to_builtins(self._budget)
        futures: dict[int, Future[Recognition | None]] = {
            number: self._sandbox.submit(
                "intake.documents.ocr:recognise",
                content,
                number,
                budget_data,
                returns=Recognition | None,  # type: ignore[arg-type]  # msgspec decodes unions, `type[T]` cannot say so
                limits=self._limits,
            )
            for number in pages
        }
        wait(futures.values(), timeout=max(0.0, deadline - time.monotonic()))
        # Pages not begun by now are not begun; those under way end by themselves, within a page's own limit.
        for future in futures.values():
            future.cancel()
        answers = {number: _answer(future) for number, future in futures.items()}
        return {number: answer for number, answer in answers.items() if answer is not None}


def _answer(future: Future[Recognition | None]) -> Recognition | None:
    try:
        return future.result()
    except (Overstep, CancelledError):
        return None


def _replaced(document: Document, found: dict[int, Recognition]) -> tuple[Page, ...]:
    have = {page.number: page for page in document.pages}
    for number, answer in found.items():
        page = have.get(number) or Page(number, "", TextSource.NONE)
        have[number] = replace(page, text=answer.text, source=TextSource.OCR, confidence=answer.confidence)
    return tuple(have[number] for number in sorted(have))
