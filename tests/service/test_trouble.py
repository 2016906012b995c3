"""Servers that refuse, break off or are away, and a full disk: one alarm, nothing lost, the rest goes on."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from intake.errors import StorageError, UsageError
from intake.mailbox import Mailbox
from intake.message_store import folder as message_store
from intake.model import MailKind, OutgoingState
from intake.service.only_one import OnlyOne
from tests.servers.fault_proxy import Direction, Fault, FaultProxy
from tests.service.world import COMMISSIONER, STAFF, World, enquiry, named, submission

NO_TIME = timedelta(0)


def alarms(world: World) -> set[str]:
    with world.ledger() as ledger:
        return set(ledger.facts.alarms())


def test_a_wrong_password_is_one_alarm_and_mail_still_leaves(world: World) -> None:
    world.start()
    world.post(submission(1, named("Bea")))
    world.relay.start(defer=["MAIL"])
    world.run()
    world.relay.start()
    world.changes["password"] = "wrong"
    world.run(3)
    assert alarms(world) >= {"mailbox:main"}
    assert sum(b"Alarm" in mail.raw for mail in world.sent(STAFF)) == 1
    del world.changes["password"]
    world.post(submission(2, named("Cora")))
    world.run(2)
    assert "mailbox:main" not in alarms(world)
    assert len(world.messages()) == 2


def test_a_missing_folder_keeps_nothing_else_back(world: World) -> None:
    world.changes["folders"] = '["Gone", "INBOX"]'
    world.start()
    world.post(submission())
    world.run(2)
    assert world.states() == ["processed"]
    assert len(world.sent(COMMISSIONER)) == 1
    assert sum(b"Alarm" in mail.raw for mail in world.sent(STAFF)) == 1


def test_a_message_that_search_names_and_fetch_leaves_out_stays_in_hand_and_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.start()
    world.post(submission(1, named("Bea")))
    world.post(submission(2, named("Cora")))
    whole = Mailbox._listed
    with monkeypatch.context() as broken:  # the server answers FETCH for all but the first
        broken.setattr(Mailbox, "_listed", lambda self, uids: whole(self, [uid for uid in uids if uid != min(uids)]))
        world.run(2)
        assert world.states() == ["processed"]
        assert alarms(world) >= {"mailbox:main"}
    world.run(2)
    assert world.states() == ["processed", "processed"]
    assert "mailbox:main" not in alarms(world)
    assert world.balance().balanced


def test_an_unreachable_relay_is_one_alarm_and_no_attempt_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("intake.service.sending._RELAY_PAUSE", NO_TIME)
    world.start()
    for number, name in enumerate(("Bea", "Cora", "Dora"), 1):
        world.post(submission(number, named(name)))
    world.relay.halt()
    world.run(3)
    assert alarms(world) == {"relay"}
    assert world.states_of(MailKind.FORWARD) == [OutgoingState.QUEUED] * 3
    world.relay.start()
    world.run(2)
    assert len(world.sent(COMMISSIONER)) == 3
    assert sum(b"Alarm" in mail.raw for mail in world.sent(STAFF)) == 1
    assert alarms(world) == set()


def test_a_full_disk_is_an_alarm_and_nothing_is_lost(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.start()
    world.post(submission())

    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    known = {name: getattr(os, name) for name in dir(os) if not name.startswith("__")}
    with monkeypatch.context() as disk:
        disk.setattr(message_store, "os", SimpleNamespace(**{**known, "write": full}))
        world.run(2)
        assert world.states() == []
        assert "mailbox:main" in alarms(world)
    world.run(2)
    assert world.states() == ["processed"]
    assert len(world.sent(COMMISSIONER)) == 1
    assert world.balance().balanced


def test_a_disk_that_fills_up_while_judging_is_no_strike(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("intake.service.processing._RETRY_AFTER", NO_TIME)
    world.start()
    world.post(submission())

    def full(*_: Any) -> Any:
        raise StorageError("The message store cannot be written to: No space left on device.")

    with monkeypatch.context() as disk:
        disk.setattr(message_store.FolderStore, "put_bytes", full)
        for _ in range(4):
            with suppress(StorageError):
                world.run()
    world.run()
    assert world.states() == ["processed"]
    assert len(world.sent(COMMISSIONER)) == 1


@pytest.mark.parametrize("cut", [10, 900, 12_000, 40_000])
def test_a_mailbox_whose_line_breaks_loses_and_doubles_nothing(world: World, cut: int) -> None:
    world.start()
    for number, name in enumerate(("Bea", "Cora"), 1):
        world.post(submission(number, named(name)))
    with FaultProxy(world.user.imap_port) as proxy:
        proxy.spoil(Fault(cut_after=cut, cut_direction=Direction.TO_CLIENT))
        world.changes["imap_port"] = proxy.port
        world.run(2)
        assert proxy.cuts
        proxy.heal()
        world.run(2)
    assert len(world.sent(COMMISSIONER)) == 2
    assert set(world.states()) == {"processed"}
    assert world.balance().balanced


@pytest.mark.parametrize(
    ("fault", "state", "arrived"),
    [
        (Fault(refuse=True), {OutgoingState.QUEUED}, 0),
        (Fault(hang=True), {OutgoingState.QUEUED}, 0),
        # whether so small a mail was handed to the network whole before the cut is a matter of microseconds: if it was,
        # nobody can know whether its dot arrived
        (Fault(cut_after=200, cut_direction=Direction.TO_SERVER), {OutgoingState.DEFERRED, OutgoingState.UNCERTAIN}, 0),
        (
            Fault(cut_after=20_000, cut_direction=Direction.TO_SERVER),
            {OutgoingState.DEFERRED, OutgoingState.UNCERTAIN},
            0,
        ),
        (Fault(lose_final_dot=True), {OutgoingState.UNCERTAIN}, 0),
        (Fault(lose_answer_to_data=True), {OutgoingState.UNCERTAIN}, 1),
        (Fault(delay=0.05), {OutgoingState.SENT}, 1),
    ],
)
def test_a_line_to_the_relay_that_breaks_leaves_the_mail_in_the_right_state(
    world: World, fault: Fault, state: set[OutgoingState], arrived: int
) -> None:
    world.start()
    world.post(submission())
    if fault.hang:
        world.changes["relay_timeout"] = 1
    with FaultProxy(world.relay.port) as proxy:
        proxy.spoil(fault)
        world.changes["smtp_port"] = proxy.port
        world.run()
        (found,) = world.states_of(MailKind.FORWARD)
        assert found in state
        proxy.heal()
        world.run()
    assert len(world.sent(COMMISSIONER)) == arrived


def test_sigterm_ends_the_service_in_seconds_with_its_work_whole(world: World) -> None:
    _ = world.settings
    command = [sys.executable, "-m", "intake", "run", "--config", str(world.folder / "intake.toml")]
    with (world.folder / "log").open("wb") as log:
        service = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 20
            while b"service-started" not in (world.folder / "log").read_bytes():
                assert time.monotonic() < deadline
                assert service.poll() is None
                time.sleep(0.05)
            time.sleep(1)
            for number in range(1, 6):
                world.post(submission(number, named(f"Bea{'abcdefghi'[number]}")))
            world.relay.wait_for(1, 20)
            started = time.monotonic()
            service.send_signal(signal.SIGTERM)
            assert service.wait(10) == 0
            assert time.monotonic() - started < 8
        finally:
            if service.poll() is None:
                service.kill()
                service.wait()
    world.run(3)
    assert len(world.sent(COMMISSIONER)) == 5
    assert OutgoingState.UNCERTAIN not in world.states_of(MailKind.FORWARD)


def test_only_one_service_works_on_a_data_folder(world: World) -> None:
    world.start()
    with OnlyOne(world.settings.storage.data_folder), pytest.raises(UsageError, match="Another intake service"):
        world.run()
    world.post(enquiry())
    world.run()
    assert world.states() == ["ignored"]
