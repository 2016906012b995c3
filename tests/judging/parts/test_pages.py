"""What the lines of a page are."""

from __future__ import annotations

import pytest

from intake.judging.parts.pages import FoldedPage, annex_title, fold_pages, is_contents
from tests.records import a_document, wording


def _page(text: str) -> FoldedPage:
    return fold_pages(a_document([text]))[0]


@pytest.mark.parametrize(
    "line", ["Executive Summary", "2. EXECUTIVE SUMMARY", "E X E C U T I V E S U M M A R Y", "Executive summary: Anna"]
)
def test_a_heading_is_known_however_it_is_set(line: str) -> None:
    assert _page(f"{line}\nWhat follows is a summary.").heading_of(["executive summary"])


@pytest.mark.parametrize(
    "text",
    [
        "The findings are in the\nexecutive summary that was published with it.",
        "It is set out below.\nexecutive summary",
        "The report holds an executive summary and an action plan, and its annexes follow.",
    ],
)
def test_a_sentence_is_no_heading(text: str) -> None:
    assert _page(text).heading_of(["executive summary"]) is None


@pytest.mark.parametrize(
    ("lines", "place", "left"),
    [
        (["Homicide Review 12", "Text", "Text"], 12, ["Homicide Review", "Text", "Text"]),
        (
            ["OFFICIAL", "CSP", "Homicide Review 12", "a", "b", "c"],
            12,
            ["OFFICIAL", "CSP", "Homicide Review", "a", "b", "c"],
        ),
        (
            ["a", "b", "c", "Homicide Review 12", "d", "e", "f"],
            12,
            ["a", "b", "c", "Homicide Review 12", "d", "e", "f"],
        ),
        (["Text", "Homicide Review 2"], 12, ["Text", "Homicide Review"]),
        (["Text", "Homicide Review 1"], 12, ["Text", "Homicide Review 1"]),
        (["DHR 12"], 1, ["DHR 12"]),
        (["Review in 2021"], 21, ["Review in 2021"]),
    ],
)
def test_a_page_number_at_the_head_or_foot_is_none_of_its_lines_words(
    lines: list[str], place: int, left: list[str]
) -> None:
    page = fold_pages(a_document([*["-"] * (place - 1), "\n".join(lines)]))[place - 1]
    assert [line.strip() for line in page.unnumbered] == left


WORDING = wording()


@pytest.mark.parametrize(("words", "heading"), [(9, True), (10, False)])
def test_a_heading_has_nine_words_at_most(words: int, heading: bool) -> None:
    assert (_page("Summary" + " word" * (words - 1)).heading_of(["summary"]) is not None) is heading


@pytest.mark.parametrize(("length", "heading"), [(80, True), (81, False)])
def test_a_heading_is_one_line_of_print(length: int, heading: bool) -> None:
    assert (_page("Summary " + "w" * (length - 8)).heading_of(["summary"]) is not None) is heading


def test_short_words_are_words() -> None:
    assert "what we did and how we do it now" in _page("What we did and how we do it now").headings
    assert _page("S c o p e o f i t").headings == ["s c o p e o f i t"]
    assert _page("S c o p e o f i t a").headings == ["scopeofita"]


@pytest.mark.parametrize(("line", "heading"), [("This is a summary.", True), ("This is now a summary.", False)])
def test_a_full_stop_ends_a_heading_of_four_words(line: str, heading: bool) -> None:
    assert (_page(line).heading_of(["a summary"]) is not None) is heading


def test_the_top_of_a_page_is_its_first_eight_lines_as_far_down_as_blank_ones_take_them() -> None:
    assert len(_page("line\n" * 20).top) == 8
    assert len(_page("\n\nline" * 20).top) == 8
    assert len(_page("\n\n\nline" * 20).top) == 7


@pytest.mark.parametrize(("lines", "contents"), [(4, True), (3, False)])
def test_dotted_lines_are_contents_without_their_title_too(lines: int, contents: bool) -> None:
    assert is_contents(_page("Chapter ........ 12\n" * lines), WORDING) is contents


@pytest.mark.parametrize(("lines", "contents"), [(2, True), (1, False)])
def test_under_their_title_two_lines_are_enough(lines: int, contents: bool) -> None:
    assert is_contents(_page("Contents\n" + "A chapter  12\n" * lines), WORDING) is contents


@pytest.mark.parametrize(("numbers", "contents"), [(3, True), (2, False)])
def test_a_column_of_numbers_is_the_contents_other_half(numbers: int, contents: bool) -> None:
    assert is_contents(
        _page("Contents\nOne\nTwo\nThree\n" + "".join(f"{7 * n}\n" for n in range(numbers))), WORDING
    ) is (contents)


@pytest.mark.parametrize(("above", "contents"), [(11, True), (12, False)])
def test_the_contents_title_is_among_the_first_headings(above: int, contents: bool) -> None:
    lines = [*(f"Head {chr(65 + n)}x" for n in range(above)), "Contents", "A chapter  12", "Another  14"]
    assert is_contents(_page("\n".join(lines)), WORDING) is contents


@pytest.mark.parametrize(("above", "words", "titled"), [(4, 14, True), (5, 14, False), (4, 15, False)])
def test_an_annexs_title_is_a_short_line_near_the_top(above: int, words: int, titled: bool) -> None:
    text = "Head\n" * above + "Annex A" + " word" * (words - 2)
    assert (annex_title(_page(text), WORDING) is not None) is titled
