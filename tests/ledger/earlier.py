"""A ledger as the version before doubts left it: the rows of a present one, laid into tables of schema 0003."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, MetaData, Table, func, insert, select

from intake.ledger import Ledger
from intake.ledger.database import Database, connect
from intake.ledger.migrating import upgrade
from intake.ledger.tables import metadata

_LETTERS = re.compile(r"\b(DHR-\d{4}-\d{4})-[A-Z]{2}\b", re.IGNORECASE)
_NAMED = {"submissions": ("reference", "search_text"), "messages": ("reserved_reference",), "outgoing": ("subject",)}
_LEFT_OUT = ("findings", "files", "doubts", "series")  # what a recorded verdict did not hold then


def lay_down(source: Ledger, url: str) -> Database:
    """A database of schema 0003 at this address, with everything of the source that it could hold."""
    database = connect(url)
    with database.write() as writer:
        upgrade(writer.connection, "0003")
    with source.database.read() as present, database.write() as writer:
        _copy(present, writer.connection)
    return database


def _copy(present: Connection, earlier: Connection) -> None:
    old = MetaData()
    old.reflect(earlier)
    earlier.execute(old.tables["counters"].delete())
    for table in metadata.sorted_tables:
        if table.name in old.tables:
            # Written by today's column types, which make what they store the same on both databases.
            columns = [column for column in table.columns if column.name in old.tables[table.name].columns]
            rows = [_as_it_was(table, row._mapping) for row in present.execute(select(*columns))]
            if rows:
                bare = Table(table.name, MetaData(), *(column._copy() for column in columns))
                earlier.execute(insert(bare), rows)
    if earlier.dialect.name == "postgresql":
        _count_on(earlier, [table for table in old.sorted_tables if "id" in table.columns])


def _as_it_was(table: Table, row: Any) -> dict[str, Any]:
    values = dict(row)
    for name in _NAMED.get(table.name, ()):
        if values[name]:
            values[name] = _LETTERS.sub(r"\1", values[name])
    if table.name == "judgements":
        values["verdict"] = {name: value for name, value in values["verdict"].items() if name not in _LEFT_OUT}
        values["verdict"] |= {"findings": [], "files": []}
    return values


def _count_on(connection: Connection, tables: Iterable[Table]) -> None:
    """PostgreSQL counts its identities by itself: what was written with a number must not come again."""
    for table in tables:
        sequence = connection.execute(select(func.pg_get_serial_sequence(table.name, "id"))).scalar()
        if sequence:
            following = select(func.coalesce(func.max(table.c.id), 0) + 1).scalar_subquery()
            connection.execute(select(func.setval(sequence, following)))
