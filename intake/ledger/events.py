"""The events: everything that happened, in one chain that only grows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from intake.ledger import chain
from intake.ledger.database import SERVICE, Database
from intake.ledger.tables import counters, events

_BATCH = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One event, as it stands in the chain."""

    id: int
    at: datetime
    kind: str
    actor: str
    submission: int | None
    message: int | None
    outgoing: int | None
    data: dict[str, Any]
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """Whether the chain is whole; `first_bad` is the number of the first event that does not fit, and why."""

    count: int
    first_bad: int | None = None
    reason: str = ""

    @property
    def sound(self) -> bool:
        return self.first_bad is None


class Events:
    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self,
        kind: str,
        now: datetime,
        *,
        actor: str = SERVICE,
        submission: int | None = None,
        message: int | None = None,
        outgoing: int | None = None,
        **data: Any,
    ) -> None:
        """Enter something that happened outside the ledger's own steps. References and hashes only in `data`."""
        with self._database.write() as writer:
            writer.event(kind, now, actor=actor, submission=submission, message=message, outgoing=outgoing, **data)

    def latest(self, limit: int = 100, *, before: int | None = None, kind: str | None = None) -> list[EventRow]:
        """The newest events first."""
        query = select(events).order_by(events.c.id.desc()).limit(limit)
        query = query.where(events.c.id < before) if before is not None else query
        query = query.where(events.c.kind == kind) if kind is not None else query
        with self._database.read() as connection:
            return [event_row(row) for row in connection.execute(query)]

    def get(self, number: int) -> EventRow | None:
        """The event of a number."""
        with self._database.read() as connection:
            row = connection.execute(select(events).where(events.c.id == number)).one_or_none()
        return event_row(row) if row is not None else None

    def verify(self) -> ChainReport:
        """Recompute the whole chain, and compare its end with what the ledger counted."""
        with self._database.read() as connection:
            number, previous = 0, chain.START
            for row in _all(connection):
                number += 1
                if wrong := _fault(row, number, previous):
                    return ChainReport(count=number, first_bad=row.id, reason=wrong)
                previous = row.hash
            end = connection.execute(select(counters).where(counters.c.name == chain.COUNTER)).one_or_none()
        if end is None or (end.value, end.hash) != (number, previous):
            return ChainReport(count=number, first_bad=number + 1, reason="events are missing at the end")
        return ChainReport(count=number)


def event_row(row: Row[Any]) -> EventRow:
    return EventRow(
        id=row.id,
        at=row.at,
        kind=row.kind,
        actor=row.actor,
        submission=row.submission_id,
        message=row.message_id,
        outgoing=row.outgoing_id,
        data=json.loads(row.data),
        hash=row.hash,
    )


def _all(connection: Connection) -> Iterator[Row[Any]]:
    last = -1
    while True:
        rows = connection.execute(select(events).where(events.c.id > last).order_by(events.c.id).limit(_BATCH)).all()
        yield from rows
        if len(rows) < _BATCH:
            return
        last = rows[-1].id


def _fault(row: Row[Any], number: int, previous: str) -> str:
    if row.id != number:
        return "an event before this one is missing"
    if row.previous != previous:
        return "it does not follow the event before it"
    if chain.digest(dict(row._mapping)) != row.hash:  # noqa: SLF001 - SQLAlchemy's documented way to a row by name
        return "its content was changed"
    return ""
