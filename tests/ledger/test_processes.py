from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from intake.ledger import Ledger
from intake.model import OutgoingState
from tests.ledger.cases import NOW, Desk

ROOT = Path(__file__).resolve().parents[2]
STEPS = 3 + 1 + 4  # of one message: judging, filing, delivering


def _start(url: str, log: Path, name: str = "one", *, die_at: int = 0, wait: bool = False) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.ledger.worker", url, name, str(log), str(die_at)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdin=pipe if wait else subprocess.DEVNULL, stdout=pipe, stderr=pipe)


def _finish(process: subprocess.Popen[bytes]) -> int:
    _, said = process.communicate(timeout=60)
    assert process.returncode in {0, -signal.SIGKILL}, said.decode()
    return process.returncode


def _check(ledger: Ledger, log: Path, count: int) -> int:
    """Nothing lost, nothing doubled; how many mails are uncertain."""
    counts = ledger.queries.counts()
    assert counts.messages == {"processed": count}
    assert sum(counts.submissions.values()) == count
    assert counts.filings_due == 0
    sent = Counter(log.read_text().split())
    mails = ledger.queries.outgoing(per_page=500).rows
    assert len(mails) == count
    for mail in mails:
        assert sent[mail.message_id] <= 1
        assert mail.state in {OutgoingState.SENT, OutgoingState.UNCERTAIN}
        assert mail.state is OutgoingState.UNCERTAIN or sent[mail.message_id] == 1
    assert ledger.events.verify().sound
    assert ledger.arrivals.balance("dhr", "INBOX", NOW).balanced
    return sum(mail.state is OutgoingState.UNCERTAIN for mail in mails)


def test_two_processes_at_once_lose_and_double_nothing(url: str, tmp_path: Path) -> None:
    with Ledger.open(url) as ledger:
        desk = Desk(ledger)
        for number in range(60):
            desk.arrives(f"m{number}")
        workers = [_start(url, tmp_path / "log", f"worker-{number}", wait=True) for number in range(2)]
        for each in workers:
            assert each.stdout is not None
            each.stdout.readline()
        for each in workers:
            assert each.stdin is not None
            each.stdin.write(b"go\n")
            each.stdin.flush()
        assert [_finish(each) for each in workers] == [0, 0]
        _finish(_start(url, tmp_path / "log"))  # filings that one saw as the other was still judging
        assert _check(ledger, tmp_path / "log", 60) == 0
        names = {attempt.worker for row in range(1, 61) for attempt in ledger.queries.mail(row).attempts}
        assert names == {"worker-0", "worker-1"}


@pytest.mark.parametrize("die_at", range(1, STEPS + 1))
def test_a_process_killed_after_any_step_loses_and_doubles_nothing(url: str, tmp_path: Path, die_at: int) -> None:
    log = tmp_path / "log"
    log.touch()
    with Ledger.open(url) as ledger:
        Desk(ledger).arrives("one")
        assert _finish(_start(url, log, die_at=die_at)) == -signal.SIGKILL
        assert _finish(_start(url, log)) == 0
        in_doubt = die_at in {STEPS - 2, STEPS - 1}  # between data-started and settled
        assert _check(ledger, log, 1) == in_doubt
        assert bool(ledger.notices.due(NOW.replace(year=2100))) == in_doubt


def test_processes_killed_at_random_lose_and_double_nothing(url: str, tmp_path: Path) -> None:
    log, dice = tmp_path / "log", random.Random(20261123)
    log.touch()
    with Ledger.open(url) as ledger:
        desk = Desk(ledger)
        for number in range(40):
            desk.arrives(f"m{number}")
        for _ in range(6):
            process = _start(url, log)
            time.sleep(dice.uniform(0.5, 1.2))
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
        assert _finish(_start(url, log)) == 0
        assert _check(ledger, log, 40) <= 6


def test_events_written_at_once_are_still_one_chain(ledger: Ledger) -> None:
    def write(worker: int) -> None:
        for number in range(25):
            ledger.events.record("test", NOW, actor=f"worker {worker}", number=number)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, range(4)))
    report = ledger.events.verify()
    assert (report.sound, report.count) == (True, 100)


def test_references_taken_at_once_are_all_different(desk: Desk) -> None:
    for number in range(12):
        desk.arrives(f"m{number}")
    claims = [desk.claims() for _ in range(12)]
    with ThreadPoolExecutor(4) as pool:
        references = list(pool.map(lambda claim: desk.ledger.claims.reserve_reference(claim, NOW), claims))
    assert sorted(name[:-3] for name in references) == [f"DHR-2026-{number:04d}" for number in range(1, 13)]
