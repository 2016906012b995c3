"""Whose message is judged next: proved senders' first, and nobody's past their share of the processor's time.

What a From line names is only a claim: the time that a forger used up is never a proved sender's.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select, true

from intake.ledger.tables import judgements, messages

# Proved senders first, each in the order in which they came.
IN_TURN = (messages.c.proved.desc(), messages.c.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Seconds of the processor that judging may take within a window: one sender's messages, and all in all.

    Past the second only proved senders' messages are judged.
    """

    per_sender: float
    in_all: float
    window: timedelta = timedelta(hours=1)


def has_a_share_left(connection: Connection, shares: Shares | None, now: datetime) -> ColumnElement[bool]:
    """The messages that may be judged now."""
    if shares is None:
        return true()
    taken = connection.execute(_taken(now - shares.window)).all()
    spent = [_of_sender(row) for row in taken if row.seconds >= shares.per_sender]
    if sum(row.seconds for row in taken) >= shares.in_all:
        spent.append(messages.c.proved.is_(False))
    return ~or_(*spent) if spent else true()


def _taken(since: datetime) -> Any:
    whose = (messages.c.claimed_sender, messages.c.proved)
    return (
        select(*whose, func.sum(judgements.c.processor_seconds).label("seconds"))
        .join(messages, messages.c.id == judgements.c.message_id)
        .where(judgements.c.judged_at > since)
        .group_by(*whose)
    )


def _of_sender(row: Any) -> ColumnElement[bool]:
    return and_(messages.c.claimed_sender == row.claimed_sender, messages.c.proved.is_(bool(row.proved)))
