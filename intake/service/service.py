"""The service: the loops, the clock (APScheduler), IDLE, signals, and the word to systemd that all of them move.

Blocking work (IMAP, judging, the ledger) runs on threads of its own; the event loop only coordinates. Stopping drains
first: the step in hand is finished, then the clock is stopped (its shutdown would cancel what still runs).
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sdnotify import SystemdNotifier

from intake.delivery import Carrier
from intake.errors import IntakeError, MailboxError, UsageError
from intake.ledger import SWEPT_FACT, Ledger
from intake.mailbox import IdleWatcher
from intake.service.attention import Attention
from intake.service.duties import CLOCK, Duties, of_mailbox
from intake.service.guard import Guard
from intake.service.last_resort import LastResort
from intake.service.mailroom import Mailroom
from intake.service.only_one import OnlyOne
from intake.service.processing import Processing
from intake.service.sending import Sender
from intake.service.work import Work

log = structlog.get_logger()
T = TypeVar("T")

_SEND_EVERY = timedelta(seconds=10)
_PROCESS_EVERY = timedelta(seconds=30)
_PROCESS_OTHERS_EVERY = timedelta(seconds=5)  # what another instance received is not told here
_ATTEND_EVERY = timedelta(seconds=20)
_WATCHDOG_EVERY = timedelta(seconds=10)
_LOOK_EVERY = timedelta(minutes=1)
_PROBE_EVERY = timedelta(hours=1)
_DRAIN_POLL = 0.05
_AT_ONCE = 20  # messages that lead to nothing, before the loop looks round
_STUCK_AFTER = 1800.0  # seconds: longer than the slowest single message may take


def utc_now() -> datetime:
    """The time, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Crew:
    """Who does the work; made by `wiring.service`."""

    ledger: Ledger
    mailrooms: Sequence[Mailroom]
    processing: Processing
    attention: Attention
    sender: Sender
    relay: Carrier
    watchers: Mapping[str, Callable[[Callable[[], None]], IdleWatcher]]  # by mailbox
    only_one: OnlyOne
    duties: Duties
    guard: Guard
    last_resort: LastResort
    clock: Callable[[], datetime] = utc_now


class Service:
    """Runs the crew, once or until it is told to stop."""

    def __init__(self, crew: Crew, threads: Threads, stop_seconds: float, since: datetime | None = None) -> None:
        self._crew = crew
        self._now = crew.clock
        self._threads = threads
        self._stop_seconds = stop_seconds
        self._since = {room.settings.name: since for room in crew.mailrooms}
        self._stopping = asyncio.Event()
        # Without systemd the library would leak a socket.
        self._notifier = SystemdNotifier() if "NOTIFY_SOCKET" in os.environ else None
        self._kicked: set[asyncio.Task[None]] = set()  # kept, so that a running one is not collected
        duties = crew.duties
        self._receive = [
            Work(f"mailbox:{room.settings.name}", partial(self._sweep, room), self._told, partial(self._watches, room))
            for room in crew.mailrooms
        ]
        self._file = Work(duties.alarm("filing"), self._file_all, self._told)
        self._process = Work(duties.alarm("judging"), self._judge_all, self._told)
        self._attend = Work("notices", self._tell_staff, self._told, partial(duties.holds, CLOCK))
        self._send = Work(duties.alarm("outbox"), self._send_all, self._told)
        self._probe = Work(duties.alarm("relay-probe"), self._probe_relay, self._told)
        self._look = Work(duties.alarm("watch"), self._look_around, self._told)
        self._listens = False
        self._watching: dict[str, IdleWatcher] = {}  # by mailbox
        self._ended_by: IntakeError | None = None

    @property
    def works(self) -> list[Work]:
        """All recurring work, for the watchdog and the tests."""
        return [*self._receive, self._process, self._file, self._attend, self._send, self._probe, self._look]

    async def once(self) -> None:
        """One pass: receive, judge, file, tell staff, send what is due."""
        async with self._at_work():
            for work in (self._probe, *self._receive, self._process, self._look, self._attend, self._send, self._file):
                await work.run()
                await self._idle()  # it may have been started by the one before: then the call only added a turn

    async def run(self) -> None:
        """Run until SIGTERM or SIGINT. Raises UsageError when the ledger has become somebody else's meanwhile."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stop)
        self._crew.guard.watch.listening = lambda: tuple(self._watching.values())
        async with self._at_work():
            scheduler = self._start_clock()
            self._listens = True
            await self._follow_duties()
            self._tell_systemd("READY=1")
            log.info("service-started", mailboxes=len(self._receive))
            await self._stopping.wait()
            self._tell_systemd("STOPPING=1")
            await self._drain()
            scheduler.shutdown(wait=False)
        log.info("service-stopped")
        if self._ended_by is not None:
            raise self._ended_by

    @asynccontextmanager
    async def _at_work(self) -> AsyncIterator[None]:
        """The service in its place on folder and ledger, with its signs of life."""
        with self._crew.only_one, self._crew.duties:
            await self._recover()
            self._judge_while_receiving()
            beating = asyncio.create_task(self._beat())
            try:
                yield
            finally:
                beating.cancel()
                for watcher in self._watching.values():
                    await asyncio.to_thread(watcher.stop)
                await self._crew.relay.close()
                for room in self._crew.mailrooms:
                    await self._threads.mail(room, room.close)

    async def _beat(self) -> None:
        """Signs of life for as long as the service works, each on a thread that nothing else keeps busy."""
        while True:
            await asyncio.sleep(self._crew.duties.beat)
            try:
                await asyncio.to_thread(self._crew.duties.renew)
            except UsageError as error:
                log.error("ledger-taken", reason=error.message)
                self._ended_by = error
                self.stop()
                return
            except IntakeError as error:
                log.warning("no-sign-of-life", reason=error.message)
            await self._follow_duties()

    async def _follow_duties(self) -> None:
        """Listen to those mailboxes that are this instance's to watch, and leave the others alone."""
        loop = asyncio.get_running_loop()
        for room, work in zip(self._crew.mailrooms, self._receive, strict=True):
            name = room.settings.name
            if self._watches(room):
                if self._listens and name in self._crew.watchers and name not in self._watching:
                    self._watching[name] = self._crew.watchers[name](partial(self._kick_from_thread, loop, work))
                    self._watching[name].start()
            elif watcher := self._watching.pop(name, None):
                await asyncio.to_thread(watcher.stop)
                await self._threads.mail(room, room.close)

    def _judge_while_receiving(self) -> None:
        """A long backlog is judged from its first message on, not when the last has come."""
        loop = asyncio.get_running_loop()
        for room in self._crew.mailrooms:
            room.on_arrival = partial(self._kick_from_thread, loop, self._process)

    def _watches(self, room: Mailroom) -> bool:
        return self._crew.duties.holds(of_mailbox(room.settings.name))

    def stop(self) -> None:
        """Finish the step in hand and end."""
        self._stopping.set()

    def _start_clock(self) -> AsyncIOScheduler:
        scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        for work, every in self._timetable():
            scheduler.add_job(
                work.run, IntervalTrigger(seconds=every.total_seconds()), id=work.name, next_run_time=utc_now()
            )
        scheduler.add_job(self._feed_watchdog, IntervalTrigger(seconds=_WATCHDOG_EVERY.total_seconds()), id="watchdog")
        scheduler.start()
        return scheduler

    def _timetable(self) -> list[tuple[Work, timedelta]]:
        return [
            *(
                (work, timedelta(seconds=room.settings.sweep_seconds))
                for work, room in zip(self._receive, self._crew.mailrooms, strict=True)
            ),
            (self._process, _PROCESS_OTHERS_EVERY if self._crew.duties.several else _PROCESS_EVERY),
            (self._attend, _ATTEND_EVERY),
            (self._send, _SEND_EVERY),
            (self._probe, _PROBE_EVERY),
            (self._look, _LOOK_EVERY),
        ]

    async def _sweep(self, room: Mailroom) -> None:
        await self._threads.mail(room, partial(room.sweep, self._now(), self._since[room.settings.name]))
        self._since[room.settings.name] = None
        fact = SWEPT_FACT + room.settings.name
        await self._threads.ledger(partial(self._crew.ledger.facts.set, fact, self._now().isoformat(), self._now()))
        ends = await self._threads.mail(room, lambda: room.certificate_expires)
        await self._threads.ledger(partial(self._crew.guard.note_certificate, room.settings.name, ends, self._now()))
        self._kick(self._file)

    async def _judge_all(self) -> None:
        while not self._stopping.is_set() and await self._threads.judge(self._some):
            self._process.moves()
            self._kick(self._send)
            self._kick(self._file)
        self._kick(self._attend)

    def _some(self) -> bool:
        return self._crew.processing.process_some(_AT_ONCE) > 0

    async def _file_all(self) -> None:
        for room in filter(self._watches, self._crew.mailrooms):
            with suppress(MailboxError):  # the sweep finds the same server away, and tells; judging goes on
                await self._threads.mail(room, partial(room.file_due, self._now()))

    async def _tell_staff(self) -> None:
        if await self._threads.ledger(partial(self._crew.attention.tell_due, self._now())):
            self._kick(self._send)

    async def _send_all(self) -> None:
        recovered = await self._threads.ledger(partial(self._crew.ledger.outbox.recover, self._now()))
        if recovered.uncertain:
            self._kick(self._attend)
        await self._crew.sender.send_due(self._stopping.is_set)

    async def _probe_relay(self) -> None:
        await self._crew.guard.probe(self._now, self._threads.ledger)

    async def _look_around(self) -> None:
        """On a thread of its own: what it watches over must not be able to stop it."""
        minds = self._crew.duties.holds(CLOCK)
        await asyncio.to_thread(partial(self._crew.guard.look, self._now(), minds_clock=minds))

    async def _recover(self) -> None:
        """Take back what this worker had in hand when it was stopped dead."""
        worker = self._crew.sender.worker
        await self._threads.ledger(partial(self._crew.ledger.claims.free, worker, self._now()))
        await self._threads.ledger(partial(self._crew.ledger.outbox.recover, self._now(), worker))

    async def _told(self, name: str, reason: str | None) -> None:
        """An alarm for staff when work fails, and its all-clear; the ledger keeps the two apart from repeats."""
        alarm = partial(self._crew.ledger.facts.alarm, name, self._now(), on=reason is not None, reason=reason or "")
        try:
            await self._threads.ledger(alarm)
        except Exception as error:  # noqa: BLE001 - the ledger itself fails: the log has it, and the next run tries again
            with suppress(Exception):  # nor may the last resort end the work
                await self._crew.last_resort.ledger_failed(error)
        else:
            self._crew.last_resort.ledger_answers()

    def _kick(self, work: Work) -> None:
        if not self._stopping.is_set():
            task = asyncio.get_running_loop().create_task(work.run())
            self._kicked.add(task)
            task.add_done_callback(self._kicked.discard)

    def _kick_from_thread(self, loop: asyncio.AbstractEventLoop, work: Work) -> None:
        loop.call_soon_threadsafe(self._kick, work)

    async def _drain(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self._stop_seconds):
                await self._idle()

    async def _idle(self) -> None:
        """Wait until nothing is being done and nothing was asked for."""
        while self._kicked or any(work.running_since is not None for work in self.works):  # noqa: ASYNC110
            await asyncio.sleep(_DRAIN_POLL)

    def _tell_systemd(self, word: str) -> None:
        if self._notifier is not None:
            self._notifier.notify(word)

    async def _feed_watchdog(self) -> None:
        """Only while every loop really moves (sd_notify(3))."""
        stuck = self.stuck(time.monotonic())
        if stuck:
            log.error("work-stuck", works=stuck)
        else:
            self._tell_systemd("WATCHDOG=1")

    def stuck(self, now: float) -> list[str]:
        """Work that has run for too long, or was not even begun when its time had come and gone."""
        found = []
        for work, every in self._timetable():
            if work.running_since is not None:
                late = now - work.running_since > _STUCK_AFTER
            else:
                late = now - work.last_finished > 2 * every.total_seconds() + _STUCK_AFTER
            if late:
                found.append(work.name)
        return found


class Threads:
    """A thread for each mailbox, one for judging, one for the ledger: blocking work never runs on the event loop."""

    def __init__(self) -> None:
        self._mail: dict[int, ThreadPoolExecutor] = {}
        self._judge = ThreadPoolExecutor(1, thread_name_prefix="judge")
        self._ledger = ThreadPoolExecutor(1, thread_name_prefix="ledger")

    async def mail(self, room: Mailroom, call: Callable[[], T]) -> T:
        """Run on the mailbox's thread."""
        pool = self._mail.setdefault(id(room), ThreadPoolExecutor(1, thread_name_prefix="mail"))
        return await asyncio.get_running_loop().run_in_executor(pool, call)

    async def judge(self, call: Callable[[], T]) -> T:
        """Run on the judging thread."""
        return await asyncio.get_running_loop().run_in_executor(self._judge, call)

    async def ledger(self, call: Callable[[], T]) -> T:
        """Run on the ledger's thread."""
        return await asyncio.get_running_loop().run_in_executor(self._ledger, call)

    def close(self) -> None:
        """Let the threads end; what they are in the middle of is finished."""
        for pool in (*self._mail.values(), self._judge, self._ledger):
            pool.shutdown(wait=False, cancel_futures=True)
