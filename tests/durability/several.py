"""Several services on one PostgreSQL at the same time, killed, frozen and cut off at random, and the same reckoning.

Each has a data folder of its own and nothing else: ledger and messages lie in the database. What a life leaves behind
is the others' to take over, while new mail comes in all the time.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path

from msgspec import structs
from sqlalchemy import text

from intake.ledger import Ledger
from intake.model import Outcome
from intake.settings import Settings
from tests.durability.faults import forked
from tests.durability.lives import Lives, Toll, serve
from tests.durability.talks import Talk
from tests.ledger.postgresql import BREAK_SESSIONS, PostgreSQL
from tests.servers.dovecot import Dovecot, MailUser
from tests.servers.smtp_sink import SmtpSink

TAKEOVER = 5.0  # seconds
_FROZEN = 8.0  # seconds: longer than until the others take over
_MIX = (Outcome.COMPLIANT, Outcome.COMPLIANT, Outcome.GAPS, Outcome.IGNORE)
_SETTLED = 90.0  # seconds that the services get at the end, before the reckoning looks at what is left


class Blow(StrEnum):
    """What happens to a service."""

    KILLED = "killed"
    FROZEN = "frozen for longer than others wait"
    CUT_OFF = "every connection to the database broken"


def together(url: str, count: int, folder: Path) -> Callable[[Settings], Settings]:
    """Settings of one of several: a folder of its own, ledger and messages in the database."""

    def change(settings: Settings) -> Settings:
        (box,) = settings.mailboxes
        return structs.replace(
            settings,
            service=structs.replace(settings.service, instances=count),
            timing=structs.replace(settings.timing, takeover_seconds=TAKEOVER, lease_seconds=30.0),
            storage=structs.replace(settings.storage, folder=str(folder), ledger=url, messages="database"),
            mailboxes=(structs.replace(box, sweep_seconds=3.0),),
        )

    return change


class Several:
    """So many services that come and go, over one mailbox, one relay and one database."""

    def __init__(self, folder: Path, user: MailUser, sink: SmtpSink, url: str, seed: int, count: int = 3) -> None:
        self.lives = Lives(folder, user, sink, seed, together(url, count, folder / "data-0"))
        plain = self.lives.settings
        self._settings = [together(url, count, folder / f"data-{number}")(plain) for number in range(count)]
        self._running: dict[int, int] = {}  # number → process
        self._folder = folder
        self._url = url

    @property
    def processes(self) -> dict[int, int]:
        return dict(self._running)

    def start(self, numbers: Sequence[int] = ()) -> None:
        """Start those that are not running, all or these."""
        for number in numbers or range(len(self._settings)):
            if number not in self._running:
                self._running[number] = forked(
                    partial(serve, self._settings[number], once=False), self._folder / "service.log"
                )

    def stop(self) -> None:
        """End all of them in peace."""
        for process in self._running.values():
            os.kill(process, signal.SIGTERM)
        for process in self._running.values():
            os.waitpid(process, 0)
        self._running.clear()

    def kill(self, number: int) -> None:
        process = self._running.pop(number)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
        self.lives.toll.kills += 1

    def ledger(self) -> Ledger:
        return Ledger.open(self._url)

    def blows(self, count: int) -> Toll:
        """New mail, and so many blows, at random; then peace, and the reckoning."""
        dice = self.lives.dice
        self.start()
        for _ in range(count):
            for _ in range(dice.randint(1, 3)):
                self.lives.post(dice.choice(_MIX))
            if dice.random() < 0.5:
                self.lives.begin(dice.choice(list(Talk)))
            self.lives.go_on()
            time.sleep(dice.uniform(0.5, 5.0))
            self._strike(dice.choice((Blow.KILLED, Blow.KILLED, Blow.FROZEN, Blow.CUT_OFF)))
            self._bury()
            self.start()
        self._rest()
        self.stop()
        return self.lives.finish()

    def _strike(self, blow: Blow) -> None:
        number = self.lives.dice.choice(sorted(self._running))
        self.lives.toll.places[blow] += 1
        if blow is Blow.KILLED:
            self.kill(number)
        elif blow is Blow.FROZEN:
            process = self._running[number]
            os.kill(process, signal.SIGSTOP)
            time.sleep(_FROZEN)
            os.kill(process, signal.SIGCONT)
        else:
            with self.ledger() as ledger, ledger.database.engine.connect() as connection:
                connection.execute(text(BREAK_SESSIONS))

    def _bury(self) -> None:
        """Those that ended by themselves, as one does that finds the ledger taken, are started again."""
        for number, process in list(self._running.items()):
            if os.waitpid(process, os.WNOHANG)[0]:
                del self._running[number]

    def _rest(self) -> None:
        deadline = time.monotonic() + _SETTLED
        while time.monotonic() < deadline:
            self.lives.go_on()
            self._bury()
            self.start()
            with self.ledger() as ledger:
                if self.lives.is_done(ledger):
                    return
            time.sleep(0.5)


def main(blows: int, seed: int) -> int:
    """Run it, and say in the last line how it ended."""
    started, folder, server = time.monotonic(), Path(tempfile.mkdtemp(prefix="several-")), PostgreSQL()
    try:
        with Dovecot() as dovecot, SmtpSink() as sink:
            several = Several(folder, dovecot.add_user(), sink, server.new_database(), seed)
            toll = several.blows(blows)
    finally:
        server.stop()
    for blow, count in sorted(toll.places.items()):
        print(f"{blow:<50}{count:>8}")
    for title, found in (("lost", toll.lost), ("doubled", toll.doubled), ("wrong", toll.wrong)):
        for each in found:
            print(f"{title}: {each}")
    print(f"messages posted: {len(several.lives.posted)}, seconds: {time.monotonic() - started:.0f}")
    print(f"blows={blows} lost={len(toll.lost)} doubled={len(toll.doubled)} uncertain={toll.uncertain}")
    if toll.lost or toll.doubled or toll.wrong:
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    chosen = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    sys.exit(main(chosen, int(sys.argv[2]) if len(sys.argv) > 2 else time.time_ns() % 1_000_000))
