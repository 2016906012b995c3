from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

from intake.ledger import WATCHED_FACT, Ledger
from intake.service.service import utc_now
from tests.commands.conftest import Run


def test_a_service_that_watches_is_alive_and_one_that_fell_silent_is_not(run: Run, ledger: Ledger) -> None:
    assert run("alive").code == 0
    ledger.facts.set(WATCHED_FACT, "", utc_now() - timedelta(minutes=6))
    answer = run("alive")
    assert answer.code == 1
    assert "36" in answer.out


def test_one_that_never_started_is_not(bare_run: Run, folder: Path, ledger: Ledger) -> None:
    with ledger.database.engine.begin() as connection:
        connection.execute(text("DELETE FROM facts WHERE name = :name"), {"name": WATCHED_FACT})
    answer = bare_run("alive", "--config", folder / "intake.toml")
    assert (answer.code, answer.out) == (1, "The service has not been at work here yet.\n")
