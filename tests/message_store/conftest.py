from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ledger.conftest import postgresql, template
from tests.servers.s3 import S3Server

__all__ = ["postgresql", "template"]


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    with S3Server() as server:
        yield server
