"""Numbers for messages that only have names, as IMAP's UIDs are: given once, in order, and never again.

Microsoft Graph names a message by a long text that stays with it from folder to folder. Here each name gets the
folder's next number when it is first seen there, and loses it when it leaves; one that comes back gets another. The
numbers, and the place where the mail system's account of changes goes on, change in one transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from intake.ledger.database import Database, insert_new
from intake.ledger.tables import numbers, series
from intake.model import Named, Numbered, NumberedFolder

_SOME = 500  # names in one statement


class Numbering:
    """Keeps the numbers of one ledger's mailboxes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, mailbox: str, folder: str, now: datetime) -> NumberedFolder:
        """The folder's series, begun where there is none."""
        query = select(series).where(series.c.mailbox == mailbox, series.c.folder == folder)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            latest = select(func.max(series.c.uidvalidity)).where(series.c.mailbox == mailbox)
            with self._database.write() as writer:
                # A folder made anew must differ from the one before it, however soon after it is.
                life = max(int(now.timestamp()), 1 + (writer.connection.execute(latest).scalar() or 0))
                values = {"mailbox": mailbox, "folder": folder, "uidvalidity": life, "next_uid": 1}
                insert_new(writer.connection, series, [values | {"cursor": ""}])
                row = writer.connection.execute(query).one()
        return NumberedFolder(row.id, row.uidvalidity, row.next_uid, row.cursor)

    def note(
        self, known: NumberedFolder, here: Sequence[Named], gone: Collection[str], cursor: str, *, whole: bool = False
    ) -> NumberedFolder:
        """Enter what is here and what has gone since; the series as it stands then.

        `here` may name messages that have a number: they keep it. `whole` says that it names every message of the
        folder, so that what it does not name has gone. Of two that enter the same at once, one counts.
        """
        with self._database.write() as writer:
            connection = writer.connection
            row = connection.execute(select(series).where(series.c.id == known.id).with_for_update()).one()
            if row.cursor != known.cursor:  # another was faster, and its account is the longer one
                return NumberedFolder(row.id, row.uidvalidity, row.next_uid, row.cursor)
            named = {one.name for one in here}
            there = _names(connection, row.id, None if whole else named | set(gone))
            leaving = (there - named) | set(gone) if whole else set(gone)
            _remove(connection, row.id, leaving & there)
            fresh = [one for one in here if one.name not in there]
            _give(connection, row.id, row.next_uid, fresh)
            following = row.next_uid + len(fresh)
            values = {"next_uid": following, "cursor": cursor}
            connection.execute(update(series).where(series.c.id == row.id).values(values))
        return NumberedFolder(row.id, row.uidvalidity, following, cursor)

    def messages(self, known: NumberedFolder, from_uid: int = 1) -> list[Numbered]:
        """The messages that lie in the folder, from a number on, in order."""
        query = select(numbers).where(numbers.c.series_id == known.id, numbers.c.uid >= from_uid)
        with self._database.read() as connection:
            return [_numbered(row) for row in connection.execute(query.order_by(numbers.c.uid))]

    def message(self, known: NumberedFolder, uid: int) -> Numbered | None:
        """The message that has this number."""
        query = select(numbers).where(numbers.c.series_id == known.id, numbers.c.uid == uid)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return _numbered(row) if row is not None else None

    def count(self, known: NumberedFolder) -> int:
        """How many messages lie in the folder."""
        query = select(func.count()).select_from(numbers).where(numbers.c.series_id == known.id)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())


def _names(connection: Connection, identity: int, among: Collection[str] | None) -> set[str]:
    """The names of a series, or those of them that are asked for."""
    query = select(numbers.c.name).where(numbers.c.series_id == identity)
    wanted = [query] if among is None else [query.where(numbers.c.name.in_(these)) for these in _in_parts(among)]
    return {name for each in wanted for name in connection.execute(each).scalars()}


def _remove(connection: Connection, identity: int, names: Collection[str]) -> None:
    for these in _in_parts(names):
        connection.execute(delete(numbers).where(numbers.c.series_id == identity, numbers.c.name.in_(these)))


def _in_parts(names: Collection[str]) -> Iterator[list[str]]:
    ordered = sorted(names)
    return (ordered[start : start + _SOME] for start in range(0, len(ordered), _SOME))


def _give(connection: Connection, identity: int, first: int, fresh: Sequence[Named]) -> None:
    rows = [
        {
            "series_id": identity,
            "uid": uid,
            "name": one.name,
            "received_at": one.received_at,
            "mail_id": one.message_id,
        }
        for uid, one in enumerate(fresh, first)
    ]
    if rows:
        connection.execute(insert(numbers), rows)


def _numbered(row: Row[Any]) -> Numbered:
    return Numbered(uid=row.uid, name=row.name, received_at=row.received_at, message_id=row.mail_id)
