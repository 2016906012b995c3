"""The connection to the ledger's database: one way to read, one way to write, the same on SQLite and PostgreSQL.

A write is one transaction, and the events it made are chained at its very end, so that the lock on the chain is
held as briefly as can be and is always the last one taken: writers cannot deadlock over it.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.pool import ConnectionPoolEntry

from intake.errors import ConfigurationError, StorageError
from intake.ledger import chain, tables
from intake.ledger.troubles import storage_error

_BUSY_MILLISECONDS = 30_000
SERVICE = "intake"  # the actor of events that no person caused


@dataclass(slots=True)
class Writer:
    """One write transaction: its connection, and the events that it will leave behind."""

    connection: Connection
    pending: list[chain.Event] = field(default_factory=list)

    def event(
        self,
        kind: str,
        at: datetime,
        *,
        actor: str = SERVICE,
        submission: int | None = None,
        message: int | None = None,
        outgoing: int | None = None,
        **data: Any,
    ) -> None:
        """Note that something happened. `data` holds references, hashes and states, never free text."""
        self.pending.append(chain.Event(kind, at, actor, submission, message, outgoing, data))


class Database:
    """An engine, and the two ways to use it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = engine.execution_options(intake_read=True)
        # SQLite lets one write at a time, and whoever waits for its turn there sleeps longer than the turn takes.
        self._turn = threading.Lock() if self.is_sqlite else nullcontext()

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent look at the ledger."""
        with _storage_errors(), self._reading.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Writer]:
        """One transaction: everything in the block, its events included, or nothing."""
        with _storage_errors(), self._turn, self.engine.begin() as connection:
            writer = Writer(connection)
            yield writer
            if writer.pending:
                _append(connection, writer.pending)

    @contextmanager
    def turn(self, number: int, longest: int) -> Iterator[None]:
        """What one process at a time does, over all machines: PostgreSQL itself ends a turn after `longest` seconds.

        An SQLite ledger has one service, whose parts do not share such work.
        """
        if self.is_sqlite:
            yield
            return
        with self.engine.connect() as connection:
            with _storage_errors():
                connection.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{longest:d}s'"))
                connection.execute(select(func.pg_advisory_xact_lock(number)))
            yield
            with suppress(DBAPIError):  # the turn was over before: whether its claim still stood, the commit has seen
                connection.rollback()

    def close(self) -> None:
        self.engine.dispose()


def connect(url: str) -> Database:
    """Open the database that a URL names; a new SQLite file is made for its owner alone."""
    parsed = _parse(url)
    if parsed.get_backend_name() == "postgresql":
        try:
            return Database(create_engine(parsed, pool_pre_ping=True, isolation_level="READ COMMITTED"))
        except ImportError:
            raise ConfigurationError(
                "PostgreSQL's driver is not installed.", "Install the program with its extra: dhr-intake[postgresql]."
            ) from None
    if parsed.database:
        _make_private(Path(parsed.database))
    engine = create_engine(parsed, connect_args={"check_same_thread": False, "timeout": _BUSY_MILLISECONDS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return Database(engine)


def _parse(url: str) -> URL:
    hint = "Use sqlite:////path/to/ledger.db or postgresql://user@host/database."
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigurationError("The ledger's address is not a database URL.", hint) from None
    if parsed.drivername in {"postgresql", "postgres"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername == "postgresql+psycopg" or (parsed.drivername == "sqlite" and parsed.database):
        return parsed
    raise ConfigurationError(f"The ledger cannot live in a database of the kind {parsed.drivername}.", hint)


def _make_private(path: Path) -> None:
    """Create the file as 0600 before SQLite opens it: its -wal and -shm files take over the mode.

    A file that is there is never opened here: to close it would drop the locks that another connection of this very
    process holds on it (sqlite.org/howtocorrupt.html, 2.2).
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        if path.stat().st_uid == os.geteuid():
            path.chmod(0o600)
    except OSError as error:
        raise StorageError(
            f"The ledger's file cannot be opened: {error.strerror}.", "Check the folder's owner and permissions."
        ) from error


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late and is not IMMEDIATE
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}")
    _set_wal(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _set_wal(cursor: Any) -> None:
    """Only the first connection ever changes the mode; the busy timeout does not cover two that do so at once."""
    deadline = time.monotonic() + _BUSY_MILLISECONDS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("intake_read", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except IntegrityError:
        raise
    except DBAPIError as error:
        raise storage_error(error) from error


def _append(connection: Connection, pending: list[chain.Event]) -> None:
    """Chain the events behind the latest one. The counter's row is the lock that keeps the chain a chain."""
    counters = tables.counters
    taken = connection.execute(
        update(counters)
        .where(counters.c.name == chain.COUNTER)
        .values(value=counters.c.value + len(pending))
        .returning(counters.c.value, counters.c.hash)
    ).one()
    number, previous = taken.value - len(pending), taken.hash
    rows = []
    for offset, item in enumerate(pending, start=1):
        rows.append(chain.link(item, number + offset, previous))
        previous = rows[-1]["hash"]
    connection.execute(insert(tables.events), rows)
    connection.execute(update(counters).where(counters.c.name == chain.COUNTER).values(hash=previous))


def next_value(connection: Connection, name: str) -> int:
    """The next number of a counter; another writer who asks waits until this transaction ends."""
    step = text(
        "INSERT INTO counters (name, value) VALUES (:name, 1)"
        " ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value"
    )
    return int(connection.execute(step, {"name": name}).scalar_one())


def insert_new(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """Insert those rows that no unique constraint refuses; the others are there already."""
    statement = (sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert)(table)
    connection.execute(statement.on_conflict_do_nothing(), rows)
