"""The schema's versions: brings a database up to this program's, and refuses one that is newer.

A database that is up to date, as almost every one is that is opened, is told by one look: `migrating` and the library
behind it are loaded only where there is something to migrate.
"""

from __future__ import annotations

import importlib

from sqlalchemy import Connection, inspect, text

from intake.errors import ConfigurationError
from intake.ledger.database import Database

NEWEST = "0007"  # the version that this program works with
_LOCK = 4_170_093  # any number that only this program's migrations use


def current_version(database: Database) -> str | None:
    """The version that the database is at, None for an empty one."""
    with database.read() as connection:
        return _current(connection)


def migrate(database: Database) -> None:
    """Bring the database up to date; two processes that start together do it once."""
    if current_version(database) == NEWEST:
        return
    migrating = importlib.import_module("intake.ledger.migrating")
    with database.write() as writer:
        connection = writer.connection
        if not database.is_sqlite:  # SQLite's BEGIN IMMEDIATE already keeps others out
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        version = _current(connection)
        if version is not None and version not in migrating.known_versions():
            raise ConfigurationError(
                f"The ledger was written by a newer version of this program (schema {version}).",
                "Install that version again, or restore a backup made with this one.",
            )
        migrating.upgrade(connection)


def require_current(database: Database) -> None:
    """Raise ConfigurationError where the database is not of this program's version."""
    if current_version(database) != NEWEST:
        raise ConfigurationError(
            "The ledger is not of this program's version.", "Start intake run once: it brings the ledger up to date."
        )


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
