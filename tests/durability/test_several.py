"""Several services on one PostgreSQL: nothing is lost, nothing leaves twice, and what one held goes to another."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from intake.ledger import Ledger
from intake.model import Outcome
from tests.durability.several import TAKEOVER, Several
from tests.ledger.postgresql import PostgreSQL
from tests.servers.dovecot import MailUser
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import COMMISSIONER

BLOWS = 5
PATIENCE = 90.0  # seconds, on a busy machine


@pytest.fixture
def several(
    tmp_path: Path, mail_user: MailUser, smtp_sink: SmtpSink, postgresql: PostgreSQL, template: str
) -> Iterator[Several]:
    made = Several(tmp_path, mail_user, smtp_sink, postgresql.new_database(template), 20261201)
    yield made
    made.stop()


def wait_until(holds: Callable[[], bool]) -> float:
    """Seconds until it holds."""
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < PATIENCE
        time.sleep(0.1)
    return time.monotonic() - started


def holders(ledger: Ledger) -> dict[str, int]:
    """Which service holds which duty, by the number in its folder's name."""
    return {name: int(holder.rpartition("-")[2]) for name, holder in ledger.leases.holders().items()}


def test_three_services_killed_frozen_and_cut_off_lose_and_double_nothing(several: Several) -> None:
    toll = several.blows(BLOWS)
    assert sum(toll.places.values()) == BLOWS
    assert (toll.lost, toll.doubled, toll.wrong) == ([], [], [])


def test_another_takes_over_when_the_one_that_watches_dies(several: Several, smtp_sink: SmtpSink) -> None:
    several.start()
    with several.ledger() as ledger:
        wait_until(lambda: len(ledger.leases.alive()) == 3 and len(holders(ledger)) == 2)
        for _ in range(2):
            dead = holders(ledger)["mailbox:main"]
            several.kill(dead)
            several.lives.post(Outcome.COMPLIANT)
            took = wait_until(lambda dead=dead: holders(ledger).get("mailbox:main", dead) != dead)  # type: ignore[misc]
            assert took < TAKEOVER * 1.25 + 5  # the lease, the next sign of life, and a busy machine
        wait_until(lambda: sum(COMMISSIONER in mail.recipients for mail in smtp_sink.messages()) == 2)
        wait_until(lambda: len(ledger.leases.alive()) == 1)
        assert set(holders(ledger).values()) == set(several.processes)


def test_a_service_that_ends_in_peace_gives_its_duties_back_at_once(several: Several) -> None:
    several.start((0, 1))
    with several.ledger() as ledger:
        wait_until(lambda: len(ledger.leases.alive()) == 2 and len(holders(ledger)) == 2)
        several.stop()
        assert ledger.leases.alive() == ()
        assert ledger.leases.holders() == {}


def test_one_more_than_the_settings_allow_for_is_refused(
    several: Several, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    several.start()
    with several.ledger() as ledger:
        wait_until(lambda: len(ledger.leases.alive()) == 3)
        with pytest.raises(RuntimeError, match="ended with status"):
            several.lives.live(0, folder=tmp_path / "data-3")
    told = capfd.readouterr().err + (tmp_path / "service.log").read_text()  # the first, where output is captured
    assert "3 intake services are at work on this ledger" in told
