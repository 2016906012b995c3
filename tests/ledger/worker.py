"""A process that works a ledger as the service does, and dies where it is told to.

Each step of the work is numbered from 1; at number `die_at` the process kills itself (0: never). Delivering a mail is
a line in `log`. Real time, short leases.
"""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path

from intake.ledger import Delivery, Headers, Joining, Judgement, Ledger
from intake.model import MailKind, MessageState, Outcome, OutgoingState, SubmissionState
from tests.ledger.cases import SENDER, a_mail, a_verdict

LEASE = timedelta(seconds=30)


class Worker:
    def __init__(self, ledger: Ledger, name: str, log: Path, die_at: int) -> None:
        self._ledger, self._name, self._log, self._die_at = ledger, name, log, die_at
        self._steps = 0

    def run(self) -> None:
        now = datetime.now(UTC)
        self._ledger.claims.free(self._name, now)
        self._ledger.outbox.recover(now, self._name)
        while self._judge():
            pass
        for filing in self._ledger.filings.due(datetime.now(UTC), 1000):
            self._ledger.filings.done(filing.id, datetime.now(UTC))
            self._step()
        while self._deliver():
            pass

    def _judge(self) -> bool:
        claim = self._ledger.claims.claim(datetime.now(UTC), LEASE, self._name)
        if claim is None:
            return False
        self._step()
        reference = self._ledger.claims.reserve_reference(claim, datetime.now(UTC))
        self._step()
        judgement = Judgement(
            verdict=replace(a_verdict(Outcome.COMPLIANT)),
            outcome=Outcome.COMPLIANT,
            reasons=(),
            state=MessageState.PROCESSED,
            headers=Headers(sender=SENDER),
            submission=Joining(reference=reference, state=SubmissionState.OPEN, joined_by="new"),
            filing="Processed",
            mails=(a_mail(MailKind.FORWARD, reference),),
        )
        self._ledger.judgements.commit(claim, judgement, datetime.now(UTC))
        self._step()
        return True

    def _deliver(self) -> bool:
        claims = self._ledger.outbox.claim(datetime.now(UTC), LEASE, 1, self._name)
        if not claims:
            return False
        (claim,) = claims
        self._step()
        if self._ledger.outbox.start_data(claim, datetime.now(UTC), LEASE):
            self._step()
            with self._log.open("a") as log:
                log.write(f"{claim.message_id}\n")
            self._step()
            self._ledger.outbox.settle(claim, Delivery(outcome=OutgoingState.SENT), datetime.now(UTC))
            self._step()
        return True

    def _step(self) -> None:
        time.sleep(0.003)  # the work between two steps; without it one process would hardly let the other in
        self._steps += 1
        if self._steps == self._die_at:
            os.kill(os.getpid(), signal.SIGKILL)


def work(url: str, name: str, log: Path, die_at: int, ready: Event, go: Event) -> None:
    """The whole life of such a process: it says when it is ready, and starts at a word."""
    with Ledger.open(url) as opened:
        ready.set()
        go.wait()
        Worker(opened, name, log, die_at).run()
