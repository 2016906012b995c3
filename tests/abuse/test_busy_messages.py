"""A message made to keep the program busy costs itself only: it goes to a person once, and the rest goes on."""

from __future__ import annotations

import io
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from intake.judging.judge import Judge
from intake.model import MailKind, Outcome
from intake.sandbox.account import Account
from intake.sandbox.sandbox import Sandbox
from intake.wiring.children import start_sandbox
from intake.wiring.rules import build_judge, load_rules
from tests.builders import File, a_message
from tests.servers.dovecot import MailUser
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import COMMISSIONER, STAFF, World, covering, named, stamped, submission

_BEAT = 10.0  # seconds between two signs of life
_LATE = 5.0
_PATIENCE = 6


def a_busy_report(pages: int = 2500) -> bytes:
    """A small file with very many pages, all drawn by one form: reading and judging it take long."""
    written = io.BytesIO()
    canvas = Canvas(written, A4)
    canvas.beginForm("all")
    for line in range(110):
        canvas.setFont("Helvetica", 4)
        canvas.drawString(20, 820 - 7 * line, "Recommendation 1. Agency: Safer Northmere will publish the review " * 2)
    canvas.endForm()
    for _ in range(pages):
        canvas.doForm("all")
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def busy(number: int = 90) -> bytes:
    """From nobody: our border found nothing that proves the sender."""
    report = File("report.pdf", a_busy_report())
    return stamped(a_message(body=covering(named("Zed")), files=[report], number=number), result="none")


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    with start_sandbox() as sandbox:
        made = build_judge(sandbox, load_rules())
        made.demand_ready()
        yield made


def test_what_is_not_judged_in_its_time_goes_to_a_person(judge: Judge) -> None:
    raw = busy()
    started = time.monotonic()
    judgement = judge.judge(raw, Account(_PATIENCE))
    assert time.monotonic() - started < _PATIENCE + 4
    assert judgement.verdict.outcome is Outcome.REVIEW
    assert [doubt.code for doubt in judgement.inside] == ["judging-stopped"]
    assert judgement.unpacked.subject  # staff see whose it is
    assert [file.name for file in judgement.verdict.files] == ["report.pdf"]
    after = judge.judge(submission(1, named("Ada")))
    assert after.verdict.outcome is Outcome.COMPLIANT


def test_the_watchdog_hears_of_the_service_all_the_time(
    tmp_path: Path, mail_user: MailUser, smtp_sink: SmtpSink
) -> None:
    limits = f"replies_per_hour = 1000\njudging_seconds_unproved = {_PATIENCE * 2}"
    world = World(tmp_path, mail_user, smtp_sink, Sandbox(), changes={"limits": limits})
    with start_sandbox() as world.sandbox:
        world.start()
    world.post(busy())
    behind = submission(1, named("Ada"))
    command = [sys.executable, "-m", "intake", "run", "--config", str(tmp_path / "intake.toml")]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener, (tmp_path / "log").open("wb") as log:
        listener.bind(str(tmp_path / "notify"))
        listener.settimeout(60)
        service = subprocess.Popen(
            command, stdout=log, stderr=log, env={**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify")}
        )
        try:
            _hear(listener, b"READY=1")
            listener.settimeout(_BEAT + _LATE)
            world.post(behind)
            deadline = time.monotonic() + 90
            while {"processed"} != set(world.states()) or len(world.states()) < 2:
                assert time.monotonic() < deadline
                _hear(listener, b"WATCHDOG=1")  # a time without a word fails here
            world.relay.wait_for(2, 20)
            service.send_signal(signal.SIGTERM)
            assert service.wait(20) == 0
        finally:
            if service.poll() is None:
                service.kill()
                service.wait()
    with start_sandbox() as world.sandbox:
        world.run(2)
    assert sum(mail.kind is MailKind.NOTICE for mail in world.outgoing()) == len(world.sent(STAFF)) == 1
    assert len(world.sent(COMMISSIONER)) == 1
    assert [row.outcome for row in world.messages()] == ["review", "compliant"]
    assert world.balance().balanced


@pytest.fixture
def world(tmp_path: Path, mail_user: MailUser, smtp_sink: SmtpSink) -> Iterator[World]:
    with start_sandbox() as sandbox:
        yield World(tmp_path, mail_user, smtp_sink, sandbox)


def from_nobody(number: int) -> bytes:
    """The council's name on it, which nothing proves."""
    return submission(number, named(f"Bea{'abcdefgh'[number]}")).replace(b"dmarc=pass", b"dmarc=none", 1)


def test_strangers_are_judged_after_proved_senders(world: World) -> None:
    world.start()
    for number in range(5):
        world.post(from_nobody(number))
    world.post(submission(9, named("Ada")))
    world.run()
    rows = sorted(world.messages(), key=lambda row: row.judged_at or row.arrived_at)
    assert [row.outcome for row in rows].count("compliant") == 1
    # Those that came before it were judged while it was still being fetched: two at most.
    assert "compliant" in [row.outcome for row in rows[:3]]


def test_strangers_wait_when_the_hour_is_used_up_and_staff_are_told_once(world: World) -> None:
    world.changes["limits"] = "judging_per_hour = 0"
    world.start()
    world.post(from_nobody(1))
    world.post(submission(9, named("Ada")))
    world.run(3)
    assert world.states() == ["arrived", "processed"]
    told = [mail.raw for mail in world.sent(STAFF)]
    assert len(told) == 1
    assert b"1 message waits to be judged" in told[0].replace(b"=\r\n", b"")
    del world.changes["limits"]
    world.run(2)
    assert world.states() == ["processed", "processed"]


def _hear(listener: socket.socket, word: bytes) -> None:
    while word not in listener.recv(200):
        pass
