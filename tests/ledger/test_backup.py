from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from intake.errors import StorageError
from intake.ledger import Ledger, Proof, copy_ledger, hold_restored
from intake.model import Outcome, OutgoingState
from tests.ledger.cases import LEASE, NOW, Desk, a_mail, later


@pytest.fixture
def source(tmp_path: Path) -> Desk:
    return Desk(Ledger.open(f"sqlite:///{tmp_path / 'live' / 'ledger.db'}"))


def _restored(path: Path) -> Ledger:
    return Ledger.open(f"sqlite:///{path}")


def test_a_copy_made_while_the_service_writes_is_whole(source: Desk, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            source.submits(f"m{number}", mails=(a_mail(name=str(number)),))
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            copy_ledger(source.ledger, tmp_path / f"copy-{number}.db")
    finally:
        stop.set()
        writer.join()
    for number in range(5):
        with _restored(tmp_path / f"copy-{number}.db") as copy:
            counts = copy.queries.counts()
            assert copy.events.verify().sound
            assert counts.messages.get("processed", 0) == sum(counts.submissions.values())
    assert stat.S_IMODE((tmp_path / "copy-0.db").stat().st_mode) == 0o600
    source.ledger.close()


def test_a_restored_ledger_sends_nothing_that_may_have_left_since(source: Desk, tmp_path: Path) -> None:
    for number in range(4):
        source.submits(f"m{number}", mails=(a_mail(name=str(number)),))
    source.delivers(OutgoingState.SENT)
    in_data = source.takes()
    source.ledger.outbox.start_data(in_data, NOW, LEASE)
    source.takes()
    copy_ledger(source.ledger, tmp_path / "copy.db")
    source.ledger.close()
    with _restored(tmp_path / "copy.db") as ledger:
        assert hold_restored(ledger, later(hours=1)) == 2
        assert ledger.queries.counts().outgoing == {"sent": 1, "uncertain": 1, "held": 2}
        assert ledger.outbox.claim(later(days=1), LEASE, 10, "one") == []
        desk = Desk(ledger)
        desk.arrives("new", uid=900)
        claim = desk.claims(later(hours=1))
        desk.ledger.judgements.commit(claim, desk.judgement(claim, Outcome.GAPS), later(hours=1))
        assert ledger.queries.counts().outgoing["held"] == 3


def test_the_copy_in_the_sent_folder_settles_what_a_restore_holds(source: Desk, tmp_path: Path) -> None:
    source.submits("one", Outcome.COMPLIANT)
    copy_ledger(source.ledger, tmp_path / "copy.db")
    source.ledger.close()
    with _restored(tmp_path / "copy.db") as ledger:
        hold_restored(ledger, NOW)
        forward = ledger.queries.mail(1)
        assert not ledger.evidence.settle(NOW, Proof.DSN, message_id=forward.message_id)
        assert ledger.evidence.settle(NOW, Proof.SENT_COPY, message_id=forward.message_id)
        assert ledger.queries.mail(1).state is OutgoingState.SENT
        assert ledger.submissions.get("DHR-2026-0001").state == "complete"


def test_a_copy_never_overwrites(source: Desk, tmp_path: Path) -> None:
    copy_ledger(source.ledger, tmp_path / "copy.db")
    with pytest.raises(StorageError, match="cannot be written"):
        copy_ledger(source.ledger, tmp_path / "copy.db")
    source.ledger.close()
