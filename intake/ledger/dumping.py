"""A ledger in PostgreSQL, dumped and loaded by PostgreSQL's own programs.

Messages that lie in the same database are left out: a backup holds them as files, whatever kept them, so that it can
be restored to any message store, and read without a database.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from sqlalchemy import URL

from intake.errors import StorageError, UsageError

_LEFT_OUT = ("kept_messages", "kept_pieces", "leases")  # their rows, not the tables


def dump(url: URL, target: Path) -> None:
    """Write a consistent dump, in the custom format, over a file that is there, while others work.

    Raises StorageError, UsageError.
    """
    left_out = [f"--exclude-table-data={name}" for name in _LEFT_OUT]
    _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", *left_out, f"--file={target}")


def load(url: URL, source: Path) -> None:
    """Put a dump into an empty database: all of it or nothing. Raises StorageError, UsageError."""
    alone = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    _run("pg_restore", url, *alone, str(source))


def _run(program: str, url: URL, *arguments: str) -> None:
    environment = dict(os.environ)
    if url.password:
        environment["PGPASSWORD"] = str(url.password)  # not an argument, which others on the machine can read
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    command = [program, "--no-password", f"--dbname={plain}", *arguments]
    try:
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise UsageError(
            f"{program} is not on this machine.", "Install postgresql-client, of the server's version or a later one."
        ) from None
    if ended.returncode:
        said = ended.stderr.strip().splitlines() or ["without a word"]
        raise StorageError(f"{program} failed: {said[-1]}", "Check that the database answers, and its free disk space.")
