"""Leases: what only one instance may do at a time, and each instance's sign of life.

Several services that share a ledger agree here on who watches a mailbox and who minds the clock. A lease ends by
itself where its holder does not renew it, by the database's own clock, since those of two machines may differ. What
is done under a lease is safe all the same where two hold it for a moment: a lease saves work, claims keep it right.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, and_, delete, func, select, update

from intake.ledger.database import Database, insert_new
from intake.ledger.tables import UtcDateTime, leases

_WORKER = "worker:"


class Leases:
    def __init__(self, database: Database) -> None:
        self._database = database

    def renew(self, worker: str, names: Collection[str], lasts: timedelta) -> set[str]:
        """Give a sign of life, renew what this worker holds and take what nobody holds; the names it holds now."""
        wanted = {_WORKER + worker, *names}
        with self._database.write() as writer:
            connection, now = writer.connection, _now(writer.connection)
            absent = [{"name": name, "holder": worker, "since": now, "until": now} for name in sorted(wanted)]
            insert_new(connection, leases, absent)
            # In one order by all, so that two that renew at once wait for each other and never in a circle.
            locked = select(leases.c.name).where(leases.c.name.in_(wanted)).order_by(leases.c.name).with_for_update()
            connection.execute(locked).all()
            mine = and_(leases.c.name.in_(wanted), leases.c.holder == worker)
            free = and_(leases.c.name.in_(wanted), leases.c.holder != worker, leases.c.until <= now)
            connection.execute(update(leases).where(mine).values(until=now + lasts))
            taken = {"holder": worker, "since": now, "until": now + lasts}
            connection.execute(update(leases).where(free).values(taken))
            return set(connection.execute(select(leases.c.name).where(mine)).scalars()) - {_WORKER + worker}

    def leave(self, worker: str) -> None:
        """Give back everything at once: others need not wait until it ends by itself."""
        with self._database.write() as writer:
            writer.connection.execute(delete(leases).where(leases.c.holder == worker))

    def lapsed(self) -> tuple[str, ...]:
        """The workers that gave no sign of life for as long as they had promised, and are not buried yet."""
        with self._database.read() as connection:
            late = and_(leases.c.name.startswith(_WORKER, autoescape=True), leases.c.until <= _now(connection))
            return tuple(connection.execute(select(leases.c.holder).where(late).order_by(leases.c.name)).scalars())

    def bury(self, worker: str) -> None:
        """Strike a lapsed worker off, unless it has come back."""
        with self._database.write() as writer:
            late = and_(leases.c.name == _WORKER + worker, leases.c.until <= _now(writer.connection))
            writer.connection.execute(delete(leases).where(late))

    def alive(self) -> tuple[str, ...]:
        """The workers that have given a sign of life lately."""
        with self._database.read() as connection:
            live = and_(leases.c.name.startswith(_WORKER, autoescape=True), leases.c.until > _now(connection))
            return tuple(connection.execute(select(leases.c.holder).where(live).order_by(leases.c.name)).scalars())

    def holders(self) -> dict[str, str]:
        """Who holds what now."""
        with self._database.read() as connection:
            held = and_(~leases.c.name.startswith(_WORKER, autoescape=True), leases.c.until > _now(connection))
            rows = connection.execute(select(leases.c.name, leases.c.holder).where(held)).all()
        return {row.name: row.holder for row in rows}


def _now(connection: Connection) -> datetime:
    """The database's time: SQLite has none of its own, and serves one machine."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    return connection.execute(select(func.clock_timestamp(type_=UtcDateTime))).scalar_one()
