"""The outbox's work: claim a mail, hand it to the relay, settle what became of it.

Three commits a mail: the claim (with the attempt), *data-started* just before DATA, and the outcome. A crash between
the last two leaves the mail *uncertain*: it may have been accepted, so it is never sent again by itself.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from intake.delivery import Carrier, Delivery
from intake.delivery.retry import Schedule, next_attempt
from intake.errors import IntakeError, RelayError
from intake.ledger import Delivery as Settled
from intake.ledger import Ledger, MailClaim, RecipientResult
from intake.ledger.tables import RecipientState
from intake.message_store import MessageStore
from intake.model import OutgoingMail, OutgoingState

log = structlog.get_logger()
T = TypeVar("T")
_BATCH = 1  # one large mail in memory at a time
_RELAY_PAUSE = timedelta(minutes=1)
_PERMANENT = 500  # RFC 5321, 4.2.1: from here on the same command would be refused again


class LeaseLost(IntakeError):
    """Another process took the mail over while this one prepared it: it must not send."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what is due. `on_ledger` runs a call on the ledger's own thread."""

    ledger: Ledger
    store: MessageStore
    relay: Carrier
    schedule: Schedule
    lease: timedelta
    worker: str
    clock: Callable[[], datetime]
    on_ledger: Callable[[Callable[[], T]], Awaitable[T]]
    relay_alarm: str

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

        data_started = False

        async def on_data_start() -> None:
            nonlocal data_started
            if not await self.on_ledger(lambda: self.ledger.outbox.start_data(claim, self.clock(), self.lease)):
                raise LeaseLost("Another process has taken over this email.")
            data_started = True

        try:
            delivery = await self.relay.deliver(mail, on_data_start, claim.envelope_id)
        except LeaseLost:
            log.warning("lease-lost", mail=claim.id)
            return True
        except RelayError as error:
            delivery = Delivery(OutgoingState.DEFERRED, 0, error.message, {}, relay_down=True)
        if delivery.relay_down and not data_started:
            await self.on_ledger(lambda: self.ledger.outbox.give_back(claim, self.clock(), self.clock() + _RELAY_PAUSE))
        else:  # from data-started on, only an outcome says whether it may be sent again
            await self.on_ledger(lambda: self._settle(claim, delivery))
        await self._alarm(on=delivery.relay_down, reason=delivery.text if delivery.relay_down else "")
        return not delivery.relay_down

    def _settle(self, claim: MailClaim, delivery: Delivery) -> None:
        now = self.clock()
        settled = self._settled(claim, delivery, now)
        state = self.ledger.outbox.settle(claim, settled, now)
        log.info("mail-settled", mail=claim.id, kind=str(claim.kind), state=str(state), code=delivery.code)

    def _settled(self, claim: MailClaim, delivery: Delivery, now: datetime) -> Settled:
        """What the ledger is told. The relay takes a mail for all recipients or for none (see `Relay`).

        So those that it never takes are given up one by one, and the mail is offered again for the others.
        """
        jitter = random.random()  # noqa: S311 - spreads retries, protects nothing
        later = next_attempt(self.schedule, claim.attempt, claim.first_attempt_at, now, jitter)
        never = {address for address, (code, _) in delivery.refused.items() if code >= _PERMANENT}
        if later is None:
            never |= set(delivery.refused)
        outcome, again = delivery.state, later if delivery.state is OutgoingState.DEFERRED else None
        if never and never < set(claim.recipients):
            outcome, again = OutgoingState.DEFERRED, now
        return Settled(
            outcome=outcome,
            code=delivery.code or None,
            detail=delivery.text,
            recipients=tuple(_result(address, delivery, never) for address in claim.recipients),
            next_attempt_at=again,
        )

    async def _alarm(self, *, on: bool, reason: str) -> None:
        if await self.on_ledger(lambda: self.ledger.facts.alarm(self.relay_alarm, self.clock(), on=on, reason=reason)):
            log.warning("relay-down" if on else "relay-up", reason=reason)


def _result(address: str, delivery: Delivery, never: Collection[str]) -> RecipientResult:
    code, text = delivery.refused.get(address, (delivery.code, delivery.text))
    state = RecipientState.ACCEPTED if delivery.state is OutgoingState.SENT else RecipientState.PENDING
    if address in never:
        state = RecipientState.REFUSED
    return RecipientResult(address=address, state=state, code=code or None, detail=text)
