from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from intake.errors import UsageError
from intake.ledger import Ledger, Presence
from intake.ledger.database import Database
from tests.empty_ledger import put_empty_ledger
from tests.ledger.postgresql import BREAK_SESSIONS, PostgreSQL

LONG, SHORT = timedelta(minutes=1), timedelta(seconds=1.5)  # the second longer than a busy machine takes for a line
LAPSED = SHORT.total_seconds() + 0.1
NAMES = frozenset({"clock", "mailbox:main"})


def test_what_nobody_holds_is_taken_once(ledger: Ledger) -> None:
    assert ledger.leases.renew("one", NAMES, LONG) == NAMES
    assert ledger.leases.renew("two", NAMES, LONG) == set()
    assert ledger.leases.renew("one", NAMES, LONG) == NAMES
    assert ledger.leases.holders() == dict.fromkeys(NAMES, "one")
    assert ledger.leases.alive() == ("one", "two")


def test_what_is_not_renewed_goes_to_another(ledger: Ledger) -> None:
    ledger.leases.renew("one", NAMES, SHORT)
    assert ledger.leases.renew("two", NAMES, LONG) == set()
    time.sleep(LAPSED)
    assert ledger.leases.holders() == {}
    assert ledger.leases.renew("two", NAMES, LONG) == NAMES
    assert ledger.leases.renew("one", NAMES, LONG) == set()


def test_what_is_given_back_is_free_at_once(ledger: Ledger) -> None:
    ledger.leases.renew("one", NAMES, LONG)
    ledger.leases.leave("one")
    assert ledger.leases.alive() == ()
    assert ledger.leases.renew("two", NAMES, LONG) == NAMES


def test_a_worker_without_a_sign_of_life_is_named_until_it_is_buried_or_comes_back(ledger: Ledger) -> None:
    ledger.leases.renew("one", NAMES, SHORT)
    ledger.leases.renew("two", (), SHORT)
    assert ledger.leases.lapsed() == ()
    time.sleep(LAPSED)
    assert ledger.leases.lapsed() == ("one", "two")
    ledger.leases.renew("two", (), LONG)
    for worker in ("one", "two"):
        ledger.leases.bury(worker)
    assert ledger.leases.lapsed() == ()
    assert ledger.leases.alive() == ("two",)


def test_many_who_ask_at_once_get_each_lease_once(ledger: Ledger) -> None:
    names = {f"mailbox:{number}" for number in range(20)}
    with ThreadPoolExecutor(4) as pool:
        held = list(pool.map(lambda worker: ledger.leases.renew(f"worker {worker}", names, LONG), range(8)))
    assert sorted(name for each in held for name in each) == sorted(names)


def test_a_second_service_on_the_ledger_is_refused_in_a_sentence(ledger: Ledger) -> None:
    with Ledger.open(str(ledger.database.engine.url)) as other:
        with Presence(ledger.database, "one", 1), pytest.raises(UsageError, match="is at work on this ledger"):
            Presence(other.database, "two", 1).__enter__()
        with Presence(other.database, "two", 1):
            pass


def test_a_ledgers_file_is_one_ledger_by_whatever_name(tmp_path: Path) -> None:
    file, link = tmp_path / "ledger.db", tmp_path / "link"
    put_empty_ledger(f"sqlite:///{file}")
    link.symlink_to(file)
    one, other = Ledger.open(f"sqlite:///{file}"), Ledger.open(f"sqlite:///{link}")
    with one, other, Presence(one.database, "one", 1), pytest.raises(UsageError, match="is at work on this ledger"):
        Presence(other.database, "two", 1).__enter__()


@pytest.fixture
def several(postgresql: PostgreSQL, template: str) -> Iterator[list[Ledger]]:
    """One ledger in PostgreSQL, opened by several."""
    url = postgresql.new_database(template)
    opened = [Ledger.open(url) for _ in range(3)]
    yield opened
    for each in opened:
        each.close()


def test_so_many_services_as_the_settings_allow_for_and_no_more(several: list[Ledger]) -> None:
    one, two, three = (each.database for each in several)
    with Presence(one, "one", 2), Presence(two, "two", 2):
        with pytest.raises(UsageError, match="2 intake services are at work on this ledger"):
            Presence(three, "three", 2).__enter__()
        with pytest.raises(UsageError, match="Another intake service is at work"):
            Presence(three, "three", 1).__enter__()
    with Presence(one, "one", 1), pytest.raises(UsageError, match="its settings allow for one only"):
        Presence(three, "three", 2).__enter__()
    with Presence(one, "one", 2), pytest.raises(UsageError, match="under the same name, one"):
        Presence(three, "one", 2).__enter__()


def test_a_broken_session_takes_its_locks_again_unless_somebody_has_them(several: list[Ledger]) -> None:
    one, two, three = (each.database for each in several)
    presence = Presence(one, "one", 1)
    with presence:
        _break_sessions_of(three)
        presence.renew()
        with pytest.raises(UsageError):
            Presence(two, "two", 1).__enter__()
        _break_sessions_of(three)
        with Presence(two, "two", 1), pytest.raises(UsageError, match="is at work on this ledger"):
            presence.renew()


def _break_sessions_of(database: Database) -> None:
    """As a firewall or a restart of the server does."""
    with database.engine.connect() as connection:
        connection.execute(text(BREAK_SESSIONS))
