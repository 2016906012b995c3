"""Backup and restore of the ledger itself; the message store copies its own files.

A copy is taken while the service runs. A restored ledger is older than the world: mail it believes unsent may have
left since, so everything unsettled is held until a person has looked.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from intake.errors import StorageError
from intake.ledger.dumping import dump
from intake.ledger.ledger import Ledger
from intake.ledger.outbox import hold_everything

_PAGES = 2000  # copied in one go, between which writers get their turn
RESTORED = "restored from a backup: it may have left after that was made"


def copy_ledger(ledger: Ledger, target: Path) -> None:
    """Write a consistent copy of a ledger to a new file: an SQLite file, or PostgreSQL's own dump."""
    source = ledger.database.engine.url
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StorageError(
            f"The copy cannot be written: {error.strerror}.", "Give a folder that is empty and can be written."
        ) from error
    try:
        if ledger.database.is_sqlite:
            with closing(sqlite3.connect(source.database or "")) as live, closing(sqlite3.connect(target)) as copy:
                live.backup(copy, pages=_PAGES)
                copy.execute("PRAGMA journal_mode=DELETE")  # one file, complete in itself
        else:
            dump(source, target)
        _flush(target)
    except BaseException as error:
        target.unlink(missing_ok=True)
        if isinstance(error, sqlite3.Error | OSError):
            raise StorageError(f"The ledger could not be copied: {error}.", "Check free disk space.") from error
        raise


def hold_restored(ledger: Ledger, now: datetime) -> int:
    """Hold all unsettled mail of a ledger that was just restored, and what is queued until that is let go."""
    with ledger.database.write() as writer:
        return hold_everything(writer, RESTORED, now)


def _flush(path: Path) -> None:
    for each in (path, path.parent):
        descriptor = os.open(each, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
