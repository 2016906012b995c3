"""What the lines of a page are."""

from __future__ import annotations

import pytest

from intake.judging.parts.pages import FoldedPage, fold_pages
from tests.records import a_document


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
