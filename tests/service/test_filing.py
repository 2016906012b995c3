"""Where a message ends up in the mailbox, and what is left as it was."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from intake.errors import MailboxError
from intake.judging.judge import Judge
from intake.ledger import Act
from intake.mailbox import Mailbox
from intake.model import MailKind, MessageState
from intake.sandbox.account import Account
from tests.service.world import STAFF, World, enquiry, named, stamped, submission

NO_TIME = timedelta(0)


def test_each_outcome_has_its_folder(world: World) -> None:
    world.start()
    compliant, gaps = submission(1, named("Bea")), submission(2, named("Cora"), weblink="")
    doubtful = stamped(submission(3, named("Dora")).partition(b"\r\n")[2], result="fail")
    for raw in (compliant, gaps, doubtful):
        world.post(raw)
    world.run()
    assert world.where(compliant) == ["Intake/Complete"]
    assert world.where(gaps) == ["Intake/Waiting for CSP"]
    assert world.where(doubtful) == ["Intake/Review"]


def test_mail_that_is_none_of_ours_stays_untouched_and_unflagged(world: World) -> None:
    world.start()
    uid = world.post(enquiry())
    world.run(2)
    (mail,) = world.user.messages()
    assert (mail.uid, r"\Seen" in mail.flags, mail.raw) == (uid, False, mail.raw)
    assert not [flag for flag in mail.flags if flag != r"\Recent"]
    assert world.sent() == []


def test_nothing_is_marked_as_read_when_it_is_filed(world: World) -> None:
    world.start()
    world.post(submission())
    world.run()
    (mail,) = world.user.messages("Intake.Complete")
    assert r"\Seen" not in mail.flags


def test_what_a_person_moved_meanwhile_is_left_where_they_put_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.start()
    raw = submission()
    uid = world.post(raw)
    move = Mailbox.move

    def moved_first(self: Mailbox, number: int, target: str) -> bool:
        with world.user.connect() as client:
            client.create("Mine")
        world.user.move(uid, "INBOX", "Mine")
        return move(self, number, target)

    monkeypatch.setattr(Mailbox, "move", moved_first)
    world.run()
    assert world.where(raw) == ["Mine"]
    with world.ledger() as ledger:
        assert ledger.queries.counts().filings_due == 0
    assert world.balance().balanced


def test_a_filing_that_is_due_never_moves_another_message_under_its_uid(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.start()
    uid = world.post(submission())
    with monkeypatch.context() as broken:
        broken.setattr("intake.service.mailroom._FILING_RETRY", NO_TIME)
        broken.setattr(Mailbox, "move", _refused)
        world.run()
    world.user.go_back_to(uid)
    other = enquiry()
    assert world.post(other) == uid
    world.run()
    assert world.where(other) == ["INBOX"]
    with world.ledger() as ledger:
        assert ledger.queries.counts().filings_due == 0


def test_filing_that_fails_is_tried_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.start()
    raw = submission()
    world.post(raw)
    with monkeypatch.context() as broken:
        broken.setattr("intake.service.mailroom._FILING_RETRY", NO_TIME)
        broken.setattr(Mailbox, "move", _refused)
        world.run()
    assert world.where(raw) == ["INBOX"]
    assert len(world.outgoing(MailKind.FORWARD)) == 1
    world.run()
    assert world.where(raw) == ["Intake/Complete"]


def test_a_message_that_breaks_the_program_is_set_aside_told_once_and_taken_up_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.start()
    poison, behind = submission(1, named("Bea")), submission(2, named("Cora"))
    world.post(poison)
    world.post(behind)
    with monkeypatch.context() as broken:
        broken.setattr("intake.service.processing._RETRY_AFTER", NO_TIME)
        broken.setattr("intake.judging.judge.Judge.judge", breaking_on(b"Bea"))
        world.run()
        world.run(3)
    assert world.states() == ["set-aside", "processed"]
    assert len(world.sent(STAFF)) == 1
    assert world.where(poison) == ["Intake/Set aside"]
    with world.ledger() as ledger:
        ledger.actions.judge_again(1, Act(by="Ana", reason="mended", at=datetime.now(UTC)))
    world.run()
    assert world.messages()[0].state is MessageState.PROCESSED
    assert len(world.outgoing(MailKind.FORWARD)) == 2


def _refused(*_: object) -> bool:
    raise MailboxError("The folder is full.")


def breaking_on(name: bytes, *, fatal: bool = False) -> Callable[..., Any]:
    """A judge that fails on messages with this in them, or takes the whole process down."""
    judge = Judge.judge

    def broken(self: Judge, raw: bytes, account: Account | None = None) -> Any:
        if name in raw and fatal:
            os.kill(os.getpid(), signal.SIGKILL)
        if name in raw:
            raise ZeroDivisionError
        return judge(self, raw, account)

    return broken
