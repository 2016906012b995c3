from __future__ import annotations

import multiprocessing
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from intake.ledger import Act, Ledger
from intake.model import MessageState, OutgoingState
from tests.ledger.cases import NOW, Desk
from tests.ledger.worker import work

# Each process is born of one that has loaded the program and never opened a ledger.
NURSERY = multiprocessing.get_context("forkserver")
NURSERY.set_forkserver_preload(["tests.ledger.worker"])
PATIENCE = 120.0  # seconds, on a busy machine
STEPS = 3 + 1 + 4  # of one message: judging, filing, delivering


def _start(url: str, log: Path, name: str = "one", *, die_at: int = 0, go: Event | None = None) -> ForkServerProcess:
    """A process that is ready to work; it waits for `go` where that is given."""
    ready = NURSERY.Event()
    if go is None:
        go = NURSERY.Event()
        go.set()
    process = NURSERY.Process(target=work, args=(url, name, log, die_at, ready, go), daemon=True)
    process.start()
    assert ready.wait(PATIENCE)
    return process


def _finish(process: ForkServerProcess) -> int | None:
    process.join(PATIENCE)
    assert process.exitcode in {0, -signal.SIGKILL}
    return process.exitcode


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
        go = NURSERY.Event()
        workers = [_start(url, tmp_path / "log", f"worker-{number}", go=go) for number in range(2)]
        go.set()
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
            time.sleep(dice.uniform(0.05, 0.25))  # all of its work takes a second at least
            process.kill()
            process.join(PATIENCE)
        assert _finish(_start(url, log)) == 0
        # What was under way at three of the ends stands aside for a person; here is the person.
        for row in ledger.queries.messages(states=(MessageState.SET_ASIDE,), per_page=40).rows:
            ledger.actions.judge_again(row.id, Act(by="Ana", reason="its process was killed", at=datetime.now(UTC)))
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
    assert sorted(name[:13] for name in references) == [f"DHR-2026-{number:04d}" for number in range(1, 13)]
