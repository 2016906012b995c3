"""An acknowledgement says that a copy went to the Commissioner: it only leaves once that is true."""

from __future__ import annotations

from datetime import timedelta

import pytest

from intake.ledger import Act, Proof
from intake.model import MailKind, Outcome, OutgoingState
from tests.ledger.cases import LEASE, NOW, Desk

LATER = NOW + timedelta(days=1)


def _kinds(desk: Desk) -> list[MailKind]:
    return [claim.kind for claim in desk.ledger.outbox.claim(LATER, LEASE, 10, "one")]


def test_it_follows_its_forward(desk: Desk) -> None:
    desk.submits("report", Outcome.COMPLIANT)
    forward = desk.takes()
    assert forward.kind is MailKind.FORWARD
    assert desk.ledger.outbox.claim(NOW, LEASE, 10, "two") == []
    desk.ledger.outbox.give_back(forward, NOW, NOW)
    desk.delivers(OutgoingState.SENT)
    assert _kinds(desk) == [MailKind.ACKNOWLEDGEMENT]


@pytest.mark.parametrize("end", [OutgoingState.FAILED, OutgoingState.UNCERTAIN])
def test_it_waits_while_the_forward_has_not_arrived_for_certain(desk: Desk, end: OutgoingState) -> None:
    desk.submits("report", Outcome.COMPLIANT)
    desk.delivers(end)
    assert _kinds(desk) == []


def test_it_waits_for_a_forward_that_a_person_took_out(desk: Desk) -> None:
    forward = desk.submits("report", Outcome.COMPLIANT).queued[0]
    desk.ledger.mail_actions.cancel(forward, Act(by="Ana", reason="sent by hand", at=NOW))
    assert _kinds(desk) == []


def test_it_leaves_once_an_uncertain_forward_is_proved(desk: Desk) -> None:
    desk.submits("report", Outcome.COMPLIANT)
    claim = desk.delivers(OutgoingState.UNCERTAIN)
    assert desk.ledger.evidence.settle(NOW, Proof.SENT_COPY, message_id=claim.message_id)
    assert _kinds(desk) == [MailKind.ACKNOWLEDGEMENT]


def test_it_does_not_speak_of_a_forward_that_came_back(desk: Desk) -> None:
    desk.submits("report", Outcome.COMPLIANT)
    claim = desk.delivers(OutgoingState.SENT)
    desk.ledger.evidence.tie_bounce(NOW, message_id=claim.message_id)
    assert MailKind.ACKNOWLEDGEMENT not in _kinds(desk)
