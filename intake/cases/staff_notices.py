"""What staff are owed a notice about once a message is judged: one for a review, with each doubt and its sentence."""

from __future__ import annotations

from datetime import datetime, timedelta

from intake.cases.standing import Standing
from intake.correspondence import NoticeKind
from intake.judging.doubts import Closing, declared
from intake.ledger import NewNotice
from intake.model import Doubt, Outcome

# Doubts that a fact may end by itself are told after a while: a placeholder's file comes within minutes.
_BY_ITSELF = frozenset({Closing.FILE_CAME, Closing.REST_CAME, Closing.SCANNER_BACK})
_WHILE = timedelta(hours=1)


def owed(what: str, round_: int, standing: Standing, now: datetime, *, relay_too_small: bool) -> tuple[NewNotice, ...]:
    """The notices; `what` names submission and message, which is judged for the `round_`-th time: each is told once."""
    found = []
    if standing.outcome is Outcome.REVIEW:
        passing = all(declared(each.doubt.code).closes in _BY_ITSELF for each in standing.doubts)
        reasons = tuple(dict.fromkeys(_said(each.doubt) for each in standing.doubts))
        due = now + _WHILE if passing else None
        # The program looks again by itself at what may pass: that it still waits is no news.
        key = f"review:{what}:passing" if passing else f"review:{what}:{round_}"
        found.append(NewNotice(kind=NoticeKind.REVIEW, key=key, reasons=reasons, due_at=due))
    if relay_too_small:
        found.append(NewNotice(kind=NoticeKind.RELAY_TOO_SMALL, key=f"relay-too-small:{what}:{round_}"))
    return tuple(found)


def _said(doubt: Doubt) -> str:
    return f"{doubt.summary}: “{doubt.quote}”" if doubt.quote else doubt.summary
