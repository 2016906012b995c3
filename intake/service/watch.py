"""Watching over the service itself: that it hears, sends, has room and is accounted for; and telling staff if not.

Every sign is looked at each minute and turned into an alarm of the ledger, which owes staff one notice when it goes
on and one when it goes off. The same facts answer the web log's /health.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from intake.credentials import Credentials
from intake.errors import ConfigurationError
from intake.ledger import SWEPT_FACT, WATCHED_FACT, Ledger, Shares
from intake.mailbox import IdleWatcher
from intake.message_store import free_bytes
from intake.model import OutgoingState
from intake.sandbox.scanner import Scanner
from intake.settings import Settings

CERTIFICATE_FACT = "certificate:"
_MEGABYTE = 1_000_000
_RESTART = timedelta(minutes=3)
_GRACE = timedelta(seconds=10)
_LATEST = 10
_FEW = 3


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that is watched; `reason` says what is wrong, "" when nothing is."""

    name: str
    reason: str = ""


class Watch:
    """Looks at every sign. Blocking: call it on a thread."""

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        credentials: Credentials,
        scanner: Scanner | None,
        shares: Shares,
        *,
        own: Callable[[str], str],
    ) -> None:
        self._settings = settings
        self._alarms = settings.alarms
        self._ledger = ledger
        self._credentials = credentials
        self._scanner = scanner
        self._shares = shares
        self._own = own  # the name of an alarm about this machine alone
        self._short_since: datetime | None = None
        self._started: datetime | None = None
        self.listening: Callable[[], Sequence[IdleWatcher]] = tuple

    def look(self, now: datetime, *, everything: bool = True) -> list[Sign]:
        """Look at everything, or at this machine alone, and tell what changed; the signs that something is wrong."""
        self._started = self._started or now
        signs = [*self._idle(now), *self._disk(), *self._virus_scanner()]
        if everything:
            signs += [
                *self._sweeps(now),
                *self._ends(now),
                *self._clock(),
                *self._queue(now),
                *self._turns(now),
                *self._balance(now),
                *self._instances(now),
            ]
        if self._alarms.enabled:
            for sign in signs:
                self._ledger.facts.alarm(sign.name, now, on=bool(sign.reason), reason=sign.reason)
        self._ledger.facts.set(WATCHED_FACT, now.isoformat(), now)
        return [sign for sign in signs if sign.reason]

    def _sweeps(self, now: datetime) -> Iterator[Sign]:
        """A sweep that hangs never fails, so only its absence tells."""
        for box in self._settings.mailboxes:
            if self._told_already(box.name, "sweeps"):
                continue
            fact = self._ledger.facts.get(SWEPT_FACT + box.name)
            latest = max(fact.updated_at, self._begun(now)) if fact else self._begun(now)
            allowed = timedelta(seconds=box.sweep_seconds * self._alarms.silent_sweeps) + _GRACE
            silent = now - latest > allowed
            reason = f"Mailbox {box.name} has not been looked at since {latest:%d %b %H:%M} UTC." if silent else ""
            yield Sign(f"sweeps:{box.name}", reason)

    def _idle(self, now: datetime) -> Iterator[Sign]:
        for watcher in self.listening():
            box = watcher.settings
            if self._told_already(box.name, "idle"):
                continue
            heard = max(watcher.last_heard or self._begun(now), self._begun(now))
            # An IDLE is only known to be alive when it is renewed.
            seconds = max(box.sweep_seconds * self._alarms.silent_sweeps, box.idle_seconds + box.timeout_seconds)
            deaf = now - heard > timedelta(seconds=seconds) + _GRACE
            why = watcher.problem or "the server does not answer"
            reason = f"New mail in mailbox {box.name} is not noticed at once ({why}); the sweeps still find it."
            yield Sign(f"idle:{box.name}", reason if deaf else "")

    def _ends(self, now: datetime) -> Iterator[Sign]:
        """Certificates of the servers, and secrets of our own, that end soon."""
        for name, fact in self._ledger.facts.all().items():
            if name.startswith(CERTIFICATE_FACT):
                left = datetime.fromisoformat(fact.value) - now
                soon = left < timedelta(days=self._alarms.certificate_days)
                server = name.removeprefix(CERTIFICATE_FACT)
                yield Sign(name, f"The certificate of {server} ends in {left.days} days." if soon else "")
        try:
            expiries = self._credentials.expiries()
        except ConfigurationError as error:
            yield Sign("secrets", error.message)
            return
        early = timedelta(days=self._alarms.secret_days)
        ending = [f"{one.what} ends in {(one.when - now).days} days." for one in expiries if one.when - now < early]
        yield Sign("secrets", " ".join(ending))

    def _disk(self) -> Iterator[Sign]:
        free = free_bytes(self._settings.storage.data_folder) // _MEGABYTE
        short = free < self._alarms.disk_free_mb
        yield Sign(self._own("disk"), f"Only {free:,} MB are free for messages." if short else "")

    def _clock(self) -> Iterator[Sign]:
        """Mail cannot be fetched before the server took it in, nor is it ever fetched long after by every sweep."""
        latest = self._ledger.queries.messages(per_page=_LATEST).rows
        times = [(row.internal_date, row.arrived_at) for row in latest if row.internal_date]
        early = [(taken_in - fetched).total_seconds() for taken_in, fetched in times]
        behind = median(early) if len(early) >= _FEW else 0.0
        # One sweep may bring what an outage kept back, or what a person moved; several in a row do not.
        sweeps = {fetched.replace(second=0, microsecond=0) for _, fetched in times}
        usual = self._alarms.clock_seconds + max(box.sweep_seconds for box in self._settings.mailboxes)
        ahead = -max(early) if len(sweeps) >= _FEW else 0.0
        reason = ""
        if behind > self._alarms.clock_seconds:
            reason = f"This machine's clock is {behind:.0f} s behind the mail server's."
        elif ahead > usual:
            reason = f"This machine's clock seems to be up to {ahead:.0f} s ahead of the mail server's."
        yield Sign("clock", reason)

    def _queue(self, now: datetime) -> Iterator[Sign]:
        waiting = (OutgoingState.QUEUED, OutgoingState.DEFERRED)
        total = self._ledger.queries.outgoing(states=waiting, per_page=1).total
        rows = self._ledger.queries.outgoing(states=waiting, per_page=500).rows
        # One that is to wait (a settle time, a promise) has not waited yet; one put off has, since its first try.
        since = min((row.first_attempt_at or row.due_at for row in rows), default=now)
        old = now - since > timedelta(hours=self._alarms.queue_hours)
        number = "1 email waits" if total == 1 else f"{total} emails wait"
        reason = f"{number} to be sent, the oldest since {since:%d %b %H:%M} UTC." if old else ""
        yield Sign("queue", reason)

    def _turns(self, now: datetime) -> Iterator[Sign]:
        """Mail that waits because its sender, or everybody together, has kept the program busy for long enough."""
        late = self._ledger.claims.held_up(now, self._shares)
        number = "1 message waits" if late == 1 else f"{late} messages wait"
        reason = f"{number} to be judged: all that its sender, or all senders, may use of an hour is used up."
        yield Sign("turns", reason if late else "")

    def _balance(self, now: datetime) -> Iterator[Sign]:
        for position in self._ledger.arrivals.folders():
            balance = self._ledger.arrivals.balance(position.mailbox, position.folder, now)
            name = f"{position.mailbox}/{position.folder}"
            told = f"{balance.seen} messages were seen in {name} and {balance.accounted} are accounted for, "
            reason = f"{told}{balance.overdue} of them unfinished for too long."
            yield Sign(f"balance:{name}"[:100], "" if balance.balanced else reason)

    def _virus_scanner(self) -> Iterator[Sign]:
        if self._scanner is not None:
            yield Sign(self._own("scanner"), self._scanner.problem())

    def _instances(self, now: datetime) -> Iterator[Sign]:
        """One of several may be away for a restart, and not for long."""
        wanted = self._settings.service.instances
        if wanted == 1:
            return
        alive = len(self._ledger.leases.alive())
        self._short_since = (self._short_since or now) if alive < wanted else None
        since = self._short_since or now
        reason = f"Only {alive} of {wanted} services that share the ledger are at work, since {since:%H:%M} UTC."
        yield Sign("instances", reason if now - since > _RESTART else "")

    def _told_already(self, mailbox: str, sign: str) -> bool:
        """Where a failed sweep has raised its alarm, the same silence seen from elsewhere is no news."""
        known = self._ledger.facts.alarms()
        return f"mailbox:{mailbox}" in known and f"{sign}:{mailbox}" not in known

    def _begun(self, now: datetime) -> datetime:
        """Silence from before this start is no silence of this service."""
        return self._started or now
