"""One sandbox for all tests of reading: starting one for each would be most of their time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from intake.documents.reader import Reader
from intake.sandbox.sandbox import Sandbox
from intake.wiring.children import start_sandbox


@pytest.fixture(scope="session")
def reading_sandbox() -> Iterator[Sandbox]:
    with start_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def reader(reading_sandbox: Sandbox) -> Reader:
    return Reader(reading_sandbox)
