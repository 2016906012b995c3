"""The schema's versions: brings a database up to this program's, and refuses one that is newer.

The migrations ship inside the package. One transaction takes a database from any earlier version to the present
one, so that a crash in the middle leaves it where it was.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from intake.errors import ConfigurationError
from intake.ledger.database import Database

_MIGRATIONS = Path(__file__).with_name("migrations")
_LOCK = 4_170_093  # any number that only this program's migrations use


def current_version(database: Database) -> str | None:
    """The version that the database is at, None for an empty one."""
    with database.read() as connection:
        return _current(connection)


def newest_version() -> str:
    """The version that this program works with."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:  # pragma: no cover - the package always holds migrations
        raise ConfigurationError("The ledger's migrations are not installed.", "Install the program again.")
    return head


def migrate(database: Database) -> None:
    """Bring the database up to date; two processes that start together do it once."""
    if current_version(database) == newest_version():
        return
    with database.write() as writer:
        connection = writer.connection
        if not database.is_sqlite:  # SQLite's BEGIN IMMEDIATE already keeps others out
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        _refuse_newer(_current(connection))
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def require_current(database: Database) -> None:
    """Raise ConfigurationError where the database is not of this program's version."""
    if current_version(database) != newest_version():
        raise ConfigurationError(
            "The ledger is not of this program's version.", "Start intake run once: it brings the ledger up to date."
        )


def _refuse_newer(version: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if version is not None and version not in known:
        raise ConfigurationError(
            f"The ledger was written by a newer version of this program (schema {version}).",
            "Install that version again, or restore a backup made with this one.",
        )


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
