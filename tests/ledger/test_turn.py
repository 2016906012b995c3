"""What one process at a time does, over all machines."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from intake.errors import StorageError
from intake.ledger import Ledger
from intake.ledger.database import Database
from tests.ledger.postgresql import BREAK_SESSIONS, PostgreSQL

NUMBER = 77


def test_turns_are_taken_one_after_another(postgresql: PostgreSQL, template: str) -> None:
    url, inside, most = postgresql.new_database(template), [0], [0]

    def take(_number: int) -> None:
        with Ledger.open(url) as ledger, ledger.database.turn(NUMBER, 60):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.05)
            inside[0] -= 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take, range(8)))
    assert most == [1]


def test_a_turn_that_stands_still_is_ended_and_its_holder_goes_on(postgresql: PostgreSQL, template: str) -> None:
    with Ledger.open(url := postgresql.new_database(template)) as one, Ledger.open(url) as two:
        with one.database.turn(NUMBER, 1), two.database.turn(NUMBER, 60):
            pass
        assert _took(one.database) < 5


def test_a_database_that_breaks_off_is_no_fault_of_the_message(postgresql: PostgreSQL, template: str) -> None:
    url = postgresql.new_database(template)
    one, two, three = (Ledger.open(url) for _ in range(3))
    with one, two, three, one.database.turn(NUMBER, 60), ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_took, two.database)
        time.sleep(0.5)
        with three.database.engine.connect() as connection:
            # First the one that waits: where the other broke first, it would have its turn before it breaks itself.
            connection.execute(text(f"{BREAK_SESSIONS} AND wait_event_type = 'Lock'"))
            with pytest.raises(StorageError):
                waiting.result()
            connection.execute(text(BREAK_SESSIONS))


def _took(database: Database) -> float:
    started = time.monotonic()
    with database.turn(NUMBER, 60):
        return time.monotonic() - started
