"""Receiving: which folders are watched from where on, which UIDs were seen, and what became of each.

What the server lists and what was recorded are kept in two tables, so that the mailbox ledger can be balanced: a
UID that was listed and is neither recorded nor vanished is a message that someone would be missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from intake.errors import NotFound
from intake.ledger import balancing
from intake.ledger.balancing import Balance
from intake.ledger.database import Database, Writer, insert_new, next_value
from intake.ledger.tables import epochs, messages, seen_uids
from intake.model import MessageState

_LATE = "older mail, taken up on purpose"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """How far a watched folder has been read, in its present life (UIDVALIDITY)."""

    epoch_id: int
    mailbox: str
    folder: str
    uidvalidity: int
    first_uid: int
    next_uid: int
    watched_since: datetime  # mail that reached the folder earlier is left alone, in later lives too
    opened_at: datetime

    @property
    def renewed(self) -> bool:
        """Whether this is a later life of the folder: its UIDs say nothing of what is new, only dates and bytes do."""
        return self.first_uid == 1 and self.opened_at > self.watched_since


@dataclass(frozen=True, slots=True, kw_only=True)
class NewArrival:
    """A message whose bytes are in the message store already."""

    position: Position
    uid: int
    sha256: str
    size: int
    message_id: str | None
    internal_date: datetime | None
    hold_outgoing: str | None = None
    claimed_sender: str = ""
    proved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What the ledger made of a message; `known` means that it was recorded before."""

    id: int
    state: MessageState
    duplicate_of: int | None = None
    known: bool = False


class Arrivals:
    def __init__(self, database: Database) -> None:
        self._database = database

    def position(self, mailbox: str, folder: str) -> Position | None:
        """Where reading stands, None for a folder that was never watched."""
        with self._database.read() as connection:
            row = connection.execute(_current(mailbox, folder)).one_or_none()
        return _position(row) if row else None

    def folders(self) -> list[Position]:
        """Every folder that is watched or ever was."""
        with self._database.read() as connection:
            rows = connection.execute(select(epochs).where(epochs.c.is_current).order_by(epochs.c.id)).all()
        return [_position(row) for row in rows]

    def open_folder(self, mailbox: str, folder: str, uidvalidity: int, uidnext: int, now: datetime) -> Position:
        """Begin to watch a folder, or go on. The first start leaves all that is there alone: it reads from UIDNEXT on.

        After a change of UIDVALIDITY every UID is new (RFC 9051, 2.3.1.1): a new life begins at UID 1, and known
        mail is recognised by its bytes.
        """
        known = self.position(mailbox, folder)
        if known and known.uidvalidity == uidvalidity:
            return known
        with self._database.write() as writer:
            old = writer.connection.execute(_current(mailbox, folder)).one_or_none()
            if old and old.uidvalidity == uidvalidity:
                return _position(old)
            if old:
                _close_epoch(writer, old, now)
            row = _open_epoch(writer.connection, (mailbox, folder, uidvalidity), uidnext, old, now)
            kind = "uidvalidity-changed" if old else "folder-watched"
            writer.event(kind, now, epoch=row.id, uidvalidity=uidvalidity, first_uid=row.first_uid)
            return _position(row)

    def take_up(self, position: Position, uids: Iterable[int], since: datetime, now: datetime) -> int:
        """Take up older mail on purpose (`--since`): all that it would send is held. How many UIDs are new."""
        with self._database.write() as writer:
            added = _see(writer.connection, position.epoch_id, uids, now, late=True)
            earlier = epochs.c.watched_since > since
            writer.connection.execute(
                update(epochs).where(epochs.c.id == position.epoch_id, earlier).values(watched_since=since)
            )
            writer.event("older-mail-taken-up", now, epoch=position.epoch_id, count=added)
        return added

    def note_listed(self, position: Position, uids: Iterable[int], next_uid: int, now: datetime) -> int:
        """Remember every UID that the server listed, before any is fetched; how many are new."""
        listed = sorted(set(uids))
        with self._database.read() as connection:
            fresh = _unseen(connection, position.epoch_id, listed)
            reached = connection.execute(select(epochs.c.next_uid).where(epochs.c.id == position.epoch_id)).scalar_one()
        if not fresh and next_uid <= reached:
            return 0
        with self._database.write() as writer:
            added = _see(writer.connection, position.epoch_id, fresh, now, late=False)
            ahead = epochs.c.next_uid < next_uid
            writer.connection.execute(
                update(epochs).where(epochs.c.id == position.epoch_id, ahead).values(next_uid=next_uid)
            )
        return added

    def rewind(self, position: Position, uidnext: int, now: datetime) -> Position:
        """Read a folder again from an earlier UID on.

        A server that was restored from a backup may count on from there without a new UIDVALIDITY (against RFC 9051,
        2.3.1.1): new mail then comes under UIDs that were given before.
        """
        with self._database.write() as writer:
            writer.connection.execute(update(epochs).where(epochs.c.id == position.epoch_id).values(next_uid=uidnext))
            writer.event("uidnext-went-back", now, epoch=position.epoch_id, expected=position.next_uid, uidnext=uidnext)
        return replace(position, next_uid=uidnext)

    def given_again(self, position: Position, listed: Mapping[int, tuple[str, datetime]]) -> list[int]:
        """Those of the listed UIDs under which another message was recorded: Message-ID or day of arrival differ."""
        if not listed:
            return []
        # A range, not a list: a long folder has more UIDs than a statement may have parameters.
        here = and_(messages.c.epoch_id == position.epoch_id, messages.c.uid.between(min(listed), max(listed)))
        query = select(messages.c.uid, messages.c.message_id, messages.c.internal_date).where(here)
        latest: dict[int, tuple[str, datetime | None]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query.order_by(messages.c.incarnation)):
                latest[row.uid] = (row.message_id or "", row.internal_date)
        return sorted(uid for uid, known in latest.items() if uid in listed and known != listed[uid])

    def unfetched(self, position: Position, limit: int = 1000) -> list[int]:
        """UIDs that were listed and are not recorded yet, oldest first: what a crash left behind is among them."""
        with self._database.read() as connection:
            query = balancing.without_message().where(seen_uids.c.epoch_id == position.epoch_id)
            return list(connection.execute(query.order_by(seen_uids.c.uid).limit(limit)).scalars())

    def record(self, arrival: NewArrival, now: datetime) -> Arrival:
        """Enter a stored message: arrived, or a duplicate where its exact bytes are here already."""
        with self._database.write() as writer:
            next_value(writer.connection, "arrivals")  # two copies recorded at once must see each other
            return _record(writer, arrival, now)

    def record_vanished(self, position: Position, uid: int, now: datetime) -> None:
        """The server listed this UID and could not give the message: a person moved or deleted it."""
        try:
            with self._database.write() as writer:
                _vanish(writer, position.epoch_id, uid, "gone before it could be fetched", now)
        except IntegrityError:
            return  # it was recorded meanwhile: nothing is missing

    def balance(self, mailbox: str, folder: str, now: datetime, grace: timedelta = timedelta(hours=1)) -> Balance:
        """Add up one folder, over all its lives. Raises NotFound for a folder that was never watched."""
        with self._database.read() as connection:
            ids = list(connection.execute(select(epochs.c.id).where(*_named(mailbox, folder))).scalars())
            if not ids:
                raise NotFound("This folder has never been watched.")
            return balancing.balance(connection, ids, now - grace)

    def knows(self, sha256: str) -> bool:
        """Whether a message with these bytes was ever recorded."""
        with self._database.read() as connection:
            return connection.execute(_first_copy(sha256)).first() is not None


def _named(mailbox: str, folder: str) -> tuple[Any, Any]:
    return epochs.c.mailbox == mailbox, epochs.c.folder == folder


def _current(mailbox: str, folder: str) -> Select[Any]:
    return select(epochs).where(*_named(mailbox, folder), epochs.c.is_current)


def _position(row: Row[Any]) -> Position:
    return Position(
        epoch_id=row.id,
        mailbox=row.mailbox,
        folder=row.folder,
        uidvalidity=row.uidvalidity,
        first_uid=row.first_uid,
        next_uid=row.next_uid,
        watched_since=row.watched_since,
        opened_at=row.opened_at,
    )


def _open_epoch(
    connection: Connection, name: tuple[str, str, int], uidnext: int, old: Row[Any] | None, now: datetime
) -> Row[Any]:
    mailbox, folder, uidvalidity = name
    # A server restored from a backup may go back to an earlier UIDVALIDITY: that life simply goes on.
    again = (
        update(epochs)
        .where(*_named(mailbox, folder), epochs.c.uidvalidity == uidvalidity)
        .values(is_current=True)
        .returning(epochs)
    )
    if row := connection.execute(again).one_or_none():
        return row
    first = 1 if old else uidnext
    since = old.watched_since if old else now
    return connection.execute(
        insert(epochs)
        .values(
            mailbox=mailbox,
            folder=folder,
            uidvalidity=uidvalidity,
            first_uid=first,
            next_uid=first,
            watched_since=since,
            opened_at=now,
            is_current=True,
        )
        .returning(epochs)
    ).one()


def _close_epoch(writer: Writer, old: Row[Any], now: datetime) -> None:
    writer.connection.execute(update(epochs).where(epochs.c.id == old.id).values(is_current=False))
    lost = writer.connection.execute(balancing.without_message().where(seen_uids.c.epoch_id == old.id)).scalars().all()
    for uid in lost:
        _vanish(writer, old.id, uid, "the folder was renumbered before it could be fetched", now)


def _unseen(connection: Connection, epoch: int, uids: list[int]) -> list[int]:
    if not uids:
        return []
    known = select(seen_uids.c.uid).where(seen_uids.c.epoch_id == epoch, seen_uids.c.uid.between(uids[0], uids[-1]))
    present = set(connection.execute(known).scalars())
    return [uid for uid in uids if uid not in present]


def _see(connection: Connection, epoch: int, uids: Iterable[int], now: datetime, *, late: bool) -> int:
    fresh = _unseen(connection, epoch, sorted(set(uids)))
    if fresh:
        insert_new(
            connection, seen_uids, [{"epoch_id": epoch, "uid": uid, "seen_at": now, "late": late} for uid in fresh]
        )
    return len(fresh)


def _first_copy(sha256: str) -> Select[Any]:
    same = and_(messages.c.sha256 == sha256, messages.c.state != MessageState.DUPLICATE)
    return select(messages.c.id).where(same).order_by(messages.c.id).limit(1)


def _record(writer: Writer, arrival: NewArrival, now: datetime) -> Arrival:
    connection, epoch = writer.connection, arrival.position.epoch_id
    _see(connection, epoch, [arrival.uid], now, late=False)
    place = and_(messages.c.epoch_id == epoch, messages.c.uid == arrival.uid)
    earlier = connection.execute(select(messages).where(place).order_by(messages.c.incarnation)).all()
    for row in earlier:
        if row.sha256 == arrival.sha256:
            return Arrival(id=row.id, state=MessageState(row.state), duplicate_of=row.duplicate_of, known=True)
    first = connection.execute(_first_copy(arrival.sha256)).scalar()
    state = MessageState.ARRIVED if first is None else MessageState.DUPLICATE
    values = _values(connection, arrival, state, first, now)
    if earlier and earlier[-1].sha256 is None:  # given up as vanished, and here after all
        changed = update(messages).where(messages.c.id == earlier[-1].id).values(**values, reason=None)
        connection.execute(changed)
        identity = earlier[-1].id
    else:  # a second message under one UID breaks RFC 9051, 2.3.1.1, and happens: both are kept
        entry = {**values, "epoch_id": epoch, "uid": arrival.uid, "incarnation": len(earlier), "strikes": 0, "round": 1}
        identity = connection.execute(insert(messages).values(entry).returning(messages.c.id)).scalar_one()
    writer.event(
        "message-arrived" if first is None else "message-duplicate",
        now,
        message=identity,
        sha256=arrival.sha256,
        size=arrival.size,
        uid=arrival.uid,
        epoch=epoch,
        incarnation=len(earlier),
    )
    return Arrival(id=identity, state=state, duplicate_of=first)


def _values(
    connection: Connection, arrival: NewArrival, state: MessageState, first: int | None, now: datetime
) -> dict[str, Any]:
    place = and_(seen_uids.c.epoch_id == arrival.position.epoch_id, seen_uids.c.uid == arrival.uid)
    late = connection.execute(select(seen_uids.c.late).where(place)).scalar_one()
    return {
        "state": state,
        "sha256": arrival.sha256,
        "size": arrival.size,
        "message_id": arrival.message_id,
        "internal_date": arrival.internal_date,
        "arrived_at": now,
        "hold_outgoing": arrival.hold_outgoing or (_LATE if late else None),
        "claimed_sender": arrival.claimed_sender,
        "proved": arrival.proved,
        "duplicate_of": first,
    }


def _vanish(writer: Writer, epoch: int, uid: int, reason: str, now: datetime) -> None:
    _see(writer.connection, epoch, [uid], now, late=False)
    row = {"epoch_id": epoch, "uid": uid, "incarnation": 0, "state": MessageState.VANISHED, "reason": reason}
    added = insert(messages).values(**row, arrived_at=now, strikes=0, round=1).returning(messages.c.id)
    identity = writer.connection.execute(added).scalar_one()
    writer.event("message-vanished", now, message=identity, uid=uid, epoch=epoch)
