"""The weights are those of the examples, and their file holds what was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from intake import resources
from intake.errors import ConfigurationError
from intake.judging.words.acts import Act
from intake.judging.words.reader import Weights, read_weights, write_weights
from intake.wiring.reading import learned_from

FOLDER = resources.path("reader")
EXAMPLES = sorted((FOLDER / "examples").glob("hand-*.tsv"))
SOME = Weights(
    (Act.ASKS, Act.PLACE),
    (0.5, -0.25, 1.5),
    (0.01, 0.02, 0.03),
    (3, 70_000, 4_000_000_000),
    (9, 200, 255),
    ((1, -127, 0), (0, 5, 127), (7, -7, 1)),
    "abc",
)


def test_whoever_changes_examples_families_or_features_learns_anew() -> None:
    held = read_weights((FOLDER / "weights.bin").read_bytes()).examples
    assert held == learned_from(), "run `make learn`"


def test_the_weights_are_small() -> None:
    assert (FOLDER / "weights.bin").stat().st_size <= 3_000_000


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_each_line_of_a_hand_is_an_act_and_a_sentence(path: Path) -> None:
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line]  # an empty one parts two mails
    assert {line.split("\t")[0] for line in lines} <= set(Act)
    assert all(line.count("\t") == 1 and line.split("\t")[1].strip() for line in lines)


def test_there_are_enough_hands() -> None:
    assert len(EXAMPLES) >= 8
    assert sum(len(path.read_text(encoding="utf-8").splitlines()) for path in EXAMPLES) >= 15_000


def test_weights_are_read_as_they_were_written() -> None:
    content = write_weights(SOME)
    again = read_weights(content)
    assert write_weights(again) == content
    assert (again.acts, again.bases, list(again.keys)) == (SOME.acts, SOME.bases, list(SOME.keys))
    assert [list(column) for column in again.columns] == [list(column) for column in SOME.columns]


@pytest.mark.parametrize(
    "content", [b"", b"{}\n", write_weights(SOME)[:-1], write_weights(SOME).replace(b"weights 2", b"weights 1")]
)
def test_what_is_no_file_of_weights_is_refused(content: bytes) -> None:
    with pytest.raises(ConfigurationError):
        read_weights(content)
