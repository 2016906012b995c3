"""The virus scanner is back: what it could not check when it came is judged again, without a person.

The message itself is shown to the scanner first, so that one which still cannot be scanned is left as it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from intake.errors import Conflict, NotFound
from intake.judging.doubts import DOUBTS, Closing
from intake.ledger import SERVICE, Act, DoubtRow, Ledger
from intake.message_store import MessageStore
from intake.sandbox.scanner import Scanner, ScanState

log = structlog.get_logger()

_CODES = tuple(each.code for each in DOUBTS if each.closes is Closing.SCANNER_BACK)
_NOT_AGAIN_WITHIN = timedelta(hours=1)
_MOST_AT_ONCE = 5


class Rescanning:
    """Takes up again what waits for the scanner alone to answer. Blocking: call it on a thread."""

    def __init__(self, ledger: Ledger, store: MessageStore, scanner: Scanner | None) -> None:
        self._ledger = ledger
        self._store = store
        self._scanner = scanner
        self._tried: dict[int, datetime] = {}  # by message

    def look(self, now: datetime) -> int:
        """Have judged again what the scanner can check by now; how many messages."""
        if self._scanner is None:
            return 0
        waiting = [row for row in self._ledger.queries.open_doubts(_CODES) if self._is_due(row, now)]
        if not waiting or self._scanner.problem():
            return 0
        return sum(self._try(self._scanner, row, now) for row in waiting[:_MOST_AT_ONCE])

    def _is_due(self, row: DoubtRow, now: datetime) -> bool:
        tried = self._tried.get(row.message) if row.message is not None else now
        return tried is None or now - tried >= _NOT_AGAIN_WITHIN

    def _try(self, scanner: Scanner, row: DoubtRow, now: datetime) -> bool:
        if row.message is None:
            return False
        self._tried[row.message] = now
        sha256 = self._ledger.queries.message(row.message).message.sha256
        try:
            if sha256 is None or scanner.scan(self._store.read(sha256)).state is ScanState.UNAVAILABLE:
                return False
            act = Act(by=SERVICE, reason="the virus scanner answers again", at=now)
            self._ledger.actions.judge_again(row.message, act)
        except (Conflict, NotFound):  # somebody was faster, or its bytes are no longer kept
            return False
        log.info("judged-again", message=row.message)
        return True
