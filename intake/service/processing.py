"""Judging what has arrived, one message after another; a message that breaks the program steps aside in the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from intake.errors import StorageError
from intake.ledger import Committed, Ledger, Shares
from intake.pipeline import Pipeline

log = structlog.get_logger()

_TOO_LARGE = "it is larger than the largest message that is opened"
_RETRY_AFTER = timedelta(minutes=2)
_LONG = timedelta(seconds=30)  # after which the loop looks round, whatever is still there


@dataclass(frozen=True, slots=True)
class Processing:
    """Claims arrived messages and puts them through the pipeline."""

    ledger: Ledger
    pipeline: Pipeline
    lease: timedelta
    worker: str
    clock: Callable[[], datetime]
    largest: int  # bytes; a larger message is kept for a person, unopened
    shares: Shares

    def process_some(self, most: int) -> int:
        """Process up to so many messages, no further than one that others have to act on, and not for long.

        How many; 0 when none waits.
        """
        started = self.clock()
        for done in range(most):
            went = self.process_next()
            if went is None:
                return done
            if went.reference is not None or not went.done or self.clock() - started > _LONG:
                return done + 1
        return most

    def process_next(self) -> Committed | None:
        """Process one message; None when none waits. A failure is a strike; the third sets the message aside."""
        claim = self.ledger.claims.claim(self.clock(), self.lease, self.worker, self.shares)
        if claim is None:
            return None
        started = self.clock()
        if claim.size > self.largest:
            self.ledger.claims.set_aside(claim, _TOO_LARGE, started)
            log.warning("message-too-large", message=claim.id, size=claim.size)
            return Committed(done=False)
        try:
            committed = self.pipeline.process(claim, started)
        except StorageError:
            # The disk or the database, not the message: no strike, and the loop's own alarm tells staff.
            self.ledger.claims.give_back(claim, self.clock(), self.clock() + _RETRY_AFTER)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, the message steps aside and the loop goes on
            reason = f"the program failed on it ({type(error).__name__})"
            set_aside = self.ledger.claims.fail(claim, reason, self.clock(), self.clock() + _RETRY_AFTER)
            log.error(
                "message-failed",
                message=claim.id,
                error=type(error).__name__,
                strikes=claim.strikes,
                set_aside=set_aside,
            )
            return Committed(done=False)
        log.info(
            "message-judged",
            message=claim.id,
            submission=committed.reference,
            queued=len(committed.queued),
            held=len(committed.held),
            seconds=round((self.clock() - started).total_seconds(), 2),
        )
        return committed
