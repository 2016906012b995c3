"""`python -m tests.bench.capacity`: what one message costs, for docs/scaling.md.

One service with ledger and messages in a PostgreSQL that flushes every commit. Processor seconds are those of the
service and all its children, so that they hold on a machine that others use too; PostgreSQL's own come beside them.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection, text

from intake.ledger import Ledger
from tests.builders import a_report
from tests.durability.lives import Lives
from tests.durability.several import together
from tests.ledger.postgresql import PostgreSQL
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import enquiry, named, submission

_NAMES = ("Asha", "Beno", "Cleo", "Dora", "Ewan", "Fern", "Gita", "Hugo", "Iris", "Jago", "Kian", "Lena")


@dataclass(frozen=True)
class Cost:
    """Of one message, on average."""

    seconds: float
    processor: float
    commits: float
    log_bytes: float  # PostgreSQL's write-ahead log
    stored_bytes: float


def main() -> None:
    """Measure, and print the table."""
    kinds = {
        "enquiry of three lines": [enquiry(number) for number in range(100)],
        "submission of 8 pages, forwarded": [submission(200 + at, named(name)) for at, name in enumerate(_NAMES)],
        "submission of 150 pages, forwarded": [
            submission(300 + at, named(f"{name}lyn"), report=a_report(review=named(f"{name}lyn"), pages=150, seed=at))
            for at, name in enumerate(_NAMES[:6])
        ],
    }
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("Message", "Size", "Wall", "Processor", "Commits", "Log", "Database"):
        table.add_column(heading)
    server = PostgreSQL(fsync="on")
    try:
        with Dovecot() as dovecot, SmtpSink() as sink, tempfile.TemporaryDirectory() as folder:
            url = server.new_database()
            change = together(url, 1, Path(folder) / "data")
            lives = Lives(Path(folder), dovecot.add_user(), sink, 1, change)
            for kind, messages in kinds.items():
                table.add_row(
                    kind, f"{sum(map(len, messages)) / len(messages) / 1000:.0f} kB", *_words(lives, messages)
                )
    finally:
        server.stop()
    Console().print(table)


def _words(lives: Lives, messages: Sequence[bytes]) -> tuple[str, ...]:
    cost = _cost(lives, messages)
    return (
        f"{cost.seconds:.2f} s",
        f"{cost.processor:.2f} s",
        f"{cost.commits:.1f}",
        f"{cost.log_bytes / 1000:.0f} kB",
        f"{cost.stored_bytes / 1000:.0f} kB",
    )


def _cost(lives: Lives, messages: Sequence[bytes]) -> Cost:
    idle = _Reading.of(lives)
    lives.live(0)  # what a pass costs that finds nothing
    before = _Reading.of(lives)
    lives.user.append_many(messages)
    handed_in = _Reading.of(lives)
    lives.live(0)
    after = _Reading.of(lives)
    count = len(messages)

    def each(name: str) -> float:
        spent = getattr(after, name) - getattr(handed_in, name)
        return float(spent - (getattr(before, name) - getattr(idle, name))) / count

    return Cost(each("seconds"), each("processor"), each("commits"), each("log_bytes"), each("stored_bytes"))


@dataclass(frozen=True)
class _Reading:
    seconds: float
    processor: float
    commits: int
    log_bytes: int
    stored_bytes: int

    @staticmethod
    def of(lives: Lives) -> _Reading:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        with Ledger.open(lives.settings.storage.ledger_url) as ledger, ledger.database.read() as connection:
            return _Reading(
                seconds=time.monotonic(),
                processor=used.ru_utime + used.ru_stime,
                commits=_number(
                    connection, "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
                ),
                log_bytes=_number(connection, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')"),
                stored_bytes=_number(connection, "SELECT pg_database_size(current_database())"),
            )


def _number(connection: Connection, query: str) -> int:
    return int(connection.execute(text(query)).scalar_one())


if __name__ == "__main__":
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    main()
