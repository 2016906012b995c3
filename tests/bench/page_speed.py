"""The log's start, and each page with ten thousand submissions in the ledger, against what was aimed at."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader
from intake.ledger import Ledger
from intake.message_store import FolderStore
from intake.web.application import create_app
from intake.wiring.archive import Archive
from intake.wiring.children import start_sandbox
from intake.wiring.office import build_office
from tests.bench.measure import Row
from tests.ledger.postgresql import PostgreSQL
from tests.servers.places import free_ports
from tests.web.crowd import crowd
from tests.web.office import Visitor, office_settings, serving

COUNT = 10_000
AIM = 0.1
ROUNDS = 7
START_AIM = 1.0
PAGES = {
    "home": "/",
    "submissions": "/submissions",
    "submissions, last page": f"/submissions?page={COUNT // 50}",
    "submissions, searched": "/submissions?text=partnership+77",
    "submissions, by the sender's words": "/submissions?text=attached+4711",
    "messages, searched": "/messages?text=report+4711",
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
        started = statistics.median(_seconds_to_first_page(folder) for _ in range(ROUNDS))
        yield Row("start to first page (SQLite)", started, "the aim", START_AIM, "≤ 1.00 ×")
        yield from _measure("SQLite", f"sqlite:///{folder / 'ledger.db'}", folder)
        server = PostgreSQL()
        try:
            yield from _measure("PostgreSQL", server.new_database(), folder)
        finally:
            server.stop()


def _seconds_to_first_page(folder: Path) -> float:
    """From `intake web` to the page that asks to sign in."""
    (port,) = free_ports(1)
    office_settings(folder, f"port = {port}")
    (folder / "data").mkdir(mode=0o700, exist_ok=True)
    command = [sys.executable, "-m", "intake", "web", "--config", str(folder / "intake.toml")]
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            while process.poll() is None:
                with suppress(httpx.TransportError):
                    httpx.get(f"http://127.0.0.1:{port}/sign-in").raise_for_status()
                    return time.perf_counter() - started
                time.sleep(0.005)
        finally:
            process.terminate()
    raise AssertionError("intake web ended by itself")


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
        archive = Archive(ledger, FolderStore(folder / "messages"))
        app = create_app(build_office(settings, archive, sandbox), Reader(sandbox, ReadingBudget()), settings)
        with serving(app) as base:
            visitor = Visitor(base)
            visitor.enter(archive)
            yield visitor
            visitor.client.close()
