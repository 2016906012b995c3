"""A part's divider is a title page, a line that names it is a heading, a sentence is prose."""

from __future__ import annotations

import pytest

from intake.judging.facts import Mention
from intake.judging.parts.mentions import mention
from intake.judging.parts.pages import fold_pages
from tests.records import a_document, wording


def _how(*pages: str) -> Mention:
    return mention(fold_pages(a_document(pages)), ["action plan"], wording())[0]


@pytest.mark.parametrize(("words", "how"), [(30, Mention.TITLE_PAGE), (31, Mention.HEADING)])
def test_a_divider_has_few_words(words: int, how: Mention) -> None:
    assert _how("Action Plan\n" + "word " * (words - 2)) is how


@pytest.mark.parametrize(("lines", "how"), [(2, Mention.HEADING), (3, Mention.PROSE)])
def test_a_title_stands_on_one_of_the_first_three_lines(lines: int, how: Mention) -> None:
    assert _how("A head of it\n" * lines + "Our action plan for 2030\n" + "word " * 40) is how


@pytest.mark.parametrize(("words", "how"), [(9, Mention.HEADING), (10, Mention.PROSE)])
def test_a_longer_line_is_a_sentence(words: int, how: Mention) -> None:
    assert _how("Our action plan " + "for " * (words - 3) + "\n" + "word " * 40) is how
