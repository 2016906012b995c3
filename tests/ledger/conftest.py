from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.ledger import Ledger
from intake.ledger.database import insert_new
from intake.ledger.tables import secrets
from tests.empty_ledger import put_empty_ledger
from tests.ledger.cases import Desk
from tests.ledger.postgresql import PostgreSQL


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    server = PostgreSQL()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def template(postgresql: PostgreSQL) -> str:
    """A migrated database that others are copied from, which is quicker than to migrate each."""
    url = postgresql.new_database()
    Ledger.open(url).close()
    return url.rpartition("/")[2]


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a ledger that does not exist yet, on both databases."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger' / 'ledger.db'}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.new_database()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty ledger on both databases."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'ledger' / 'ledger.db'}"
        put_empty_ledger(url)
        return url
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.new_database(request.getfixturevalue("template"))


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with Ledger.open(url) as opened:
        with opened.database.write() as writer:  # so that references are the same in every run
            insert_new(writer.connection, secrets, [{"name": "installation", "value": "00" * 32}])
        yield opened


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger)
