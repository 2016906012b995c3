"""The outbox's work: claim a mail, hand it to the relay, settle what became of it.

Three commits a mail: the claim (with the attempt), *data-started* just before DATA, and the outcome. A crash between
the last two leaves the mail *uncertain*: it may have been accepted, so it is never sent again by itself.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from intake.delivery import Delivery, Relay
from intake.errors import IntakeError, RelayError
from intake.ledger import Delivery as Settled
from intake.ledger import Ledger, MailClaim, RecipientResult
from intake.ledger.tables import RecipientState
from intake.message_store import MessageStore
from intake.model import OutgoingMail, OutgoingState
from intake.retry import Schedule, next_attempt

log = structlog.get_logger()
T = TypeVar("T")
_BATCH = 1  # one large mail in memory at a time
_RELAY_PAUSE = timedelta(minutes=1)


class LeaseLost(IntakeError):
    """Another process took the mail over while this one prepared it: it must not send."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what is due. `on_ledger` runs a call on the ledger's own thread."""

    ledger: Ledger
    store: MessageStore
    relay: Relay
    schedule: Schedule
    lease: timedelta
    worker: str
    clock: Callable[[], datetime]
    on_ledger: Callable[[Callable[[], T]], Awaitable[T]]

    async def send_due(self, stopping: Callable[[], bool]) -> int:
        """Send until nothing is due, the relay is down or the service stops; how many were settled."""
        settled = 0
        while not stopping():
            claims = await self.on_ledger(
                lambda: self.ledger.outbox.claim(self.clock(), self.lease, _BATCH, self.worker)
            )
            if not claims:
                break
            for claim in claims:
                if not await self._send(claim):
                    return settled
                settled += 1
        return settled

    async def _send(self, claim: MailClaim) -> bool:
        """Send one claimed mail; False when the relay is down, so that the rest waits without a word each."""
        content = await self.on_ledger(lambda: self.store.read(claim.sha256))
        mail = OutgoingMail(claim.kind, claim.sender, claim.recipients, claim.subject, claim.message_id, content)

        async def on_data_start() -> None:
            if not await self.on_ledger(lambda: self.ledger.outbox.start_data(claim, self.clock(), self.lease)):
                raise LeaseLost("The mail was taken over by another process.")

        try:
            delivery = await self.relay.deliver(mail, on_data_start, claim.envelope_id)
        except LeaseLost:
            log.warning("lease-lost", mail=claim.id)
            return True
        except RelayError as error:
            delivery = Delivery(OutgoingState.DEFERRED, 0, error.message, {}, relay_down=True)
        if delivery.relay_down:
            await self.on_ledger(lambda: self.ledger.outbox.give_back(claim, self.clock(), self.clock() + _RELAY_PAUSE))
            await self._alarm(on=True, reason=delivery.text)
            return False
        await self._alarm(on=False, reason="")
        await self.on_ledger(lambda: self._settle(claim, delivery))
        return True

    def _settle(self, claim: MailClaim, delivery: Delivery) -> None:
        now = self.clock()
        again = None
        if delivery.state is OutgoingState.DEFERRED:
            jitter = random.random()  # noqa: S311 - spreads retries, protects nothing
            again = next_attempt(self.schedule, claim.attempt, claim.first_attempt_at, now, jitter)
        settled = Settled(
            outcome=delivery.state,
            code=delivery.code or None,
            detail=delivery.text,
            recipients=tuple(_result(address, delivery) for address in claim.recipients),
            next_attempt_at=again,
        )
        state = self.ledger.outbox.settle(claim, settled, now)
        log.info("mail-settled", mail=claim.id, kind=str(claim.kind), state=str(state), code=delivery.code)

    async def _alarm(self, *, on: bool, reason: str) -> None:
        if await self.on_ledger(lambda: self.ledger.facts.alarm("relay", self.clock(), on=on, reason=reason)):
            log.warning("relay-down" if on else "relay-up", reason=reason)


def _result(address: str, delivery: Delivery) -> RecipientResult:
    refused = delivery.refused.get(address)
    if refused is not None:
        code, text = refused
        return RecipientResult(address=address, state=RecipientState.REFUSED, code=code, detail=text)
    state = RecipientState.ACCEPTED if delivery.state is OutgoingState.SENT else RecipientState.PENDING
    return RecipientResult(address=address, state=state, code=delivery.code or None, detail=delivery.text)
