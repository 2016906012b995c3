"""A row of headings is known among a page's words, however narrow its columns are and however it was cut."""

from __future__ import annotations

import pytest

from intake.judging.parts.pages import fold_pages
from intake.judging.parts.tables import strips, table_headings
from tests.records import a_document, wording

WORDING = wording()


def _columns(text: str) -> int:
    found = table_headings(fold_pages(a_document([text]))[0], WORDING)
    return len(found.columns) if found else 0


@pytest.mark.parametrize(("between", "columns"), [(4, 3), (5, 0)])
def test_a_few_words_may_stand_between_two_headings(between: int, columns: int) -> None:
    assert _columns("Recommendation\nAction to take\n" + "Word " * between + "\nTarget date") == columns


@pytest.mark.parametrize(
    ("text", "columns"), [("Recommendation\nTarget date", 0), ("Recommendation\nScope\nTarget date", 3)]
)
def test_two_headings_are_no_table(text: str, columns: int) -> None:
    assert _columns(text) == columns


@pytest.mark.parametrize(("commas", "columns"), [(1, 3), (2, 0)])
def test_a_sentence_lists_what_a_row_shows(commas: int, columns: int) -> None:
    marks = [","] * commas + [""] * (2 - commas)
    assert _columns(f"Recommendation{marks[0]} Scope{marks[1]} Target date") == columns


NARROW = "Recommendation\nAction\nL e a d A g e n c y\nTarget date\n"


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        (NARROW + "Short\n" * 4, 4),
        (NARROW + "Short\n" * 3, 0),
        (NARROW + ("w" * 25 + "\n") * 4, 4),
        (NARROW + ("w" * 26 + "\n") * 4, 0),
        (NARROW.replace("L e a d A g e n c y", "L e a d A g e n cy") + "Short\n" * 4, 4),
        ("Recommendation\nAction\nTarget date\nSco pe\n" + "Short\n" * 4, 4),
        ("Recommendation\nAction\nTarget date\nLe ad\n" + "Short\n" * 4, 3),
    ],
)
def test_a_heading_cut_by_a_narrow_column_is_put_together(text: str, columns: int) -> None:
    assert _columns(text) == columns


@pytest.mark.parametrize(("cut", "columns"), [("T i m e s c a l e", 4), ("M i l e s t o n e s", 3)])
def test_a_heading_is_put_together_from_nine_pieces_at_most(cut: str, columns: int) -> None:
    assert _columns(f"Recommendation\nAction\nLead agency\n{cut}\n" + "Short\n" * 4) == columns


LABELS = "Recommendation: one\nAction: two\nLead agency: three\nTarget date: four\n"


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        (LABELS, 4),
        (LABELS.replace("Lead agency: three\n", ""), 0),
        (LABELS.replace("Target date:", "Target date for all of it in full:"), 4),
        (LABELS.replace("Target date:", "Target date for all of it in full now:"), 0),
    ],
)
def test_labels_before_their_values_are_a_table(text: str, columns: int) -> None:
    assert _columns(text.replace("\n", "\nsome words that stand between one label and the next one\n")) == columns


TOP = "Action Lead agency\nTrain staff Police\n"
NEXT = "Target date Status\nMay 2030 Done\n"


def _strips(*pages: str) -> list[range]:
    return [found.pages for found in strips(fold_pages(a_document(pages)), WORDING)]


@pytest.mark.parametrize(
    ("pages", "found"),
    [
        ((TOP, NEXT), [range(2)]),
        (("Action\nTrain staff\n", NEXT), []),
        (("word " * 57 + TOP, NEXT), [range(2)]),
        (("word " * 59 + TOP, NEXT), []),
        ((TOP, *["rows"] * 11, NEXT, *["rows"] * 11), [range(24)]),
        ((TOP, *["rows"] * 12, NEXT, *["rows"] * 12), []),
    ],
)
def test_a_table_wider_than_its_paper_goes_on_over_twelve_pages(pages: tuple[str, ...], found: list[range]) -> None:
    assert _strips(*pages) == found
