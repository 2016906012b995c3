"""Pages looked at and recognised as the service sees it: which, how much of it, and what could not be read."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

import msgspec

from intake.documents.answers import Looked, Recognition
from intake.documents.budget import ReadingBudget
from intake.errors import Overstep
from intake.model import Attachment, Document, Page, Remark, TextSource
from intake.sandbox.limits import Limits
from intake.sandbox.sandbox import Sandbox
from intake.sandbox.turn import Turn

T = TypeVar("T")

OPEN_FILES = 64
# A child is stopped by the processor's time; the clock's is for one that waits for ever.
PATIENCE = 10
# Recognised between two looks at the budget: what is done does not depend on how many run at once.
BATCH = 4
WORTH_SHARING = 30  # pages: fewer are looked at by one child
# OCR misses words, and reads some that are none: a layer of so many times its words is the better text.
MORE_WORDS = 1.25


class Recogniser:
    """Spends one message's OCR budget: pages for each document, the processor's seconds for all of them together."""

    def __init__(self, sandbox: Sandbox | Turn, budget: ReadingBudget) -> None:
        self._sandbox = sandbox
        self._budget = budget
        self._budget_data = msgspec.to_builtins(budget)
        self._seconds_left = budget.ocr_seconds
        self._pages_spent: dict[str, int] = {}
        self._look_limits = _limits(budget.look_seconds + 5)
        self._limits = _limits(budget.ocr_page_seconds)

    def recognise(self, attachment: Attachment, document: Document, pages: Sequence[int]) -> Document:
        """The document with each of these pages one step further, as far as the budget goes, in the order given.

        A page with a text layer is first looked at, which is cheap; asked for once more, it is recognised by OCR.
        """
        have = {page.number: page for page in document.pages}
        wanted = [number for number in dict.fromkeys(pages) if 1 <= number <= document.page_count]
        fresh = [number for number in wanted if document.is_pdf and number in have and _is_unlooked(have[number])]
        looked = self._look(attachment.content, fresh)
        rest = [number for number in wanted if number not in fresh]
        spent = self._pages_spent.get(document.sha256, 0)
        allowed = rest[: max(0, self._budget.ocr_pages - spent)]
        found = self._carry_out(attachment.content, allowed)
        self._pages_spent[document.sha256] = spent + len(allowed)
        for one in looked:
            have[one.number] = _as_seen(have[one.number], one)
        for number, answer in found.items():
            have[number] = _with_words(have.get(number) or Page(number, "", TextSource.NONE), answer)
        unread = {*document.unread_pages, *wanted} - found.keys() - {one.number for one in looked}
        covered = [
            Remark("text-under-box", one.number, " ".join(one.sight.covered)) for one in looked if one.sight.covered
        ]
        return replace(
            document,
            pages=tuple(have[number] for number in sorted(have)),
            remarks=(*document.remarks, *covered),
            unread_pages=tuple(sorted(unread)),
        )

    def _look(self, content: bytes, pages: list[int]) -> list[Looked]:
        parts = self._sandbox.workers if len(pages) >= WORTH_SHARING else 1
        task = "intake.documents.sight:look"
        futures = [
            self._sandbox.submit(
                task, content, pages[part::parts], self._budget_data, returns=list[Looked], limits=self._look_limits
            )
            for part in range(parts)
            if pages
        ]
        return [one for future in futures for one in _answer(future) or ()]

    def _carry_out(self, content: bytes, pages: list[int]) -> dict[int, Recognition]:
        found: dict[int, Recognition] = {}
        for start in range(0, len(pages), BATCH):
            if self._seconds_left <= 0:
                break
            futures: dict[int, Future[Recognition | None]] = {
                number: self._sandbox.submit(
                    "intake.documents.ocr:recognise",
                    content,
                    number,
                    self._budget_data,
                    returns=Recognition | None,  # type: ignore[arg-type]  # a union, which `type[T]` cannot say
                    limits=self._limits,
                )
                for number in pages[start : start + BATCH]
            }
            for number, future in futures.items():
                answer = _answer(future)
                self._seconds_left -= answer.seconds if answer else self._budget.ocr_page_seconds
                if answer:
                    found[number] = answer
        return found


def _limits(processor_seconds: float) -> Limits:
    return Limits(
        wall_seconds=processor_seconds * PATIENCE,
        cpu_seconds=int(processor_seconds) + 1,
        memory_bytes=1536 << 20,
        output_bytes=16 << 20,
        open_files=OPEN_FILES,
    )


def _answer(future: Future[T]) -> T | None:
    try:
        return future.result()
    except Overstep:
        return None


def _is_unlooked(page: Page) -> bool:
    return page.source is TextSource.LAYER and page.sight is None


def _as_seen(page: Page, looked: Looked) -> Page:
    """The page with what is seen of its text layer."""
    return replace(page, sight=looked.sight, text=page.text if looked.text is None else looked.text)


def _with_words(page: Page, answer: Recognition) -> Page:
    """The page with what OCR made of it, unless its own layer is drawn and says clearly more."""
    if not page.scanned and len(page.text.split()) > len(answer.text.split()) * MORE_WORDS:
        return replace(page, recognised=True)
    return replace(page, text=answer.text, source=TextSource.OCR, confidence=answer.confidence, recognised=True)
