from __future__ import annotations

import pytest

from intake.errors import Conflict, NotFound
from intake.ledger import STRIKES
from intake.model import MessageState
from tests.ledger.cases import LEASE, NOW, Desk, act, later


def test_the_oldest_message_is_judged_first(desk: Desk) -> None:
    first, second = desk.arrives("one"), desk.arrives("two")
    assert [desk.claims().id, desk.claims().id] == [first.id, second.id]
    assert desk.ledger.claims.claim(NOW, LEASE, "one") is None


def test_duplicates_and_vanished_messages_are_not_judged(desk: Desk) -> None:
    desk.submits("one")
    desk.arrives("one")
    desk.ledger.arrivals.record_vanished(desk.position, 999, NOW)
    assert desk.ledger.claims.claim(NOW, LEASE, "one") is None


def test_the_third_failure_sets_a_message_aside_with_one_notice_and_the_rest_goes_on(desk: Desk) -> None:
    poison, after = desk.arrives("poison"), desk.arrives("after")
    for strike in range(1, STRIKES + 1):
        claim = desk.claims(later(minutes=strike))
        assert (claim.id, claim.strikes) == (poison.id, strike)
        assert desk.ledger.claims.fail(claim, "the parser failed", later(minutes=strike), NOW) is (strike == STRIKES)
    assert desk.claims(later(minutes=10)).id == after.id
    message = desk.ledger.queries.message(poison.id).message
    assert (message.state, message.reason) == (MessageState.SET_ASIDE, "the parser failed")
    assert [(notice.kind, notice.message) for notice in desk.ledger.notices.due(later(days=1))] == [
        ("set-aside", poison.id)
    ]


def test_strikes_are_counted_though_the_program_dies_each_time(desk: Desk) -> None:
    poison, after = desk.arrives("poison"), desk.arrives("after")
    for strike in range(STRIKES):
        assert desk.claims(NOW + strike * LEASE).id == poison.id  # and nothing more is heard of this worker
    assert desk.claims(NOW + STRIKES * LEASE).id == after.id
    assert desk.ledger.queries.message(poison.id).message.state is MessageState.SET_ASIDE
    assert len(desk.ledger.notices.due(later(days=1))) == 1


def test_a_restarted_worker_does_not_wait_for_its_former_lease_and_keeps_the_strike(desk: Desk) -> None:
    desk.arrives("one")
    desk.claims(worker="one")
    assert desk.ledger.claims.free("two", NOW) == 0
    assert desk.ledger.claims.free("one", NOW) == 1
    assert desk.claims().strikes == 2


def test_work_given_back_costs_no_strike(desk: Desk) -> None:
    desk.arrives("one")
    for _ in range(5):
        desk.ledger.claims.give_back(desk.claims(), NOW)
    assert desk.claims().strikes == 1


def test_a_message_given_back_waits_its_time(desk: Desk) -> None:
    desk.arrives("one")
    desk.ledger.claims.give_back(desk.claims(), NOW, later(minutes=5))
    assert desk.ledger.claims.claim(NOW, LEASE, "one") is None
    assert desk.claims(later(minutes=5)).strikes == 1


def test_retry_takes_a_message_up_again_and_a_further_failure_is_told_again(desk: Desk) -> None:
    desk.arrives("poison")
    for strike in range(STRIKES):
        desk.ledger.claims.fail(desk.claims(later(minutes=strike)), "failed", NOW, NOW)
    desk.ledger.actions.judge_again(1, act(at=later(hours=1)))
    claim = desk.claims(later(hours=1))
    assert (claim.strikes, claim.round) == (1, 2)
    desk.ledger.claims.fail(claim, "failed", NOW, NOW)
    for strike in range(2):
        desk.ledger.claims.fail(desk.claims(later(hours=2 + strike)), "failed", NOW, NOW)
    assert len(desk.ledger.notices.due(later(days=1))) == 2


def test_only_what_has_ended_is_judged_again(desk: Desk) -> None:
    desk.arrives("one")
    with pytest.raises(Conflict):
        desk.ledger.actions.judge_again(1, act())
    with pytest.raises(NotFound):
        desk.ledger.actions.judge_again(99, act())


def test_a_message_can_be_set_aside_at_once(desk: Desk) -> None:
    desk.arrives("one")
    claim = desk.claims()
    assert desk.ledger.claims.set_aside(claim, "it cannot be parsed", NOW)
    assert not desk.ledger.claims.set_aside(claim, "again", NOW)
    assert [message.reason for message in desk.ledger.queries.waiting().set_aside] == ["it cannot be parsed"]


def test_a_lost_claim_reserves_no_reference(desk: Desk) -> None:
    desk.arrives("one")
    lost = desk.claims()
    desk.claims(NOW + LEASE)
    with pytest.raises(Conflict):
        desk.ledger.claims.reserve_reference(lost, NOW)
