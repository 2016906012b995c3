"""Names are cleaned, sizes and dates read the way people write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from intake.correspondence.display import clean_line, clean_name, counted, date_text, listed, size_text, wrap_text


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        (20 * 1024 * 1024, "20.0 MB"),
        (20 * 1024 * 1024 - 1, "19.9 MB"),
        (24_600_000, "23.4 MB"),
        (104_858, "0.1 MB"),
        (9_000, "under 0.1 MB"),
    ],
)
def test_a_size_never_rounds_up_to_the_limit(size: int, shown: str) -> None:
    assert size_text(size) == shown


def test_dates_counts_and_lists() -> None:
    assert date_text(datetime(2023, 10, 8, tzinfo=UTC)) == "8 October 2023"
    assert [counted(n, "thing") for n in (1, 2, 12)] == ["one thing", "two things", "12 things"]
    assert [listed(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b and c"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\r\nb\tc", "a b c"),
        ("x\u202efdp.exe", "xfdp.exe"),
        ("a\u200bb\ufeff", "ab"),
        ("a\u2028b", "a b"),
        ("\udcff", "\ufffd"),
        ("Llŷn", "Llŷn"),
    ],
)
def test_a_line_holds_nothing_that_acts(text: str, shown: str) -> None:
    assert clean_line(text) == shown


def test_long_names_lose_their_middle_and_keep_their_ending() -> None:
    assert len(clean_name("a" * 500 + ".pdf")) <= 120
    assert clean_name("a" * 500 + ".pdf").endswith(".pdf")


def test_wrapping_indents_under_a_bullet() -> None:
    lines = wrap_text("- " + "word " * 30).splitlines()
    assert all(len(line) <= 76 for line in lines)
    assert all(line.startswith("  word") for line in lines[1:])
