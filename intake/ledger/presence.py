"""Being at work on a ledger: so many services as the settings allow, each under a name of its own, and no more.

The locks belong to the ledger, not to a folder: in PostgreSQL they are advisory locks of a session that lasts as long
as the service, beside an SQLite file a lock on a file that the kernel drops with the process. So whoever holds them
knows that no former self is still at work.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from sqlalchemy import ColumnElement, Connection, func, select, text
from sqlalchemy.exc import DBAPIError

from intake.errors import StorageError, UsageError
from intake.ledger.database import Database
from intake.ledger.lock_file import lock_file

_ALONE = 4_170_094  # any number that nothing else locks: held alone by an only instance, shared by one of several
_PLACES = 4_170_095  # with the number of a place
_NAMES = 4_170_096  # with the digest of a name
_PATIENCE = 5.0  # seconds: a predecessor that was killed is noticed by the server at once, and not in no time
_STEP = 0.2
# A machine that is gone without a word is noticed within half a minute (PostgreSQL, 20.3.2).
_NOTICE = "SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3"


class Presence:
    """A context manager that holds the locks. Entering raises UsageError where the ledger is taken."""

    def __init__(self, database: Database, worker: str, instances: int) -> None:
        self._database = database
        self._worker = worker
        self._instances = instances
        self._session: Connection | None = None
        self._descriptor: int | None = None

    def __enter__(self) -> None:
        if self._database.is_sqlite:
            self._lock_file()
        else:
            self._lock_session()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        self._drop_session()

    def renew(self) -> None:
        """Make sure that the locks are still held; take them again where their session broke.

        Raises UsageError where somebody else has the ledger by now, StorageError where it does not answer.
        """
        if self._database.is_sqlite:
            return  # the kernel's lock does not break
        try:
            if self._session is not None:
                self._session.execute(text("SELECT 1"))
                return
        except DBAPIError:
            self._drop_session()
        self._lock_session()

    def _lock_session(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        try:
            self._session = self._database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            self._session.execute(text(_NOTICE))
            while (refusal := self._refusal(self._session)) and time.monotonic() < deadline:
                time.sleep(_STEP)
        except DBAPIError as error:
            self._drop_session()
            cause = str(error.orig).splitlines()[0] if error.orig else "no answer"
            raise StorageError(
                f"The ledger's database did not answer: {cause}.", "Check that the database runs."
            ) from error
        if refusal:
            self._drop_session()
            raise UsageError(*refusal)

    def _refusal(self, session: Connection) -> tuple[str, str] | None:
        """Why there is no place for this instance; None where it has taken one."""
        session.execute(text("SELECT pg_advisory_unlock_all()"))
        if self._instances == 1:
            if _try(session, func.pg_try_advisory_lock, _ALONE):
                return None
            return _TAKEN
        if not _try(session, func.pg_try_advisory_lock_shared, _ALONE):
            return (
                "Another intake service is at work on this ledger, and its settings allow for one only.",
                "Set [service] instances to the same number everywhere.",
            )
        digest = int.from_bytes(hashlib.sha256(self._worker.encode()).digest()[:4], "big", signed=True)
        if not _try(session, func.pg_try_advisory_lock, _NAMES, digest):
            return (
                f"Another intake service is at work on this ledger under the same name, {self._worker}.",
                "Give each machine a host name of its own, or each service on a machine its own data folder.",
            )
        for place in range(self._instances):
            if _try(session, func.pg_try_advisory_lock, _PLACES, place):
                return None
        return (
            f"{self._instances} intake services are at work on this ledger, as many as the settings allow for.",
            "Stop one of them, or raise [service] instances everywhere.",
        )

    def _drop_session(self) -> None:
        if self._session is not None:
            self._session.invalidate()  # a session with locks must not go back to the pool
            self._session.close()
            self._session = None

    def _lock_file(self) -> None:
        """A file beside the ledger's own: to open and close that one would drop SQLite's locks on it."""
        ledger = Path(self._database.engine.url.database or "").resolve()  # one ledger, by whatever name
        hint = "Check the folder's owner and permissions."
        self._descriptor = lock_file(Path(f"{ledger}.lock"), "ledger", hint, _TAKEN)


_TAKEN = ("Another intake service is at work on this ledger.", "Stop it first, or leave the work to it.")


def _try(session: Connection, lock: Callable[..., ColumnElement[bool]], *numbers: int) -> bool:
    return bool(session.execute(select(lock(*numbers))).scalar())
