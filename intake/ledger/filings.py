"""Filing: the moving of a judged message to its folder in the mailbox, as a recorded step that is retried.

It is due only once the judgement is committed, so a message never leaves the inbox before the ledger knows of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Connection, Row, and_, exists, insert, or_, select, update

from intake.ledger.database import Database, Writer
from intake.ledger.tables import FilingState, epochs, filings, messages
from intake.model import MessageState


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """A message to move: where it lies now, and where it belongs."""

    id: int
    message: int
    mailbox: str
    folder: str
    uidvalidity: int
    uid: int
    mail_id: str  # the Message-ID; "" where there is none
    internal_date: datetime | None
    target: str
    attempts: int


_PLACE = (messages.c.uid, messages.c.message_id.label("mail_id"), messages.c.internal_date)


class Filings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def due(self, now: datetime, limit: int = 50) -> list[Filing]:
        """What is to be moved now, oldest first.

        Where the folder was renumbered since, the message is looked for under the UID it has now.
        """
        query = (
            select(filings, messages.c.sha256, *_PLACE, epochs)
            .join(messages, messages.c.id == filings.c.message_id)
            .join(epochs, epochs.c.id == messages.c.epoch_id)
            .where(filings.c.state == FilingState.DUE, filings.c.due_at <= now)
            .order_by(filings.c.due_at, filings.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
            return [_filing(row, _present_place(connection, row)) for row in rows]

    def done(self, filing: int, now: datetime) -> None:
        """The server moved it."""
        self._settle(filing, FilingState.DONE, now)

    def gone(self, filing: int, now: datetime) -> None:
        """It is no longer where it was: a person moved it, or we did and stopped before this could be entered."""
        self._settle(filing, FilingState.GONE, now)

    def failed(self, filing: int, error: str, retry_at: datetime, now: datetime) -> None:
        """The server did not move it; try again then."""
        with self._database.write() as writer:
            due = and_(filings.c.id == filing, filings.c.state == FilingState.DUE)
            values = {"attempts": filings.c.attempts + 1, "error": error, "due_at": retry_at}
            step = update(filings).where(due).values(values).returning(filings.c.message_id, filings.c.attempts)
            row = writer.connection.execute(step).one_or_none()
            if row is not None and row.attempts == 1:  # told once, not at every try
                writer.event("filing-failed", now, message=row.message_id)

    def require(self, message: int, target: str, now: datetime) -> None:
        """Ask for a message to be moved, outside a judgement."""
        with self._database.write() as writer:
            require(writer, message, target, now)

    def require_overlooked(self, mailbox: str, set_aside: str, duplicate: str, now: datetime) -> int:
        """Ask for what no judgement files to be moved: messages set aside, and second copies of those dealt with.

        After the folder was renumbered a "second copy" may be the only one there is: it stays where it is.
        """
        first = messages.alias("first")
        dealt_with = and_(
            first.c.id == messages.c.duplicate_of,
            first.c.epoch_id == messages.c.epoch_id,
            first.c.state.in_((MessageState.PROCESSED, MessageState.SET_ASIDE)),
        )
        copy = and_(messages.c.state == MessageState.DUPLICATE, exists().where(dealt_with))
        query = (
            select(messages.c.id, messages.c.state)
            .join(epochs, epochs.c.id == messages.c.epoch_id)
            .outerjoin(filings, filings.c.message_id == messages.c.id)
            .where(epochs.c.mailbox == mailbox, epochs.c.is_current, filings.c.id.is_(None))
            .where(or_(messages.c.state == MessageState.SET_ASIDE, copy))
        )
        targets = {MessageState.SET_ASIDE: set_aside, MessageState.DUPLICATE: duplicate}
        with self._database.read() as connection:
            wanted = [(row.id, targets[MessageState(row.state)]) for row in connection.execute(query).all()]
        wanted = [(message, target) for message, target in wanted if target]
        if wanted:
            with self._database.write() as writer:
                for message, target in wanted:
                    require(writer, message, target, now)
        return len(wanted)

    def _settle(self, filing: int, state: FilingState, now: datetime) -> None:
        with self._database.write() as writer:
            due = and_(filings.c.id == filing, filings.c.state == FilingState.DUE)
            values = {"state": state, "attempts": filings.c.attempts + 1, "settled_at": now}
            step = update(filings).where(due).values(values).returning(filings.c.message_id)
            message = writer.connection.execute(step).scalar()
            if message is not None:
                writer.event(f"filing-{state}", now, message=message)


def require(writer: Writer, message: int, target: str, now: datetime) -> None:
    """Enter that a message belongs into a folder; a later judgement may change which."""
    values = {"target": target, "state": FilingState.DUE, "due_at": now, "error": None, "settled_at": None}
    changed = update(filings).where(filings.c.message_id == message).values(values).returning(filings.c.id)
    if writer.connection.execute(changed).first() is None:
        writer.connection.execute(insert(filings).values(message_id=message, attempts=0, **values))


def _present_place(connection: Connection, row: Row[Any]) -> Row[Any]:
    """The message's copy in the folder's present life, where its own is over."""
    if row.is_current:
        return row
    query = (
        select(*_PLACE, epochs.c.mailbox, epochs.c.folder, epochs.c.uidvalidity)
        .join(epochs, epochs.c.id == messages.c.epoch_id)
        .where(messages.c.sha256 == row.sha256, epochs.c.is_current)
        .where(epochs.c.mailbox == row.mailbox, epochs.c.folder == row.folder)
        .order_by(messages.c.id.desc())
        .limit(1)
    )
    found = connection.execute(query).one_or_none()
    return row if found is None else cast("Row[Any]", found)


def _filing(row: Row[Any], place: Row[Any]) -> Filing:
    return Filing(
        id=row.id,
        message=row.message_id,
        mailbox=place.mailbox,
        folder=place.folder,
        uidvalidity=place.uidvalidity,
        uid=place.uid,
        mail_id=place.mail_id or "",
        internal_date=place.internal_date,
        target=row.target,
        attempts=row.attempts,
    )
