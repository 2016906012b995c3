"""Each page of the log with ten thousand submissions in the ledger, against the aim of a tenth of a second."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader
from intake.ledger import Ledger
from intake.message_store import MessageStore
from intake.web.application import create_app
from intake.wiring.children import start_sandbox
from intake.wiring.service import Archive, build_office
from tests.bench.measure import Row
from tests.ledger.postgresql import PostgreSQL
from tests.web.crowd import crowd
from tests.web.office import Visitor, office_settings, serving

COUNT = 10_000
AIM = 0.1
ROUNDS = 7
PAGES = {
    "home": "/",
    "submissions": "/submissions",
    "submissions, last page": f"/submissions?page={COUNT // 50}",
    "submissions, searched": "/submissions?text=partnership+77",
    "submissions, by check and CSP": "/submissions?check=weblink&sort=csp",
    "one submission": "/submissions/DHR-2026-5000",
    "mail out": "/mail",
    "messages": "/messages",
    "statistics, a year": "/statistics",
    "metrics": "/metrics",
}


def run() -> Iterator[Row]:
    """SQLite, then PostgreSQL."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _measure("SQLite", f"sqlite:///{folder / 'ledger.db'}", folder)
        server = PostgreSQL()
        try:
            yield from _measure("PostgreSQL", server.new_database(), folder)
        finally:
            server.stop()


def _measure(database: str, url: str, folder: Path) -> Iterator[Row]:
    with _pages(url, folder) as visitor:
        for name, path in PAGES.items():
            times = []
            for _ in range(ROUNDS):
                started = time.perf_counter()
                visitor.get(path).raise_for_status()
                times.append(time.perf_counter() - started)
            yield Row(f"{name} ({database})", statistics.median(times), "the aim", AIM, "≤ 1.00 ×")


@contextmanager
def _pages(url: str, folder: Path) -> Iterator[Visitor]:
    settings = office_settings(folder)
    with Ledger.open(url) as ledger, start_sandbox() as sandbox:
        crowd(ledger, COUNT)
        with ledger.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")  # as both databases do by themselves after a while
        archive = Archive(ledger, MessageStore(folder / "messages"))
        app = create_app(build_office(settings, archive, sandbox), Reader(sandbox, ReadingBudget()), settings)
        with serving(app) as base:
            visitor = Visitor(base)
            visitor.enter(archive)
            yield visitor
            visitor.client.close()
