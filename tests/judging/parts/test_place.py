"""Where a letter stands, by what is before it and behind it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from intake.judging.facts import Place
from intake.judging.parts import place
from intake.judging.parts.pages import fold_pages
from tests.records import a_document, wording

WORDING = wording()
TEXT = "The Panel met on five days and considered what each agency knew and did at the time of the death of Anna."
LETTER = "Dear Ms Quill,"
INTRODUCTION, ANALYSIS, CHRONOLOGY, FACTS = (
    f"{title}\n{TEXT}" for title in ("1. Introduction", "2. Analysis", "3. Chronology", "4. Findings")
)
TITLE = "Domestic Homicide Review\n" + "word " * 20
ANNEX = f"Appendix B\n{TEXT}"
SUMMARY = f"Executive Summary\n{TEXT}"
BEFORE = [TEXT] * 5


def _where(pages: Sequence[str]) -> tuple[int, Place]:
    at = next(number for number, text in enumerate(pages, start=1) if text == LETTER)
    found = place.clues(range(at, at + 1), range(0), fold_pages(a_document(pages)), WORDING)
    return place.PLACE.score(found), place.PLACE.answer(found)


@pytest.mark.parametrize(
    ("pages", "score", "answer"),
    [
        ([TEXT, LETTER], 5, Place.TAIL),
        ([LETTER], 0, Place.UNCLEAR),
        ([*BEFORE, LETTER, ANNEX], 7, Place.TAIL),
        ([*BEFORE, LETTER, TEXT], 2, Place.TAIL),
        ([TEXT, LETTER, TEXT, TEXT], 0, Place.UNCLEAR),
        ([*BEFORE, LETTER, INTRODUCTION], -1, Place.UNCLEAR),
        ([*BEFORE, LETTER, INTRODUCTION, ANALYSIS], -2, Place.UNCLEAR),
        ([*BEFORE, LETTER, INTRODUCTION, ANALYSIS, CHRONOLOGY], -3, Place.MIDDLE),
        ([*BEFORE, LETTER, INTRODUCTION, ANALYSIS, CHRONOLOGY, FACTS], -3, Place.MIDDLE),
        ([*BEFORE, LETTER, f"{ANNEX}\n1. Introduction", ANALYSIS, CHRONOLOGY], 2, Place.TAIL),
        ([*BEFORE, LETTER, SUMMARY], 0, Place.UNCLEAR),
        ([TEXT, LETTER, SUMMARY, TEXT], -2, Place.UNCLEAR),
        ([*BEFORE, LETTER, SUMMARY, INTRODUCTION, ANALYSIS, CHRONOLOGY], -2, Place.UNCLEAR),
        ([LETTER, TITLE], -10, Place.FRONT),
        ([TEXT, LETTER, ANNEX, TITLE, TEXT], -5, Place.FRONT),
        ([LETTER, INTRODUCTION, ANALYSIS], -12, Place.FRONT),
        ([LETTER, INTRODUCTION], -1, Place.UNCLEAR),
    ],
)
def test_where_a_letter_stands(pages: list[str], score: int, answer: Place) -> None:
    assert _where(pages) == (score, answer)


@pytest.mark.parametrize(("before", "score"), [(40, -2), (39, -12)])
def test_a_letter_is_in_front_where_more_than_twice_as_much_is_behind_it(before: int, score: int) -> None:
    pages = ["word " * before, LETTER, "Introduction " + "word " * 39, "Introduction\nAnalysis\n" + "word " * 38]
    assert _where(pages)[0] == score


@pytest.mark.parametrize(("words", "score"), [(14, 5), (15, 2)])
def test_a_divider_behind_the_letter_is_nothing(words: int, score: int) -> None:
    assert _where([*BEFORE, LETTER, "word " * words])[0] == score


@pytest.mark.parametrize(("words", "score"), [(119, -10), (120, 0)])
def test_a_title_page_has_fewer_words_than_a_page_of_text(words: int, score: int) -> None:
    assert _where([LETTER, "Domestic Homicide Review\n" + "word " * (words - 3)])[0] == score
