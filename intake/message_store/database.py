"""The message store in the ledger's own PostgreSQL: one place to keep, to back up and to reach from every machine.

A message lies there as rows of a mebibyte each, not as a large object: rows are copied by every kind of replication
and by pg_dump, have the table's permissions, and go with their message. They are written in one transaction, and not
compressed, as mail is base64 of what is compressed already.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, column, delete, exists, insert, select, table
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.exc import DBAPIError

from intake.errors import StorageError
from intake.message_store.spool import spooled
from intake.message_store.store import MessageStore, Stored, checked_name, gone

# As the ledger's tables declare them, which its migrations make.
_KEPT = table("kept_messages", column("sha256"), column("size"))
_PIECES = table("kept_pieces", column("sha256"), column("number"), column("content"))
_AT_ONCE = 8  # pieces in memory while a message is read


class DatabaseStore(MessageStore):
    """Messages in two tables of the database behind `engine`; `folder` is where a message waits until it is whole."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder

    def put(self, chunks: Iterable[bytes]) -> Stored:
        with spooled(chunks, self._folder) as whole:
            name = whole.stored.sha256
            with _storage_errors("written to"), self._engine.begin() as connection:
                # Whoever stores the same bytes at the same moment waits here, and then replaces like by like.
                enter = postgresql_insert(_KEPT).values(sha256=name, size=whole.stored.size)
                connection.execute(
                    enter.on_conflict_do_update(index_elements=["sha256"], set_={"size": whole.stored.size})
                )
                connection.execute(delete(_PIECES).where(_PIECES.c.sha256 == name))
                for number, piece in enumerate(whole.pieces()):
                    connection.execute(insert(_PIECES).values(sha256=name, number=number, content=piece))
        return whole.stored

    def pieces(self, sha256: str) -> Generator[bytes]:
        read = 0
        while True:
            some = self._some(checked_name(sha256), read)
            if not (some or read or sha256 in self):  # a message of no bytes has no pieces
                raise gone()
            yield from some
            if len(some) < _AT_ONCE:
                return
            read += len(some)

    def __contains__(self, sha256: str) -> bool:
        with _storage_errors("read"), self._engine.connect() as connection:
            return bool(connection.execute(select(exists().where(_KEPT.c.sha256 == checked_name(sha256)))).scalar())

    def _some(self, sha256: str, first: int) -> list[bytes]:
        """A few at a time: nothing is held open in the database while somebody looks at what it gave."""
        wanted = _PIECES.c.number.between(first, first + _AT_ONCE - 1)
        query = select(_PIECES.c.content).where(_PIECES.c.sha256 == sha256, wanted).order_by(_PIECES.c.number)
        with _storage_errors("read"), self._engine.connect() as connection:
            return [bytes(content) for content in connection.execute(query).scalars()]

    def names(self) -> Iterator[str]:
        with _storage_errors("read"), self._engine.connect() as connection:
            yield from connection.execute(select(_KEPT.c.sha256).order_by(_KEPT.c.sha256)).scalars().all()

    def delete(self, sha256: str) -> bool:
        with _storage_errors("written to"), self._engine.begin() as connection:
            found = connection.execute(delete(_KEPT).where(_KEPT.c.sha256 == checked_name(sha256)))
            return found.rowcount > 0


@contextmanager
def _storage_errors(action: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        cause = str(error.orig).splitlines()[0] if error.orig else "no answer"
        raise StorageError(
            f"The message store in the database cannot be {action}: {cause}.",
            "Check that the database runs and has room; nothing was half written.",
        ) from error
