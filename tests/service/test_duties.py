"""What one of several services may do, and how it knows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake.errors import ConfigurationError
from intake.ledger import Ledger
from intake.message_store import FolderStore
from intake.service.duties import CLOCK, Duties, of_mailbox
from tests.ledger.conftest import postgresql, template
from tests.ledger.postgresql import PostgreSQL

__all__ = ["postgresql", "template"]

MAIN = of_mailbox("main")
Make = Callable[..., Duties]


@pytest.fixture
def make(postgresql: PostgreSQL, template: str, tmp_path: Path) -> Iterator[Make]:
    """Duties of a service by its name, each over its own connection to one ledger."""
    url, opened = postgresql.new_database(template), []

    def made(worker: str, folder: str = "shared", instances: int = 2, lasts: float = 30) -> Duties:
        opened.append(Ledger.open(url))
        return Duties(
            opened[-1],
            FolderStore(tmp_path / folder),
            worker,
            mailboxes=["main"],
            instances=instances,
            lasts=timedelta(seconds=lasts),
            clock=lambda: datetime.now(UTC),
        )

    yield made
    for each in opened:
        each.close()


def held(duties: Duties) -> set[str]:
    return {duty for duty in (CLOCK, MAIN) if duties.holds(duty)}


def test_an_only_service_does_everything_and_leases_nothing(make: Make) -> None:
    only = make("one", instances=1)
    with only:
        assert held(only) == {CLOCK, MAIN}
        assert only.alarm("relay") == "relay"


def test_of_two_one_watches_and_the_other_takes_over_when_it_leaves(make: Make) -> None:
    one, two = make("one"), make("two")
    with two:
        with one:
            one.renew()
            assert (held(one), held(two)) == (set(), {CLOCK, MAIN})
        assert one.alarm("relay") == "relay@one"
    assert held(two) == set()
    with one:
        assert held(one) == {CLOCK, MAIN}


def test_one_whose_signs_do_not_reach_the_ledger_stops_by_itself(make: Make) -> None:
    one = make("one", lasts=0.5)
    with one:
        assert held(one) == {CLOCK, MAIN}
        time.sleep(0.6)
        assert held(one) == set()
        one.renew()
        assert held(one) == {CLOCK, MAIN}


def test_another_store_than_the_first_one_used_is_refused(make: Make) -> None:
    with make("one"):
        with pytest.raises(ConfigurationError, match="not the one that the other services on this ledger use"):
            make("two", "not mounted").__enter__()
        with make("two"):
            pass
