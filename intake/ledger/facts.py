"""Facts about the service itself: the last sweep, the mailbox's health, which alarms are on since when.

An alarm owes staff a notice when it goes on and one when it goes off, however often it is reported.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select

from intake.ledger import notices, settling
from intake.ledger.database import Database
from intake.ledger.records import NewNotice
from intake.ledger.tables import facts

_ALARM = "alarm:"
WATCHED_FACT = "watched"  # when the service last looked round
SWEPT_FACT = "swept:"  # and a mailbox's name: when it was last read through


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The latest of its name. `since` is when it took its present value, `updated_at` when it was last confirmed."""

    name: str
    value: Any
    since: datetime
    updated_at: datetime


class Facts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def set(self, name: str, value: Any, now: datetime) -> bool:
        """Remember; True when the value is another than before."""
        with self._database.write() as writer:
            return settling.remember_fact(writer, name, value, now)

    def get(self, name: str) -> Fact | None:
        with self._database.read() as connection:
            row = connection.execute(select(facts).where(facts.c.name == name)).one_or_none()
        return _fact(row) if row is not None else None

    def all(self) -> dict[str, Fact]:
        with self._database.read() as connection:
            return {row.name: _fact(row) for row in connection.execute(select(facts).order_by(facts.c.name))}

    def alarm(self, name: str, now: datetime, *, on: bool, reason: str = "") -> bool:
        """Report whether something is wrong; True when that is news, for which staff are then owed one notice."""
        known = self.get(_ALARM + name)
        if (known is not None and known.value["on"]) == on:
            return False
        with self._database.write() as writer:
            value = {"on": on, "reason": reason if on else ""}
            if not settling.remember_fact(writer, _ALARM + name, value, now):
                return False
            kind = "alarm" if on else "recovered"
            notice = NewNotice(kind=kind, key=f"{kind}:{name}:{now.isoformat()}", reasons=(reason,) if reason else ())
            notices.owe(writer, notice, now)
            writer.event(f"alarm-{'on' if on else 'off'}", now, alarm=name)
            return True

    def alarms(self) -> dict[str, Fact]:
        """The alarms that are on."""
        found = self.all().items()
        return {name.removeprefix(_ALARM): each for name, each in found if name.startswith(_ALARM) and each.value["on"]}


def _fact(row: Row[Any]) -> Fact:
    return Fact(name=row.name, value=row.value, since=row.since, updated_at=row.updated_at)
