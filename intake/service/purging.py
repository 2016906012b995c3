"""Retention: the bytes of what ended long ago are deleted, once a day; what the ledger knows of them stays."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import structlog

from intake.ledger import Ledger, Overdue
from intake.message_store import MessageStore

log = structlog.get_logger()

_EVERY = timedelta(days=1)
_ACTOR = "retention"


class Purging:
    """Deletes what its time is over for; `days` 0 keeps everything."""

    def __init__(self, ledger: Ledger, store: MessageStore, days: int) -> None:
        self._ledger = ledger
        self._store = store
        self._days = days
        self._latest: datetime | None = None

    def run_daily(self, now: datetime) -> None:
        """Purge, unless this process did so within a day."""
        if self._latest is not None and now - self._latest < _EVERY:
            return
        self._latest = now
        overdue = self.purge(now)
        if overdue.sha256:
            log.info("purged", files=len(overdue.sha256), submissions=len(overdue.submissions))

    def overdue(self, now: datetime) -> Overdue:
        """What would be deleted now."""
        if not self._days:
            return Overdue(sha256=(), submissions=(), messages=0)
        return self._ledger.retention.overdue(now - timedelta(days=self._days))

    def purge(self, now: datetime) -> Overdue:
        """Delete what is overdue; what that was."""
        overdue = self.overdue(now)
        self.delete(overdue.sha256, now, _ACTOR)
        return overdue

    def delete(self, names: Collection[str], now: datetime, actor: str) -> None:
        """Delete these files. The ledger is told first, so that no absence is ever unexplained."""
        if names:
            self._ledger.retention.note_deleted(names, now, actor)
        for name in names:
            self._store.delete(name)
