"""A ledger that is away does not silence the alarm: staff get one mail past it, once for each outage."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from intake.commands import run
from intake.credentials import Credentials
from intake.errors import StorageError
from intake.ledger.facts import Facts
from intake.service.last_resort import LastResort
from intake.wiring.post import build_carrier
from tests.conversations.clock import Clock
from tests.service.world import STAFF, World

AWAY = StorageError("The ledger does not answer.", "Look at its disk.")
LATER = "2 minutes"


@pytest.fixture
def clock(world: World) -> Clock:
    world.clock = Clock(datetime(2026, 11, 2, 9, tzinfo=UTC))
    return world.clock


def tell(world: World, *, answers: bool = False, grace: timedelta | None = None) -> None:
    """The service's own carrier, and a last resort of a service that has just been started."""

    async def act() -> None:
        last_resort = LastResort(
            world.settings, build_carrier(world.settings, Credentials(world.settings)), world.clock
        )
        try:
            if answers:
                last_resort.ledger_answers()
            elif grace is None:
                await last_resort.ledger_failed(AWAY)
            else:
                await last_resort.ledger_failed(AWAY, grace)
        finally:
            await last_resort.carrier.close()

    (world.folder / "data").mkdir(exist_ok=True)
    asyncio.run(act())


def test_a_ledger_that_fails_while_the_service_works_is_told_once(
    world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.start()
    told: list[int] = []

    def away(*_: object, **__: object) -> None:
        clock.advance(LATER)
        raise AWAY

    monkeypatch.setattr(Facts, "alarm", away)
    for _ in range(2):
        world.run()
        told.append(len(world.sent(STAFF)))
    assert told == [1, 1]
    (mail,) = world.sent(STAFF)
    parsed = message_from_bytes(mail.raw, policy=default)
    assert parsed["Subject"] == "Alarm: the intake service cannot reach its ledger"
    assert parsed["Auto-Submitted"] == "auto-generated"
    assert "The ledger does not answer." in parsed.get_content()
    monkeypatch.undo()
    world.run()  # it is back: the next outage is another one
    monkeypatch.setattr(Facts, "alarm", away)
    world.run()
    assert len(world.sent(STAFF)) == 2


def test_a_moments_trouble_is_not_told(world: World) -> None:
    tell(world)  # the first time: it may be no more than a lock
    assert world.sent() == []
    tell(world, grace=timedelta())
    assert len(world.sent(STAFF)) == 1


def test_an_outgoing_server_that_is_away_as_well_is_tried_again(world: World) -> None:
    world.relay.halt()
    tell(world, grace=timedelta())
    world.relay.start()
    tell(world, grace=timedelta())
    tell(world, grace=timedelta())
    assert len(world.sent(STAFF)) == 1
    tell(world, answers=True)
    tell(world, grace=timedelta())
    assert len(world.sent(STAFF)) == 2


def test_a_ledger_that_cannot_be_opened_at_the_start_is_told_once_over_all_restarts(world: World) -> None:
    settings = world.settings
    data = Path(settings.storage.data_folder)
    (data / "ledger.sqlite").write_bytes(b"This is no database. " * 100)
    for _ in range(2):
        assert refused(lambda: run._open(settings, once=False).__enter__())
    assert len(world.sent(STAFF)) == 1
    assert refused(lambda: run._open(settings, once=True).__enter__())
    assert len(world.sent(STAFF)) == 1


def test_a_start_that_cannot_be_marked_tells_nobody(world: World) -> None:
    """It is repeated every few seconds, and each would send a mail."""
    settings = world.settings
    data = Path(settings.storage.data_folder)
    data.rmdir()
    data.write_text("This is no folder.")
    assert refused(lambda: run._open(settings, once=False).__enter__())
    assert world.sent() == []


def refused(act: Callable[[], object]) -> bool:
    with pytest.raises(StorageError):
        act()
    return True
