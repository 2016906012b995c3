"""What the virus scanner could not check waits for it, not for a person: with a real scanner that goes and returns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from intake.ledger import SERVICE, DoubtRow, Ledger
from intake.message_store import FolderStore
from intake.model import MailKind, OutgoingState
from intake.sandbox.sandbox import Sandbox
from intake.sandbox.scanner import Scanner
from intake.service.rescanning import Rescanning
from tests.builders import File
from tests.servers.clamd import Clamd, eicar
from tests.servers.dovecot import MailUser
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import COMMISSIONER, STAFF, World, submission


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    with Clamd(signatures_of=datetime.now(UTC) - timedelta(days=2)) as server:
        yield server


@pytest.fixture
def away(tmp_path: Path, mail_user: MailUser, smtp_sink: SmtpSink, sandbox: Sandbox, clamd: Clamd) -> Iterator[World]:
    """A service whose scanner is away."""
    world = World(tmp_path, mail_user, smtp_sink, sandbox)
    world.changes["limits"] = f'replies_per_hour = 1000\n[scanner]\naddress = "{clamd.tcp_address}"'
    clamd.halt()
    yield world
    clamd.halt()
    clamd.start()


def doubts(world: World) -> list[DoubtRow]:
    with world.ledger() as ledger:
        (row,) = ledger.queries.submissions().rows
        return list(ledger.queries.submission(row.reference).doubts)


def store(world: World) -> FolderStore:
    return FolderStore(world.folder / "data" / "messages")


def test_a_clean_submission_goes_on_when_the_scanner_is_back(away: World, clamd: Clamd) -> None:
    away.start()
    away.post(submission())
    away.run(2)
    (waiting,) = doubts(away)
    assert (waiting.code, waiting.closed_at) == ("scanner-away", None)
    assert away.states_of(MailKind.FORWARD) == []
    clamd.start()
    away.run(2)
    assert away.states_of(MailKind.FORWARD) == [OutgoingState.SENT]
    assert len(away.sent(COMMISSIONER)) == 1
    (closed,) = doubts(away)
    assert closed.closed_by == SERVICE
    assert not any(b"For you to look at" in mail.raw for mail in away.sent(STAFF))


def test_a_harmful_file_goes_to_a_person_when_the_scanner_is_back(away: World, clamd: Clamd) -> None:
    away.start()
    away.post(submission(files=[File("notes.txt", eicar())]))
    away.run()
    clamd.start()
    away.run(2)
    assert [row.code for row in doubts(away) if row.closed_at is None] == ["scanner-found"]
    assert away.sent(COMMISSIONER) == []


def test_nothing_is_judged_again_while_the_scanner_is_away_and_no_message_twice_within_an_hour(
    away: World, clamd: Clamd
) -> None:
    away.start()
    away.post(submission())
    away.run()
    now = datetime.now(UTC)
    with away.ledger() as ledger:
        looks = Rescanning(ledger, store(away), Scanner(clamd.tcp_address))
        assert looks.look(now) == 0
        clamd.start()
        assert looks.look(now) == 1
        _put_back(ledger)
        assert looks.look(now + timedelta(minutes=59)) == 0
        assert looks.look(now + timedelta(minutes=61)) == 1
        assert Rescanning(ledger, store(away), None).look(now) == 0


def _put_back(ledger: Ledger) -> None:
    """As if judging again had found the scanner away once more."""
    with ledger.database.write() as writer:
        writer.connection.exec_driver_sql("UPDATE messages SET state = 'processed'")


def test_what_a_person_settled_is_left_alone(away: World, clamd: Clamd) -> None:
    away.start()
    away.post(submission())
    away.run()
    with away.ledger() as ledger:
        with ledger.database.write() as writer:
            writer.connection.exec_driver_sql("UPDATE doubts SET closed_at = '2026-01-01', closed_by = 'Ana'")
        clamd.start()
        assert Rescanning(ledger, store(away), Scanner(clamd.tcp_address)).look(datetime.now(UTC)) == 0
