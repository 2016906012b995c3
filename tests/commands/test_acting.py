"""retry, release and hold: recorded with a name and a reason, refused in one sentence."""

from __future__ import annotations

import pytest

from intake.ledger import Ledger
from intake.model import MailKind, OutgoingState, SubmissionState
from tests.commands.conftest import Run
from tests.commands.test_show import reference

WHO = ("--by", "A. Caseworker", "--reason", "seen")


def test_retry_has_the_latest_message_judged_again(run: Run, ledger: Ledger) -> None:
    answer = run("retry", reference(ledger, "complete"), *WHO)
    assert answer.code == 0
    assert ledger.queries.message(1).message.state == "arrived"
    assert ledger.queries.message(1).notes[-1].by == "A. Caseworker"


def test_retry_never_sends_again_what_arrived(run: Run, ledger: Ledger) -> None:
    (forward,) = ledger.queries.outgoing(kind=MailKind.FORWARD).rows
    answer = run("retry", forward.id, "--mail", *WHO)
    assert answer.code == 1
    assert "not sent twice" in answer.err
    assert ledger.queries.mail(forward.id).state is OutgoingState.SENT


@pytest.mark.parametrize(
    "arguments",
    [
        ("999", *WHO),
        ("DHR-1999-0001", *WHO),
        ("999", "--mail", *WHO),
        ("x", "--mail", *WHO),
        ("1", "--arrived", *WHO),
    ],
)
def test_retry_of_nothing_is_a_usage_error(run: Run, arguments: tuple[str, ...]) -> None:
    assert run("retry", *arguments).code == 2


def test_hold_and_its_end(run: Run, ledger: Ledger) -> None:
    name = reference(ledger, "waiting-for-CSP")
    assert run("hold", name, *WHO).code == 0
    assert ledger.submissions.get(name).on_hold
    assert run("hold", name, "--off", *WHO).code == 0
    assert not ledger.submissions.get(name).on_hold
    assert run("hold", "DHR-1999-0001", *WHO).code == 2
    assert run("hold", name).code == 0  # nobody is named: the account that runs it is
    assert ledger.queries.submission(name).notes[-1].by.endswith("(command line)")


def test_release_as_compliant_queues_the_forward(run: Run, ledger: Ledger) -> None:
    name = reference(ledger, "waiting-for-CSP")
    answer = run("release", name, "--as", "compliant", *WHO)
    assert answer.code == 0, answer.err
    forwards = [mail for mail in ledger.queries.submission(name).outgoing if mail.kind is MailKind.FORWARD]
    assert [mail.state for mail in forwards] == [OutgoingState.QUEUED]


def test_release_as_ignore_sends_nothing(run: Run, ledger: Ledger) -> None:
    name = reference(ledger, "waiting-for-CSP")
    before = len(ledger.queries.submission(name).outgoing)
    assert run("release", name, "--as", "ignore", *WHO).code == 0
    assert len(ledger.queries.submission(name).outgoing) == before
    assert ledger.submissions.get(name).state is SubmissionState.CLOSED


def test_release_of_what_is_not_there(run: Run) -> None:
    assert run("release", "DHR-1999-0001", "--as", "gaps", *WHO).code == 2
