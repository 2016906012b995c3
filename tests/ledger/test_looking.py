"""Who is looking at a submission: one at a time, for an hour; and messages that a person has dealt with."""

from __future__ import annotations

from datetime import timedelta

import pytest

from intake.errors import Conflict, NotFound
from intake.ledger import LASTS, Ledger
from tests.ledger.cases import LEASE, NOW, Desk, act, later


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger)


def test_looking_lasts_an_hour_and_the_latest_counts(desk: Desk) -> None:
    committed = desk.submits("one")
    reference, identity = committed.reference, committed.submission
    assert reference is not None
    assert identity is not None
    looking = desk.ledger.looking
    looking.begin(reference, "Ann", NOW)
    assert looking.at(NOW, [identity])[identity].by == "Ann"
    looking.begin(reference, "Ben", later(minutes=10))
    assert looking.all(later(minutes=11))[identity].by == "Ben"
    assert looking.all(later(minutes=10) + LASTS) == {}
    view = desk.ledger.queries.submission(reference)
    assert view.looking is not None
    assert view.looking.until - view.looking.since == timedelta(hours=1)
    assert desk.ledger.events.verify().sound


def test_only_who_looks_stops_looking(desk: Desk) -> None:
    reference = desk.submits("one").reference
    assert reference is not None
    desk.ledger.looking.begin(reference, "Ann", NOW)
    assert not desk.ledger.looking.end(reference, "Ben", NOW)
    assert desk.ledger.looking.end(reference, "Ann", NOW)
    assert desk.ledger.looking.all(NOW) == {}


def test_nobody_looks_at_what_is_not_there(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.ledger.looking.begin("DHR-1999-0001", "Ann", NOW)


def test_a_message_is_dealt_with_once_and_waits_no_more(desk: Desk) -> None:
    desk.arrives("odd")
    desk.ledger.claims.set_aside(desk.claims(), "it could not be read", NOW)
    assert desk.ledger.queries.how_many_wait() == 1
    desk.ledger.actions.deal_with(1, act(reason="rang her"), answered=True)
    row = desk.ledger.queries.message(1)
    assert (row.message.seen_by, row.message.seen_at) == ("A. Caseworker", NOW)
    assert [(note.about, note.text) for note in row.notes] == [("answered-by-hand", "rang her")]
    assert desk.ledger.queries.how_many_wait() == 0
    assert desk.ledger.queries.waiting().set_aside == ()
    assert desk.ledger.queries.messages(unseen=True).total == 0
    with pytest.raises(Conflict):
        desk.ledger.actions.deal_with(1, act(), answered=False)
    desk.ledger.actions.judge_again(1, act())
    assert desk.ledger.queries.message(1).message.seen_at is None
    assert desk.ledger.claims.claim(later(minutes=1), LEASE, "one") is not None


def test_a_message_in_a_submission_is_not_dealt_with_so(desk: Desk) -> None:
    desk.submits("one")
    with pytest.raises(Conflict):
        desk.ledger.actions.deal_with(1, act(), answered=False)
