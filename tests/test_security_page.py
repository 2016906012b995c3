from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NAMED = sorted(
    set(re.findall(r"`((?:intake|tests|systemd|requirements)/[\w./]*)`", (ROOT / "SECURITY.md").read_text()))
)


@pytest.mark.parametrize("path", NAMED)
def test_what_the_page_on_security_names_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_page_names_what_stops_whom() -> None:
    assert len(NAMED) > 15
