from __future__ import annotations

import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from intake.errors import ConfigurationError, StorageError
from intake.ledger import Ledger, migrating
from intake.ledger.migrating import known_versions
from intake.ledger.schema import NEWEST
from intake.ledger.tables import metadata
from tests.ledger.cases import NOW

_SEARCH = ("message_search", "ix_message_words_search")


def test_a_new_ledger_is_brought_to_the_newest_version(empty_url: str) -> None:
    with Ledger.open(empty_url) as ledger:
        assert ledger.schema_version == NEWEST
    with Ledger.open(empty_url) as again:
        assert again.schema_version == NEWEST


def test_the_newest_version_is_the_last_migration() -> None:
    assert known_versions()[0] == NEWEST


def test_the_migrations_make_exactly_the_tables(empty_url: str) -> None:
    with Ledger.open(empty_url) as ledger, ledger.database.read() as connection:
        opts = {"compare_type": True, "include_name": _of_our_tables}
        assert compare_metadata(MigrationContext.configure(connection, opts=opts), metadata) == []


def test_the_newest_migrations_can_be_taken_back_and_made_again(empty_url: str) -> None:
    with Ledger.open(empty_url) as ledger:
        config = migrating._config()
        with ledger.database.write() as writer:
            config.attributes["connection"] = writer.connection
            command.downgrade(config, "0006")
        with ledger.database.read() as connection:
            gone = {"leases", "kept_messages", "kept_pieces", "series", "numbers"}
            assert not gone & set(inspect(connection).get_table_names())
    with Ledger.open(empty_url) as again:
        assert again.schema_version == NEWEST
        assert again.leases.renew("one", {"clock"}, timedelta(minutes=1)) == {"clock"}


def _of_our_tables(name: str | None, kind: str, _parent: Any) -> bool:
    """Each database's own full-text index stands in the migration alone."""
    return not (kind in {"table", "index"} and name is not None and name.startswith(_SEARCH))


def test_the_states_are_guarded_by_the_database_too(ledger: Ledger) -> None:
    insert = (
        "INSERT INTO submissions (reference, state, outcome, version, on_hold, opened_at, changed_at, state_since,"
        " search_text, row_version) VALUES ('X', 'lost', 'gaps', 1, :no, :at, :at, :at, '', 1)"
    )
    with pytest.raises(Exception, match="state_known"), ledger.database.write() as writer:
        writer.connection.execute(text(insert), {"no": False, "at": NOW.isoformat()})


def test_a_newer_ledger_is_refused(url: str) -> None:
    with Ledger.open(url) as ledger, ledger.database.write() as writer:
        writer.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(ConfigurationError, match="newer version"):
        Ledger.open(url)


def test_an_empty_ledger_is_refused_where_it_may_not_be_made(empty_url: str) -> None:
    with pytest.raises(ConfigurationError, match="The ledger is empty"):
        Ledger.open(empty_url, migrate=False)


def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        for opened in pool.map(lambda _: Ledger.open(empty_url), range(4)):
            assert opened.schema_version == NEWEST
            opened.close()


@pytest.mark.parametrize("address", ["mysql://host/x", "nonsense", "sqlite://", "sqlite:///:memory:x/../y/\0"])
def test_other_addresses_are_refused_with_a_hint(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the last of them names folders below this one
    with pytest.raises((ConfigurationError, StorageError, ValueError)) as raised:
        Ledger.open(address)
    if isinstance(raised.value, ConfigurationError):
        assert "sqlite:////" in raised.value.hint


def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(StorageError) as raised:
        Ledger.open("postgresql://intake:geheim@127.0.0.1:1/ledger")
    assert "geheim" not in f"{raised.value.message} {raised.value.hint}"


def test_the_file_is_for_its_owner_alone_under_any_umask(tmp_path: Path) -> None:
    path = tmp_path / "state" / "ledger.db"
    before = os.umask(0)
    try:
        with Ledger.open(f"sqlite:///{path}") as ledger:
            ledger.facts.set("x", 1, NOW)
            modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert set(modes) == {"ledger.db", "ledger.db-wal", "ledger.db-shm"}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_lax_file_is_closed_to_others_when_opened(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Ledger.open(f"sqlite:///{path}").close()
    path.chmod(0o644)
    Ledger.open(f"sqlite:///{path}").close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_sqlite_is_set_to_survive_a_power_cut(tmp_path: Path) -> None:
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger, ledger.database.read() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_a_full_disk_is_one_clear_error_and_leaves_the_ledger_whole(tmp_path: Path) -> None:
    with Ledger.open(f"sqlite:///{tmp_path / 'ledger.db'}") as ledger:
        ledger.facts.set("before", 1, NOW)
        with ledger.database.read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")  # SQLite then says SQLITE_FULL
        with pytest.raises(StorageError, match="full") as raised:
            _fill(ledger)
        assert "disk space" in raised.value.hint
        with ledger.database.read() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count=1000000")
        ledger.facts.set("after", 2, NOW)
        assert ledger.events.verify().sound
        assert {"before", "after"} <= set(ledger.facts.all())


def _fill(ledger: Ledger) -> None:
    for number in range(200):
        ledger.facts.set(f"fact {number}", "x" * 4000, NOW)


def test_opening_a_second_time_in_one_process_keeps_the_locks_of_the_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    with Ledger.open(url) as ledger, ledger.database.write():
        Ledger.open(url).close()
        probe = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0).execute('BEGIN IMMEDIATE')"
        other = subprocess.run([sys.executable, "-c", probe, tmp_path / "ledger.db"], capture_output=True, check=False)
    assert b"database is locked" in other.stderr
