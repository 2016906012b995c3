"""A ledger from before doubts were recorded is brought up to date, and the program goes on with it."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console
from sqlalchemy import text

from intake.commands.record_text import RecordText
from intake.keeping.replay import Replay
from intake.ledger import Act, Ledger, SubmissionRow
from intake.model import MailKind, Outcome, OutgoingState, SubmissionState
from intake.sandbox.sandbox import Sandbox
from intake.wiring.children import start_sandbox
from tests.builders import NORTHMERE, THORNWICK, a_message
from tests.cases.office import Bench
from tests.ledger.earlier import lay_down
from tests.service.world import named, stamped, submission

LINK = f"Dear team,\n\nThe report will be published at {NORTHMERE.weblink}\n\nMany thanks"

_TWICE = (
    "INSERT INTO outgoing (kind, state, submission_id, version, answers_id, sender, subject, message_id, envelope_id,"
    " sha256, size, created_at, due_at, attempts, settled_at, row_version) SELECT kind, 'sent', submission_id, 2,"
    " answers_id, sender, subject, '<again@intake.example>', 'again', sha256, size, created_at, due_at, 1, settled_at,"
    " 1 FROM outgoing WHERE kind = 'forward'"
)


@dataclass(frozen=True)
class Before:
    """What the earlier version left: its bench, whose ledger is copied for each test."""

    bench: Bench
    folder: Path


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with start_sandbox() as opened:
        yield opened


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[Before]:
    """Anna is complete, Bea and Dora wait for the CSP, Cora for a person."""
    folder = tmp_path_factory.mktemp("before")
    bench = Bench(folder, sandbox, {})
    bench.receives(submission(1, named("Anna")))
    bench.receives(submission(2, named("Bea"), weblink=""))
    bench.receives(submission(3, named("Cora")).replace(b"dmarc=pass", b"dmarc=fail", 1))
    bench.receives(submission(4, named("Dora"), weblink=""))
    bench.judges()
    while bench.delivers(OutgoingState.SENT):
        bench.passes(minutes=1)
    yield Before(bench, folder)
    bench.close()


@pytest.fixture
def bench(before: Before, tmp_path: Path, empty_url: str) -> Iterator[Bench]:
    """The present program on a copy of it, brought up to date; Anna's forward went twice by a person's word."""
    shutil.copytree(before.folder / "data" / "messages", tmp_path / "data" / "messages")
    earlier = lay_down(before.bench.ledger, empty_url)
    with earlier.write() as writer:
        writer.connection.execute(text(_TWICE))
        writer.connection.execute(text("UPDATE submissions SET version = 2 WHERE case_name = 'Anna'"))
    earlier.close()
    made = Bench(tmp_path, before.bench.sandbox, before.bench.documents, before.bench.now, 200, ledger_url=empty_url)
    yield made
    made.close()


def row(bench: Bench, case: str) -> SubmissionRow:
    return next(row for row in bench.submissions() if row.case_name == case)


def act(bench: Bench) -> Act:
    return Act(by="Ana", reason="looked at it", at=bench.now)


def answers(bench: Bench, number: int, *, sender: str = NORTHMERE.sender, **changes: Any) -> None:
    bench.receives(stamped(a_message(number=number, body=LINK, review=NORTHMERE, sender=sender, **changes)))
    bench.judges()


def test_nothing_that_happened_is_lost(before: Before, bench: Bench) -> None:
    was, now = before.bench, bench
    assert now.ledger.events.verify().sound
    assert [found.state for found in now.submissions()] == [found.state for found in was.submissions()]
    assert [found.reference for found in now.submissions()] == [found.reference[:13] for found in was.submissions()]
    for case in ("Anna", "Bea", "Cora", "Dora"):
        old, new = was.view(row(was, case).reference), now.view(row(now, case).reference)
        assert [entry.findings for entry in new.judgements] == [entry.findings for entry in old.judgements]
        assert [mail.sha256 for mail in new.outgoing if mail.message_id != "<again@intake.example>"] == [
            mail.sha256 for mail in old.outgoing
        ]


def test_what_waited_for_a_person_keeps_its_reasons_as_doubts(before: Before, bench: Bench) -> None:
    (judgement,) = before.bench.view(row(before.bench, "Cora").reference).judgements
    view = bench.view(row(bench, "Cora").reference)
    assert [(each.code, each.summary, each.closed_at) for each in view.doubts] == [
        ("earlier-reason", reason, None) for reason in judgement.reasons
    ]
    assert view.doubts
    for case in ("Anna", "Bea", "Dora"):
        assert bench.view(row(bench, case).reference).doubts == ()


def test_only_proved_messages_count(bench: Bench) -> None:
    counted = {
        case: [message.confirmed for message in bench.view(row(bench, case).reference).messages]
        for case in ("Anna", "Bea", "Cora")
    }
    assert counted == {"Anna": [True], "Bea": [True], "Cora": [False]}


def test_a_report_that_went_twice_counts_once(bench: Bench) -> None:
    anna = row(bench, "Anna")
    forwards = [mail for mail in bench.view(anna.reference).outgoing if mail.kind is MailKind.FORWARD]
    assert [mail.report_sha256 for mail in forwards] == [anna.report_sha256, None]
    bench.receives(submission(9, named("Anna")))
    bench.judges()
    assert row(bench, "Anna").state is SubmissionState.COMPLETE
    assert len([mail for mail in bench.outgoing() if mail.kind is MailKind.FORWARD]) == 2


def test_what_came_before_is_found_by_its_subject_and_files_and_by_its_words_once_judged_again(bench: Bench) -> None:
    def found(words: str) -> list[int]:
        return [message.id for message in bench.ledger.queries.messages(text=words).rows]

    (anna,) = bench.view(row(bench, "Anna").reference).messages
    assert found("anna final") == [anna.id]
    assert found("anna joanna.reed@northmere") == [anna.id]
    assert found("anna revised") == []
    assert bench.ledger.queries.message(anna.id).said is not None
    bench.ledger.actions.judge_again(anna.id, act(bench))
    bench.judges()
    assert found("anna revised") == [anna.id]


def test_it_is_shown(bench: Bench) -> None:
    for found in bench.submissions():
        shown = RecordText(ZoneInfo("Europe/London"))
        shown._console = Console(file=io.StringIO(), width=200)
        shown.submission(bench.view(found.reference))


def test_replay_shows_no_flip(bench: Bench) -> None:
    office = bench.office
    replayed = list(Replay(bench.ledger, office.archive.store, office.judge, office.safety).run())
    assert len(replayed) == 4
    assert [each for each in replayed if each.flips] == []


def test_what_waited_is_released(bench: Bench) -> None:
    cora = row(bench, "Cora")
    released = bench.decisions.release(cora.reference, Outcome.COMPLIANT, act(bench))
    assert released.reference == cora.reference
    bench.delivers(OutgoingState.SENT)
    assert row(bench, "Cora").state is SubmissionState.COMPLETE
    assert [each.closed_by for each in bench.view(cora.reference).doubts] == ["Ana"] * len(
        bench.view(cora.reference).doubts
    )


def test_an_answer_in_the_thread_completes_what_waited(bench: Bench) -> None:
    bea = row(bench, "Bea")
    (reply,) = bench.view(bea.reference).outgoing
    answers(bench, 9, subject=f"RE: {reply.subject}", in_reply_to=reply.message_id)
    bench.delivers(OutgoingState.SENT)
    assert row(bench, "Bea").state is SubmissionState.COMPLETE


def test_an_old_reference_counts_from_its_own_organisation_alone(bench: Bench) -> None:
    dora = row(bench, "Dora")
    assert dora.reference.count("-") == 2
    answers(bench, 9, subject=f"[{dora.reference}] The web address", sender=THORNWICK.sender)
    assert len(bench.view(dora.reference).messages) == 1
    answers(bench, 10, subject=f"[{dora.reference}] The web address")
    assert len(bench.view(dora.reference).messages) == 2
    bench.delivers(OutgoingState.SENT)
    assert row(bench, "Dora").state is SubmissionState.COMPLETE


def test_a_new_reference_has_its_letters(bench: Bench) -> None:
    bench.receives(submission(9, named("Eve")))
    bench.judges()
    assert row(bench, "Eve").reference.count("-") == 3


def test_of_two_forwards_the_one_that_arrived_counts(before: Before, empty_url: str) -> None:
    earlier = lay_down(before.bench.ledger, empty_url)
    with earlier.write() as writer:
        writer.connection.execute(text(_TWICE))
        writer.connection.execute(text("UPDATE outgoing SET state = 'failed' WHERE kind = 'forward' AND version = 1"))
    earlier.close()
    with Ledger.open(empty_url) as ledger:
        forwards = sorted(ledger.queries.outgoing(kind=MailKind.FORWARD).rows, key=lambda mail: mail.id)
        anna = row(before.bench, "Anna")
        assert [(mail.state, mail.report_sha256) for mail in forwards] == [
            (OutgoingState.FAILED, None),
            (OutgoingState.SENT, anna.report_sha256),
        ]
