"""What a person edits of a mail: every paragraph on one line, and the same again where nothing was changed."""

from __future__ import annotations

import pytest

from intake.correspondence.display import unwrap_text, wrap_text
from intake.web.said import pieces

LONG = "This line is a good deal longer than the seventy-six letters that fit on one line of a mail, by far. " * 2


@pytest.mark.parametrize(
    "text",
    [
        f"Hello,\n\n{LONG.strip()}\n\nKind regards,\nThe team\nReference: DHR-2026-0001",
        f"What we checked:\n- {LONG.strip()}\n- a short one\n- {LONG.strip()}\n\nEnd",
        f"1. The letter\n2. {LONG.strip()}\nAfterwards",
        f"To be published at: https://www.northmere.gov.example/{'a-long-way-down/' * 6}\nReceived: today",
        "Short\nlines\nstay",
        "",
    ],
)
def test_wrapping_is_taken_back(text: str) -> None:
    assert unwrap_text(wrap_text(text)) == text


def test_sentences_are_marked_however_they_were_broken() -> None:
    text = "Dear team,\nplease do\nnot send it. Thanks."
    assert [(piece.text, piece.doubt) for piece in pieces(text, [(7, "please do not send it.")])] == [
        ("Dear team,\n", 0),
        ("please do\nnot send it.", 7),
        (" Thanks.", 0),
    ]


def test_what_is_not_there_marks_nothing_and_nothing_is_marked_twice() -> None:
    text = "one two three"
    assert [piece.doubt for piece in pieces(text, [(1, "four"), (2, ""), (3, "…")])] == [0]
    found = pieces(text, [(1, "one two"), (2, "two three")])
    assert [(piece.text, piece.doubt) for piece in found] == [("one two", 1), (" three", 0)]
