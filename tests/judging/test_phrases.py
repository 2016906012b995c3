"""Words as they are compared and as they are written stand one for one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import resources
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


def test_the_wording_has_a_phrase_a_line_and_no_phrase_twice_in_a_list() -> None:
    text = resources.read_text("config/wording.toml")
    lines = text.splitlines()
    assert max(map(len, lines)) <= 120
    assert not [line for line in lines if line.count('", "') and not line.lstrip().startswith("#")]
    for name, phrases in _lists(tomllib.loads(text)):
        assert len(phrases) == len(set(phrases)), name


def _lists(table: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, list[str]]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _lists(value, f"{within}{key}.")
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            yield f"{within}{key}", value
