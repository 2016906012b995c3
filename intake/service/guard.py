"""The guard: each minute a look at everything that is watched, and now and then a word with the relay."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from intake.cases.answering import RELAY_LIMIT_FACT, Correspondent
from intake.delivery import Carrier
from intake.delivery.session import RelayFacts
from intake.errors import ConfigurationError, RelayError
from intake.ledger import Ledger
from intake.service.canary import Canary
from intake.service.purging import Purging
from intake.service.reminders import Reminders
from intake.service.rescanning import Rescanning
from intake.service.watch import CERTIFICATE_FACT, Watch

log = structlog.get_logger()

_RELAY = "relay"


@dataclass(frozen=True, slots=True)
class Guard:
    """What watches over the service."""

    ledger: Ledger
    watch: Watch
    reminders: Reminders
    canary: Canary
    purging: Purging
    rescanning: Rescanning
    relay: Carrier
    correspondent: Correspondent
    relay_alarm: str

    def look(self, now: datetime, *, minds_clock: bool = True) -> None:
        """Alarms, reminders, the canary, retention, what waits for the scanner. Blocking.

        Of several instances the one that minds the clock does so for all; the others look at their own machine.
        """
        for sign in self.watch.look(now, everything=minds_clock):
            log.warning("alarm-on", alarm=sign.name)
        if not minds_clock:
            return
        self.reminders.owe_due(now)
        self.canary.look(now)
        self.purging.run_daily(now)
        self.rescanning.look(now)

    def note_certificate(self, server: str, ends: datetime | None, now: datetime) -> None:
        """Remember when a server's certificate ends."""
        known = self.ledger.facts.get(CERTIFICATE_FACT + server)
        if ends is not None and (known is None or known.value != ends.isoformat()):
            self.ledger.facts.set(CERTIFICATE_FACT + server, ends.isoformat(), now)

    async def probe(
        self, now: Callable[[], datetime], on_ledger: Callable[[Callable[[], None]], Awaitable[None]]
    ) -> None:
        """Ask the relay what it takes: a forward that is too large for it is then held at once, not refused later."""
        try:
            facts = await self.relay.probe()
        except (RelayError, ConfigurationError) as error:
            reason = f"{error.message} {error.hint}".strip()
            await on_ledger(lambda: self._alarm(now(), reason))
            return
        self.correspondent.limit_to(facts.size_limit)
        await on_ledger(lambda: self._note(facts, now()))

    def _note(self, facts: RelayFacts, now: datetime) -> None:
        self._alarm(now, "")
        self.note_certificate(_RELAY, facts.certificate_expires, now)
        known = self.ledger.facts.get(RELAY_LIMIT_FACT)
        if known is None or known.value != facts.size_limit:
            self.ledger.facts.set(RELAY_LIMIT_FACT, facts.size_limit, now)

    def _alarm(self, now: datetime, reason: str) -> None:
        """The same alarm as of a delivery that finds the relay down: staff hear of it once."""
        self.ledger.facts.alarm(self.relay_alarm, now, on=bool(reason), reason=reason)
