"""Every clue is declared with an example of it and one that is not it, and every number holds something apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from intake.judging.parts import letter, letter_certainty, place, plan_certainty, report
from intake.judging.parts.pages import FoldedPage, fold_pages
from intake.judging.parts.tables import table_headings
from intake.judging.parts.weighing import Clue, Reserve, Scale
from intake.model import TextSource
from tests.records import a_document, wording

WORDING = wording()
Found = Mapping[str, int]


def _pages(texts: Sequence[str]) -> tuple[FoldedPage, ...]:
    return fold_pages(a_document(texts))


def _report(texts: Sequence[str]) -> Found:
    name = texts[0].removeprefix("File: ") if texts[0].startswith("File: ") else "document.pdf"
    both = any("A letter and a plan" in text for text in texts)
    return report.clues(_pages(texts), name, WORDING, both_annexes=both)


def _place(texts: Sequence[str]) -> Found:
    at = next(number for number, text in enumerate(texts, start=1) if text.startswith("Dear"))
    return place.clues(range(at, at + 1), range(0), _pages(texts), WORDING)


def _plan(texts: Sequence[str]) -> Found:
    pages = _pages(texts)
    tables = {index: found for index, page in enumerate(pages) if (found := table_headings(page, WORDING))}
    others = plan_certainty.of_others(pages, list(tables), WORDING)
    (index,) = tables
    return plan_certainty.clues(pages, index, tables[index], others, WORDING)


def _letter(texts: Sequence[str]) -> Found:
    """A first page that is a number is how sure OCR was of the others."""
    sure, *rest = texts if texts[0].startswith("0.") else ("", *texts)
    document = a_document(rest)
    if sure:
        read = (replace(page, source=TextSource.OCR, confidence=float(sure)) for page in document.pages)
        document = replace(document, pages=tuple(read))
    return letter.clues(fold_pages(document), WORDING)


SCALES: tuple[tuple[Scale[Any], Callable[[Sequence[str]], Found]], ...] = (
    (report.REPORT, _report),
    (place.PLACE, _place),
    (plan_certainty.PLAN, _plan),
    (letter_certainty.scale(WORDING.feedback_letter), _letter),
)


def _declared(scale: Scale[Any]) -> list[Clue | Reserve]:
    return [*scale.clues, *scale.reserves]


DECLARED = [
    pytest.param(clue, find, id=f"{scale.name} {clue.id}") for scale, find in SCALES for clue in _declared(scale)
]


@pytest.mark.parametrize(("clue", "find"), DECLARED)
def test_a_clue_is_in_its_example_and_not_in_the_one_beside_it(
    clue: Clue | Reserve, find: Callable[[Sequence[str]], Found]
) -> None:
    assert find(clue.fires)[clue.id]
    assert not find(clue.quiet)[clue.id]


@pytest.mark.parametrize(("scale", "find"), SCALES)
def test_no_clue_is_found_that_is_not_declared(scale: Scale[Any], find: Callable[[Sequence[str]], Found]) -> None:
    declared = {clue.id for clue in _declared(scale)}
    assert len(declared) == len(scale.clues) + len(scale.reserves)
    assert set(find(scale.clues[0].fires)) == declared


# The weakest that reaches an answer and the strongest that does not, as the cases in the tests of each have them.
MARGINS = {
    "report": [(4, 3)],
    "place": [(2, 0), (-2, -3), (-4, -5)],
    "plan": [(5, 3), (3, 2)],
    "letter": [(7, 4), (4, 3), (0, 0)],
}


@pytest.mark.parametrize(("scale", "_find"), SCALES)
def test_between_an_answer_and_what_comes_nearest_to_it_there_is_a_margin(scale: Scale[Any], _find: object) -> None:
    assert [(level.least, level.nearest) for level in scale.levels] == MARGINS[scale.name]
    assert all(level.why and (level.nearest < level.least or level.needs) for level in scale.levels)


def test_a_clue_counts_as_often_as_is_said_at_most() -> None:
    counts = {clue.id: clue.counted(9) for scale, _ in SCALES for clue in scale.clues}
    assert {name: times for name, times in counts.items() if times != 1} == {
        "chapter": 3,
        "chapter-behind": 3,
        "anchors": 9,
    }
