"""Who is judging which message: leased claims, and three strikes against a message that breaks the program.

The strike is counted when the work starts, in the claim's own transaction: a message that takes the whole process
down has been counted all the same. The third failure sets it aside for a person, and everything behind it goes on.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, update

from intake.errors import Conflict
from intake.ledger import notices, turns
from intake.ledger.database import Database, Writer
from intake.ledger.records import NewNotice
from intake.ledger.references import new_reference
from intake.ledger.tables import epochs, messages, submissions
from intake.ledger.turns import Shares
from intake.model import MessageState

STRIKES = 3
_PLACING = 4_170_097  # any number that nothing else locks
_LONGEST_PLACING = 60  # seconds: longer than until an instance without a sign of life loses its claims
_DIED = "the program stopped while working on it"


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageClaim:
    """A message that this worker alone may judge until the lease ends."""

    id: int
    token: str
    sha256: str
    size: int
    message_id: str | None
    internal_date: datetime | None
    arrived_at: datetime
    hold_outgoing: str | None
    strikes: int
    round: int
    mailbox: str
    folder: str
    uid: int
    submission: str | None  # the reference, where it was judged and joined before
    proved: bool  # its sender was proved and trusted when it came


class Claims:
    def __init__(self, database: Database, strikes: int = STRIKES) -> None:
        self._database = database
        self._strikes = strikes

    def claim(self, now: datetime, lease: timedelta, worker: str, shares: Shares | None = None) -> MessageClaim | None:
        """Take the message whose turn it is, None when none waits, or none whose sender has a share left."""
        with self._database.read() as connection:
            if connection.execute(_waiting(now).limit(1)).first() is None:
                return None  # without a turn at writing, and without a commit
            may_go = turns.has_a_share_left(connection, shares, now)
        with self._database.write() as writer:
            while row := self._next(writer, now, may_go):
                if row.strikes < self._strikes:
                    return _take(writer, row, now, lease, worker)
                set_aside(writer, row, row.reason or _DIED, now)
        return None

    def held_up(self, now: datetime, shares: Shares) -> int:
        """How many messages wait only because their sender, or all together, used up their share."""
        with self._database.read() as connection:
            late = _waiting(now).where(~turns.has_a_share_left(connection, shares, now))
            return len(connection.execute(late).all())

    def reserve_reference(self, claim: MessageClaim, now: datetime, prefix: str = "DHR") -> str:
        """The reference for the new submission that this message makes: the same one again after a crash.

        Mail is composed with it before the judgement is committed; mail remade after a crash is then the same.
        """
        with self._database.write() as writer:
            mine = _mine(claim)
            row = writer.connection.execute(select(messages.c.reserved_reference).where(mine)).one_or_none()
            if row is None:
                raise _lost()
            if row.reserved_reference:
                return str(row.reserved_reference)
            reference = new_reference(writer.connection, prefix, now)
            writer.connection.execute(update(messages).where(mine).values(reserved_reference=reference))
            return reference

    def another_reference(self, now: datetime, prefix: str = "DHR") -> str:
        """A reference for a submission that a person makes."""
        with self._database.write() as writer:
            return new_reference(writer.connection, prefix, now)

    @contextmanager
    def placing(self) -> Iterator[None]:
        """From finding a message's case to the commit: one message at a time, over all instances.

        Two messages of one case that were placed at once would each make it anew. What takes long, opening and
        reading, comes before. The database itself ends the turn of one that stands still.
        """
        with self._database.turn(_PLACING, _LONGEST_PLACING):
            yield

    def give_back(self, claim: MessageClaim, now: datetime, not_before: datetime | None = None) -> None:
        """Stop without a result through no fault of the message (shutdown, a full disk): the strike is taken back."""
        with self._database.write() as writer:
            fewer = messages.c.strikes - 1
            values = {**_FREE, "strikes": fewer, "not_before": not_before or now}
            writer.connection.execute(update(messages).where(_mine(claim)).values(values))

    def fail(self, claim: MessageClaim, reason: str, now: datetime, retry_at: datetime) -> bool:
        """The program failed on this message; True when that was the last strike and it is now set aside."""
        with self._database.write() as writer:
            values = {**_FREE, "reason": reason, "not_before": retry_at}
            row = writer.connection.execute(
                update(messages).where(_mine(claim)).values(values).returning(messages)
            ).one_or_none()
            if row is None:
                return False
            writer.event("judging-failed", now, message=row.id, strikes=row.strikes)
            if row.strikes < self._strikes:
                return False
            set_aside(writer, row, reason, now)
            return True

    def set_aside(self, claim: MessageClaim, reason: str, now: datetime) -> bool:
        """Keep the message for a person at once, without further strikes; False when the claim was lost."""
        with self._database.write() as writer:
            row = writer.connection.execute(select(messages).where(_mine(claim)).with_for_update()).one_or_none()
            if row is not None:
                set_aside(writer, row, reason, now)
            return row is not None

    def free(self, worker: str, now: datetime) -> int:
        """End the claims of this worker's former self, at start; their strikes stay."""
        with self._database.write() as writer:
            held = and_(messages.c.claim_worker == worker, messages.c.state == MessageState.ARRIVED)
            freed = update(messages).where(held).values({**_FREE, "not_before": now}).returning(messages.c.id)
            return len(writer.connection.execute(freed).all())

    @staticmethod
    def _next(writer: Writer, now: datetime, may_go: ColumnElement[bool]) -> Row[Any] | None:
        query = _waiting(now).where(may_go).order_by(*turns.IN_TURN).limit(1)
        query = query.with_for_update(skip_locked=True, of=messages)
        return writer.connection.execute(query).one_or_none()


def _waiting(now: datetime) -> Select[Any]:
    return (
        select(messages, epochs.c.mailbox, epochs.c.folder, submissions.c.reference)
        .join(epochs, epochs.c.id == messages.c.epoch_id)
        .outerjoin(submissions, submissions.c.id == messages.c.submission_id)
        .where(messages.c.state == MessageState.ARRIVED)
        .where(or_(messages.c.claim_until.is_(None), messages.c.claim_until <= now))
        .where(or_(messages.c.not_before.is_(None), messages.c.not_before <= now))
    )


_FREE: dict[str, Any] = {"claim_token": None, "claim_worker": None, "claim_until": None}


def set_aside(writer: Writer, row: Row[Any], reason: str, now: datetime) -> None:
    """Keep a message for a person, with the reason, and owe staff one notice for it."""
    values = {**_FREE, "state": MessageState.SET_ASIDE, "reason": reason}
    writer.connection.execute(update(messages).where(messages.c.id == row.id).values(values))
    writer.event("message-set-aside", now, message=row.id, strikes=row.strikes, round=row.round)
    notice = NewNotice(kind="set-aside", key=f"set-aside:{row.id}:{row.round}", reasons=(reason,), message=row.id)
    notices.owe(writer, notice, now)


def _take(writer: Writer, row: Row[Any], now: datetime, lease: timedelta, worker: str) -> MessageClaim:
    token = secrets.token_hex(16)
    claimed = update(messages).where(messages.c.id == row.id, messages.c.state == MessageState.ARRIVED)
    values = {"claim_token": token, "claim_worker": worker, "claim_until": now + lease, "strikes": row.strikes + 1}
    writer.connection.execute(claimed.values(values))
    return MessageClaim(
        id=row.id,
        token=token,
        sha256=row.sha256,
        size=row.size,
        message_id=row.message_id,
        internal_date=row.internal_date,
        arrived_at=row.arrived_at,
        hold_outgoing=row.hold_outgoing,
        strikes=row.strikes + 1,
        round=row.round,
        mailbox=row.mailbox,
        folder=row.folder,
        uid=row.uid,
        submission=row.reference,
        proved=row.proved,
    )


def _mine(claim: MessageClaim) -> ColumnElement[bool]:
    arrived = messages.c.state == MessageState.ARRIVED
    return and_(messages.c.id == claim.id, messages.c.claim_token == claim.token, arrived)


def _lost() -> Conflict:
    return Conflict("Another worker has taken over this message.", "Nothing needs to be done.")
