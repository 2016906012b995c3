"""What this instance is there for, where several share a ledger: mailboxes to watch, the clock to mind.

An only instance does everything. Several give a sign of life every few seconds; what one held that has given none for
`takeover_seconds` goes to another, and what it had claimed is free again. An instance whose own signs do not reach the
ledger stops by itself before that.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from types import TracebackType

import structlog

from intake.errors import ConfigurationError, StorageError
from intake.ledger import Ledger, Presence, installation_secret
from intake.message_store import MessageStore

log = structlog.get_logger()

CLOCK = "clock"
_MAILBOX = "mailbox:"
_MARK_FACT = "store-mark"
_BEATS = 4  # signs of life within the time after which others take over
_LONGEST_ALARM = 100  # characters of an alarm's name


def of_mailbox(name: str) -> str:
    """The duty to watch a mailbox."""
    return _MAILBOX + name


class Duties:
    """A context manager: at work on the ledger, in one of its places. Entering raises UsageError where there is none.

    `lasts` is after how long without a sign of life others take over. Blocking: call it on a thread.
    """

    def __init__(
        self,
        ledger: Ledger,
        store: MessageStore,
        worker: str,
        *,
        mailboxes: Collection[str],
        instances: int,
        lasts: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._store = store
        self._worker = worker
        self._wanted = {CLOCK, *(of_mailbox(name) for name in mailboxes)}
        self.several = instances > 1
        self._lasts = lasts
        self._clock = clock
        self._presence = Presence(ledger.database, worker, instances)
        self._held: frozenset[str] = frozenset()
        self._until = 0.0
        self._at_work = threading.Lock()  # a sign of life may be under way on its thread when the service ends
        self._left = False

    def __enter__(self) -> None:
        self._left = False
        self._presence.__enter__()
        try:
            if self.several:
                self._demand_one_store()
            self.renew()
        except BaseException:
            self._presence.__exit__(None, None, None)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._at_work:
            self._left = True
            try:
                if self.several:
                    self._ledger.leases.leave(self._worker)
            except StorageError:
                log.warning("leases-kept")  # they end by themselves
            finally:
                self._held = frozenset()
                self._presence.__exit__(kind, error, trace)

    @property
    def beat(self) -> float:
        """Seconds from one sign of life to the next."""
        return self._lasts.total_seconds() / _BEATS

    def holds(self, duty: str) -> bool:
        """Whether this instance does it now."""
        return not self.several or (duty in self._held and time.monotonic() < self._until)

    def alarm(self, name: str) -> str:
        """The name of an alarm about what every instance does for itself: each has its own."""
        return f"{name}@{self._worker}"[:_LONGEST_ALARM] if self.several else name

    def renew(self) -> None:
        """Give a sign of life, take what is free, and let go on what another left.

        Raises UsageError where the ledger is somebody else's by now, StorageError where it does not answer.
        """
        with self._at_work:
            if self._left:
                return
            self._presence.renew()
            if self.several:
                self._renew_leases()

    def _renew_leases(self) -> None:
        asked = time.monotonic()
        held = self._ledger.leases.renew(self._worker, self._wanted, self._lasts)
        if held != self._held:
            log.info("duties", held=sorted(held))
        self._held, self._until = frozenset(held), asked + self._lasts.total_seconds()
        for worker in self._ledger.leases.lapsed():
            self._take_over(worker)

    def _take_over(self, worker: str) -> None:
        """What a lapsed instance had in hand is free again; every step may be done twice."""
        now = self._clock()
        self._ledger.claims.free(worker, now)
        self._ledger.outbox.recover(now, worker)
        for name in self._ledger.facts.alarms():
            if name.endswith(f"@{worker}"[:_LONGEST_ALARM]):
                self._ledger.facts.alarm(name, now, on=False)
        self._ledger.leases.bury(worker)
        log.warning("instance-lapsed", worker=worker)

    def _demand_one_store(self) -> None:
        """A folder that is not mounted looks like an empty store: each instance must find the mark of the first."""
        secret = installation_secret(self._ledger.database)
        mark = f"The message store of installation {hashlib.sha256(secret).hexdigest()}.\n".encode()
        if self._ledger.facts.get(_MARK_FACT) is None:
            self._store.put_bytes(mark)
            self._ledger.facts.set(_MARK_FACT, "kept", self._clock())
        elif hashlib.sha256(mark).hexdigest() not in self._store:
            raise ConfigurationError(
                "The message store here is not the one that the other services on this ledger use.",
                "Is the shared folder mounted? Whoever moves a store copies all of it.",
            )
