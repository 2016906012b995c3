from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.model import Document
from intake.sandbox.sandbox import Sandbox
from intake.wiring.children import start_sandbox
from tests.cases.office import Bench


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    with start_sandbox() as opened:
        yield opened


@pytest.fixture(scope="session")
def documents() -> dict[str, Document]:
    """What was read of each report before, for every test."""
    return {}


@pytest.fixture
def bench(tmp_path: Path, sandbox: Sandbox, documents: dict[str, Document]) -> Iterator[Bench]:
    made = Bench(tmp_path, sandbox, documents)
    yield made
    made.close()
