"""No regular expression of the program takes more than its text's length is worth, whatever the text."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest

from tests.abuse.patterns import ANY_WAY, Found, worst


def test_every_pattern_is_linear_in_its_text() -> None:
    command = [sys.executable, "-m", "tests.abuse.patterns"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=1800)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) > 80  # it found them
    assert {line["place"].split("/")[1] for line in lines} >= {
        "senders",
        "judging",
        "documents",
        "correspondence",
        "unpacking",
    }
    slow = [f"{line['place']} {line['slow']} {line['pattern']}" for line in lines if line["slow"]]
    assert not slow, "\n".join(slow)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$",
        r"\s*x",
        r"a.*b.*c",
        r"<[^>]*>",
        r"(?:\.{3,}|\s{2,})\s*\d{1,3}\s*$",
        r"\w+@\w+",
        r"^(\s*a\s*)*$",
        r"(x|xy?)+z",
    ],
)
def test_what_is_slow_is_found(pattern: str) -> None:
    assert worst(Found("here", re.compile(pattern), ANY_WAY)) is not None


@pytest.mark.parametrize("pattern", [r"a+", r"[^<]*", r"(?<!=)=+\?+", r"\bofficial[-\s]{0,5}sensitive", r"\d{1,3}\s"])
def test_what_is_linear_passes(pattern: str) -> None:
    assert worst(Found("here", re.compile(pattern), ANY_WAY)) is None
