from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from intake.errors import StorageError
from intake.ledger import Ledger
from intake.model import Outcome, OutgoingState
from tests.ledger.cases import NOW, Desk, digest


@pytest.fixture
def written(desk: Desk) -> Ledger:
    desk.submits("one", Outcome.COMPLIANT)
    desk.delivers(OutgoingState.SENT)
    return desk.ledger


def _tamper(ledger: Ledger, change: str) -> None:
    """As someone with the database's own tools would: the triggers out of the way first."""
    with ledger.database.write() as writer:
        if ledger.database.is_sqlite:
            for name in ("events_no_update", "events_no_delete"):
                writer.connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            writer.connection.execute(text("ALTER TABLE events DISABLE TRIGGER USER"))
        writer.connection.execute(text(change))


def test_an_untouched_chain_is_sound(written: Ledger) -> None:
    report = written.events.verify()
    assert report.sound
    assert report.count == len(written.events.latest()) >= 6


def test_an_empty_chain_is_sound(ledger: Ledger) -> None:
    assert ledger.events.verify().sound


@pytest.mark.parametrize(
    ("change", "first_bad"),
    [
        ("UPDATE events SET actor = 'somebody else' WHERE id = 3", 3),
        ("UPDATE events SET data = '{}' WHERE id = 2", 2),
        ("UPDATE events SET at = '2020-01-01 00:00:00.000000' WHERE id = 4", 4),
        ("UPDATE events SET message_id = NULL WHERE id = 2", 2),
        ("DELETE FROM events WHERE id = 3", 4),
        ("DELETE FROM events WHERE id = (SELECT max(id) FROM events)", None),
    ],
)
def test_tampering_is_noticed_where_it_was_done(written: Ledger, change: str, first_bad: int | None) -> None:
    last = written.events.latest(1)[0].id
    _tamper(written, change)
    report = written.events.verify()
    assert not report.sound
    assert report.first_bad == (first_bad or last)
    assert report.reason


@pytest.mark.parametrize("change", ["UPDATE events SET actor = 'x'", "DELETE FROM events"])
def test_the_database_refuses_to_change_events(written: Ledger, change: str) -> None:
    with pytest.raises(Exception, match="never changed"), written.database.write() as writer:
        writer.connection.execute(text(change))
    assert written.events.verify().sound


def test_postgresql_refuses_to_empty_the_events(written: Ledger) -> None:
    if written.database.is_sqlite:  # it has no TRUNCATE
        return
    with pytest.raises(StorageError, match="never changed"), written.database.write() as writer:
        writer.connection.execute(text("TRUNCATE events"))


def test_the_bytes_that_came_and_went_are_named_in_the_chain(written: Ledger) -> None:
    hashes = {event.kind: event.data.get("sha256") for event in written.events.latest()}
    assert hashes["message-arrived"] == hashes["message-judged"] == digest("one")
    assert hashes["mail-sent"] == written.queries.mail(1).sha256


def test_events_hold_no_words_of_people_or_reports(written: Ledger) -> None:
    everything = " ".join(str(event) for event in written.events.latest())
    for secret in ("Final Report", "Ada", "Northmere", "clerk@", "a line of the report"):
        assert secret not in everything


def test_an_event_of_the_service_can_be_recorded_and_found(ledger: Ledger, tmp_path: Path) -> None:
    ledger.events.record("service-started", NOW, version="1.0")
    (event,) = ledger.events.latest(kind="service-started")
    assert (event.at, event.data, event.actor) == (NOW, {"version": "1.0"}, "intake")
    assert ledger.events.latest(before=event.id) == []
