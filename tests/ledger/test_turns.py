"""Whose message is judged next: proved senders' first, and nobody's past their share of an hour."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from intake.ledger import Shares
from intake.model import Effort
from tests.ledger.cases import LEASE, NOW, Desk, later

SHARES = Shares(per_sender=100, in_all=250)
FORGER, COUNCIL = "x@nobody.example", "clerk@northmere.gov.uk"


def come(desk: Desk, text: str, sender: str = FORGER, *, proved: bool = False, now: datetime = NOW) -> int:
    return desk.arrives(text, now=now, claimed_sender=sender, proved=proved).id


def judge_next(desk: Desk, seconds: float = 0, now: datetime = NOW, **changes: Any) -> int | None:
    """The message whose turn it is, judged with so much of the processor's time."""
    claim = desk.ledger.claims.claim(now, LEASE, "one", SHARES)
    if claim is None:
        return None
    judgement = desk.judgement(claim, effort=Effort(processor_seconds=seconds), mails=(), **changes)
    assert desk.ledger.judgements.commit(claim, judgement, now).done
    return claim.id


def test_proved_senders_come_first_each_in_their_order(desk: Desk) -> None:
    nobody = [come(desk, f"nobody {number}") for number in range(3)]
    first, second = come(desk, "first", COUNCIL, proved=True), come(desk, "second", COUNCIL, proved=True)
    assert [judge_next(desk) for _ in range(6)] == [first, second, *nobody, None]


def test_a_sender_who_used_up_their_share_waits_until_the_hour_is_over(desk: Desk) -> None:
    first, second = come(desk, "first"), come(desk, "second")
    other = come(desk, "other", "y@elsewhere.example")
    assert judge_next(desk, 101) == first
    assert desk.ledger.claims.held_up(NOW, SHARES) == 1
    assert judge_next(desk) == other
    assert judge_next(desk) is None
    assert desk.ledger.claims.held_up(later(minutes=61), SHARES) == 0
    assert judge_next(desk, now=later(minutes=61)) == second


def test_what_a_forger_uses_up_is_not_the_councils(desk: Desk) -> None:
    forged, again = come(desk, "forged", COUNCIL), come(desk, "again", COUNCIL)
    assert judge_next(desk, 101) == forged
    true = come(desk, "true", COUNCIL, proved=True)
    assert judge_next(desk) == true
    assert judge_next(desk) is None
    assert judge_next(desk, now=later(minutes=61)) == again


def test_past_the_share_of_all_only_proved_senders_are_judged(desk: Desk) -> None:
    for number in range(4):  # a forger takes another name for each
        come(desk, f"nobody {number}", f"{number}@nobody.example")
    assert [judge_next(desk, 90) is not None for _ in range(4)] == [True, True, True, False]
    council = come(desk, "council", COUNCIL, proved=True)
    assert desk.ledger.claims.held_up(NOW, SHARES) == 1
    assert judge_next(desk) == council
    assert judge_next(desk) is None
    assert judge_next(desk, now=later(minutes=61)) is not None
