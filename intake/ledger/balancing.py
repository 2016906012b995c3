"""The mailbox ledger's sum: what the server listed on one side, what became of it on the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from intake.ledger.tables import messages, seen_uids
from intake.model import MessageState


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """The mailbox ledger of one folder: everything ever seen, and what became of it."""

    seen: int
    processed: int
    ignored: int
    duplicate: int
    set_aside: int
    vanished: int
    arrived: int  # stored, still to be judged
    unfetched: int  # listed, still to be fetched
    overdue: int  # of the last two, older than the time allowed
    stray: int  # recorded, though the server never listed it

    @property
    def accounted(self) -> int:
        settled = self.processed + self.ignored + self.duplicate + self.set_aside + self.vanished
        return settled + self.arrived + self.unfetched

    @property
    def balanced(self) -> bool:
        return self.seen == self.accounted and not self.overdue and not self.stray


def without_message() -> Select[Any]:
    """UIDs that the server listed and the ledger has no message for."""
    same = and_(messages.c.epoch_id == seen_uids.c.epoch_id, messages.c.uid == seen_uids.c.uid)
    return select(seen_uids.c.uid).outerjoin(messages, same).where(messages.c.id.is_(None))


def balance(connection: Connection, ids: list[int], before: datetime) -> Balance:
    """Add up these lives of a folder; what has waited since `before` is overdue."""
    here, listed = messages.c.epoch_id.in_(ids), seen_uids.c.epoch_id.in_(ids)

    def count(query: Select[Any]) -> int:
        return int(connection.execute(select(func.count()).select_from(query.subquery())).scalar_one())

    states: dict[str, int] = dict(
        connection.execute(select(messages.c.state, func.count()).where(here).group_by(messages.c.state)).all()
    )
    second = count(select(messages.c.id).where(here, messages.c.incarnation > 0))
    late = count(without_message().where(listed, seen_uids.c.seen_at < before))
    waiting = messages.c.state == MessageState.ARRIVED
    same = and_(messages.c.epoch_id == seen_uids.c.epoch_id, messages.c.uid == seen_uids.c.uid)
    strays = select(messages.c.id).outerjoin(seen_uids, same).where(here, seen_uids.c.uid.is_(None))
    return Balance(
        seen=count(select(seen_uids.c.uid).where(listed)) + second,
        processed=states.get(MessageState.PROCESSED, 0),
        ignored=states.get(MessageState.IGNORED, 0),
        duplicate=states.get(MessageState.DUPLICATE, 0),
        set_aside=states.get(MessageState.SET_ASIDE, 0),
        vanished=states.get(MessageState.VANISHED, 0),
        arrived=states.get(MessageState.ARRIVED, 0),
        unfetched=count(without_message().where(listed)),
        overdue=late + count(select(messages.c.id).where(here, waiting, messages.c.arrived_at < before)),
        stray=count(strays),
    )
