"""The service notices when it goes deaf, and says so once; and once more when it hears again."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs

from intake.credentials import Credentials
from intake.ledger import Ledger, NewArrival, NoticeRow
from intake.mailbox import IdleWatcher
from intake.model import MailKind, OutgoingState
from intake.sandbox.sandbox import Sandbox
from intake.service import service as service_module
from intake.service.canary import RETURNED_FACT, SENT_FACT
from intake.service.reminders import Reminders
from intake.service.service import Service, Threads
from intake.service.watch import Watch
from intake.settings import Settings
from intake.wiring.service import build_crew, build_shares
from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import Fault, FaultProxy
from tests.servers.relay import Relay
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import COMMISSIONER, SERVICE, STAFF, World, enquiry, submission


def now() -> datetime:
    return datetime.now(UTC)


def later(**amount: float) -> datetime:
    return now() + timedelta(**amount)


def signs(settings: Settings, ledger: Ledger, *moments: datetime, watch: Watch | None = None) -> list[set[str]]:
    """The names of what is wrong at each of these moments."""
    watch = watch or Watch(settings, ledger, Credentials(settings), None, build_shares(settings), own=str)
    return [{sign.name for sign in watch.look(moment)} for moment in moments]


def notices(ledger: Ledger, at: datetime) -> list[NoticeRow]:
    return [row for row in ledger.notices.due(at) if row.kind in {"alarm", "recovered"}]


@contextmanager
def a_service(world: World, settings: Settings) -> Iterator[Service]:
    with world.office() as office:
        threads = Threads()
        try:
            yield Service(build_crew(settings, office, threads, Credentials(settings)), threads, 5)
        finally:
            threads.close()


async def until(condition: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        await asyncio.sleep(0.05)


def told(sink: SmtpSink, words: str) -> int:
    return sum(STAFF in mail.recipients and words.encode() in mail.raw for mail in sink.messages())


# --- deaf, for real ------------------------------------------------------------------------------------------


async def hears_of_it_once(
    world: World, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[], None], mend: Callable[[], None]
) -> None:
    """A running service, its mailbox spoilt and mended: one alarm and one all-clear, by mail."""
    for name in ("_ATTEND_EVERY", "_SEND_EVERY", "_LOOK_EVERY"):
        monkeypatch.setattr(service_module, name, timedelta(seconds=0.3))
    settings, sink = world.settings, world.relay
    box = structs.replace(settings.mailboxes[0], sweep_seconds=0.5, timeout_seconds=1, idle_seconds=1)
    settings = structs.replace(settings, mailboxes=(box,))
    with a_service(world, settings) as service:
        running = asyncio.create_task(service.run())
        try:
            with world.ledger() as ledger:
                await until(lambda: ledger.facts.get("swept:main") is not None)
                spoil()
                await until(lambda: told(sink, "Alarm") == 1)
                await asyncio.sleep(1.5)  # two more sweeps fail
                mend()
                await until(lambda: told(sink, "All is well again") == 1)
        finally:
            mend()
            service.stop()
            await running
    assert told(sink, "Alarm") == 1


async def test_a_frozen_server_is_told_of_once_and_its_return_once(
    tmp_path: Path, own_dovecot: Dovecot, smtp_sink: SmtpSink, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path, own_dovecot.add_user(), smtp_sink, sandbox)
    await hears_of_it_once(world, monkeypatch, own_dovecot.pause, own_dovecot.resume)


async def test_a_line_that_is_open_at_our_end_only_is_told_of(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with FaultProxy(world.user.imap_port) as proxy:
        world.changes["imap_port"] = proxy.port
        await hears_of_it_once(world, monkeypatch, lambda: proxy.spoil(Fault(hang=True)), proxy.heal)


async def test_a_login_that_is_no_longer_let_in_is_told_of(
    tmp_path: Path, own_dovecot: Dovecot, smtp_sink: SmtpSink, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(tmp_path, own_dovecot.add_user(), smtp_sink, sandbox)

    def end() -> None:
        (tmp_path / "password").write_text("ended", encoding="utf-8")
        own_dovecot.kill_connections()

    def renew() -> None:
        (tmp_path / "password").write_text(world.user.password, encoding="utf-8")

    await hears_of_it_once(world, monkeypatch, end, renew)


# --- each sign, on a clock of its own ----------------------------------------------------------------------


def test_a_mailbox_that_nobody_looks_at_is_an_alarm_once_and_its_end_once(world: World) -> None:
    world.start()
    with world.ledger() as ledger:
        watch = Watch(world.settings, ledger, Credentials(world.settings), None, build_shares(world.settings), own=str)
        start = now()
        seen = signs(world.settings, ledger, start, later(minutes=9), later(minutes=11), later(minutes=12), watch=watch)
        assert ["sweeps:main" in one for one in seen] == [False, False, True, True]
        ledger.facts.set("swept:main", "now", later(minutes=13))
        assert signs(world.settings, ledger, later(minutes=14), watch=watch) == [set()]
        assert [row.kind for row in notices(ledger, later(hours=1))] == ["alarm", "recovered"]


def test_a_failed_sweep_is_not_told_of_twice(world: World) -> None:
    world.start()
    with world.ledger() as ledger:
        ledger.facts.alarm("mailbox:main", now(), on=True, reason="it is away")
        assert signs(world.settings, ledger, now(), later(hours=1)) == [set(), set()]


def test_an_idle_that_hangs_is_an_alarm(world: World) -> None:
    world.start()
    with world.ledger() as ledger:
        watcher = IdleWatcher(world.settings.mailboxes[0], Credentials(world.settings), "INBOX", lambda: None)
        watch = Watch(world.settings, ledger, Credentials(world.settings), None, build_shares(world.settings), own=str)
        watch.listening = lambda: [watcher]
        watcher.last_heard, watcher.problem = now(), ""
        ledger.facts.set("swept:main", "now", later(minutes=11))
        seen = signs(world.settings, ledger, now(), later(minutes=9), later(minutes=11), watch=watch)
        assert seen == [set(), set(), {"idle:main"}]
        watcher.last_heard = later(minutes=12)
        ledger.facts.set("swept:main", "now", later(minutes=12))
        assert signs(world.settings, ledger, later(minutes=13), watch=watch) == [set()]
        watcher.stop()


def test_ends_of_secrets_and_certificates_are_told_in_time(world: World) -> None:
    world.start()
    day = (now() + timedelta(days=20)).date().isoformat()
    settings = structs.replace(world.settings, oauth=structs.replace(world.settings.oauth, secret_expires=day))
    with world.ledger() as ledger:
        ledger.facts.set("certificate:main", later(days=20).isoformat(), now())
        ledger.facts.set("certificate:relay", later(days=40).isoformat(), now())
        assert signs(settings, ledger, now()) == [{"secrets", "certificate:main"}]


def test_a_disk_that_is_nearly_full_is_an_alarm(world: World) -> None:
    world.start()
    alarms = structs.replace(world.settings.alarms, disk_free_mb=10**9)
    with world.ledger() as ledger:
        assert signs(structs.replace(world.settings, alarms=alarms), ledger, now()) == [{"disk"}]


def test_a_clock_that_is_behind_the_servers_is_an_alarm(world: World) -> None:
    world.start()
    for number in range(3):
        world.post(b"From: a@b.gov.example\r\nSubject: %d\r\n\r\nhello\r\n" % number, internaldate=later(minutes=30))
    world.run()
    with world.ledger() as ledger:
        assert signs(world.settings, ledger, now()) == [{"clock"}]


@pytest.mark.parametrize(("minutes_apart", "told"), [(2, True), (0, False)])
def test_a_clock_that_is_ahead_of_the_servers_is_an_alarm(world: World, minutes_apart: int, *, told: bool) -> None:
    """Where one sweep brings everything late, an outage may have kept it back."""
    world.start()
    with world.ledger() as ledger:
        position = ledger.arrivals.position("main", "INBOX")
        assert position is not None
        for number in range(4):
            seen = later(minutes=minutes_apart * number)
            arrival = NewArrival(
                position=position,
                uid=100 + number,
                sha256=f"{number:064d}",
                size=1,
                message_id=None,
                internal_date=seen - timedelta(minutes=30),
            )
            ledger.arrivals.record(arrival, seen)
        (found,) = signs(world.settings, ledger, now())
    assert ("clock" in found) is told


def test_mail_that_waits_too_long_is_an_alarm(world: World) -> None:
    world.start()
    world.relay.halt()
    world.post(submission())
    world.run()
    with world.ledger() as ledger:
        first, second = signs(world.settings, ledger, now(), later(hours=5))
    assert "queue" not in first
    assert "queue" in second


def test_a_message_that_was_seen_and_never_recorded_is_an_alarm(world: World) -> None:
    world.start()
    with world.ledger() as ledger:
        position = ledger.arrivals.position("main", "INBOX")
        assert position is not None
        ledger.arrivals.note_listed(position, [999], 1000, now())
        first, second = signs(world.settings, ledger, now(), later(hours=2))
    assert first == set()
    assert "balance:main/INBOX" in second


# --- the relay's limit, the canary, reminders, the watchdog --------------------------------------------------


def test_a_forward_larger_than_the_relay_takes_is_held_and_staff_are_told_at_once(world: World) -> None:
    with Relay(size_limit=20_000, starttls=False, login=False) as small:
        world.changes["smtp_port"] = small.port
        world.start()
        world.post(submission())
        world.run(2)
        received = list(small.received)
    assert world.states_of(MailKind.FORWARD) == [OutgoingState.HELD]
    assert not any(COMMISSIONER in mail.recipients for mail in received)
    assert any(b"too large for the mail server" in mail.raw for mail in received if STAFF in mail.recipients)


def test_a_canary_is_known_when_it_comes_back_and_filed_unanswered(world: World) -> None:
    world.changes["limits"] = "[canary]\nenabled = true"
    world.start()
    (canary,) = world.sent(SERVICE)
    world.post(canary.raw)
    world.run(2)
    with world.ledger() as ledger:
        sent, returned = ledger.facts.get(SENT_FACT), ledger.facts.get(RETURNED_FACT)
        assert sent is not None
        assert returned is not None
        assert sent.value == returned.value
        assert ledger.facts.alarms() == {}
        assert ledger.queries.submissions().total == 0
    (message,) = world.messages()
    assert (message.kind, message.reference) == ("own-mail", None)
    assert world.where(canary.raw) == ["Intake/Canary"]
    assert len(world.sent()) == 1


def test_a_canary_that_does_not_come_back_is_an_alarm(world: World) -> None:
    world.changes["limits"] = "[canary]\nenabled = true"
    world.start()
    with a_service(world, world.settings) as service, world.ledger() as ledger:
        service._crew.guard.canary.look(later(minutes=14))
        assert ledger.facts.alarms() == {}
        service._crew.guard.canary.look(later(minutes=16))
        service._crew.guard.canary.look(later(minutes=17))
        assert set(ledger.facts.alarms()) == {"canary"}
        assert [row.kind for row in notices(ledger, later(hours=1))] == ["alarm"]


def test_a_review_is_reminded_of_once(world: World) -> None:
    world.start()
    world.post(submission(), internaldate=now() - timedelta(days=9))
    world.run()
    with world.ledger() as ledger:
        assert Reminders(ledger, 1, 0, "Europe/London").owe_due(later(hours=2)) == 0
        reminders = Reminders(ledger, 1, 0, "Europe/London")
        assert [reminders.owe_due(later(days=5)), reminders.owe_due(later(days=6))] == [1, 0]
        assert Reminders(ledger, 1, 0, "Europe/London").owe_due(later(days=7)) == 0
        assert Reminders(ledger, 0, 0, "Europe/London").owe_due(later(days=7)) == 0
        assert [row.kind for row in ledger.notices.due(later(days=7))] == ["reminder"]


def test_a_long_backlog_is_not_taken_for_work_that_is_stuck(world: World) -> None:
    world.start()
    world.post(enquiry())
    with a_service(world, world.settings) as service:
        service._process.running_since = time.monotonic() - 3600  # it has been judging for an hour
        assert service.stuck(time.monotonic()) == ["judging"]

        async def judge_it() -> None:
            await service._sweep(service._crew.mailrooms[0])
            await service._judge_all()
            service._crew.mailrooms[0].close()

        asyncio.run(judge_it())
        assert service.stuck(time.monotonic()) == []


async def test_the_watchdog_is_fed_only_while_everything_moves(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        with a_service(world, world.settings) as service:
            await service._feed_watchdog()
            assert listener.recv(100) == b"WATCHDOG=1"
            service._process.running_since = time.monotonic() - 3600
            assert service.stuck(time.monotonic()) == ["judging"]
            await service._feed_watchdog()
            with pytest.raises(BlockingIOError):
                listener.recv(100)
            service._process.running_since = None
            service._send.last_finished = time.monotonic() - 3600  # its turn came many times, and it was not begun
            assert service.stuck(time.monotonic()) == ["outbox"]
        assert service._notifier is not None
        service._notifier.socket.close()
