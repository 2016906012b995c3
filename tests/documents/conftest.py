"""One sandbox for all tests of reading: starting one for each would be most of their time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from intake.documents import PRELOAD, Reader
from intake.sandbox import Sandbox


@pytest.fixture(scope="session")
def reading_sandbox() -> Iterator[Sandbox]:
    with Sandbox(workers=2, preload=PRELOAD) as sandbox:
        yield sandbox


@pytest.fixture
def reader(reading_sandbox: Sandbox) -> Reader:
    return Reader(reading_sandbox)
