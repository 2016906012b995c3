"""Two services on one ledger against one: submissions that wait are judged, each service on a core of its own.

So it says what a second machine brings, where this one has two cores that nothing else uses. Ledger and messages lie in
a PostgreSQL that flushes every commit to the disk.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from intake.ledger import Ledger
from tests.bench.measure import Row
from tests.durability.several import Several
from tests.ledger.postgresql import PostgreSQL
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import named, submission

COUNT = 30
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha")
_PATIENCE = 600.0  # seconds


def run() -> Iterator[Row]:
    """Seconds a submission, from the first that was judged to the last."""
    if (os.cpu_count() or 1) < 2:
        return
    messages = [submission(number, named(_name(number))) for number in range(COUNT)]
    server = PostgreSQL(fsync="on")
    try:
        one, two = (_judged(server, messages, count) for count in (1, 2))
    finally:
        server.stop()
    yield Row("a submission, two services on a ledger", two, "one service", one, "0.59 × or less")


def _name(number: int) -> str:
    """Pseudonyms that no two cases share."""
    return "".join(_SYLLABLES[number // 6**place % 6] for place in range(3)).title()


def _judged(server: PostgreSQL, messages: list[bytes], services: int) -> float:
    with Dovecot() as dovecot, SmtpSink() as sink, tempfile.TemporaryDirectory() as folder:
        user, url = dovecot.add_user(), server.new_database()
        several = Several(Path(folder), user, sink, url, seed=1, count=2)
        user.append_many(messages)
        several.start(range(services))
        try:
            for core, process in several.processes.items():
                os.sched_setaffinity(process, {core})
            with Ledger.open(url) as ledger:
                return _seconds_each(ledger)
        finally:
            several.stop()


def _seconds_each(ledger: Ledger) -> float:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        rows = ledger.queries.messages(per_page=COUNT).rows
        judged = [row.judged_at for row in rows if row.judged_at is not None]
        if len(judged) == COUNT:
            return (max(judged) - min(judged)).total_seconds() / (COUNT - 1)
        time.sleep(0.2)
    raise AssertionError("the submissions were not judged")
