"""Words as they are compared and as they are written stand one for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.judging.phrases import fold, lines_of, words_in


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("-\u2010\u2011\u00ad \n\r\u0130Aa")), max_size=60))
def test_every_folded_word_has_its_written_one(text: str) -> None:
    assert len(words_in(text)) == len(fold(text).split())


@pytest.mark.parametrize("text", ["Lead-  \nagency Action", "\u0130brahim Action Owner", "Recommen-\ndation \u00bd"])
def test_what_parted_the_two_once(text: str) -> None:
    assert [word.group().replace("\u0130", "I").lower() for word in words_in(text)] == fold(text).split()


@given(st.text(max_size=80))
def test_lines_fold_one_for_one(text: str) -> None:
    assert [line for line, _ in lines_of(text)] == text.splitlines()
