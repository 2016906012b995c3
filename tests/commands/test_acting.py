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


# --- what is seen before, and what is corrected ---------------------------------------------------------------------


def test_a_preview_names_what_it_goes_past_and_does_nothing(run: Run, ledger: Ledger) -> None:
    name = reference(ledger, "waiting-for-CSP")
    before = ledger.queries.submission(name)
    answer = run("release", name, "--as", "compliant", "--preview", *WHO)
    assert answer.code == 0, answer.err
    assert "Goes past a gap: " in answer.out
    assert "Would send the forward to dhr@commissioner.example" in answer.out
    assert "Would send the acknowledgement to" in answer.out
    assert ledger.queries.submission(name) == before


@pytest.mark.parametrize(
    ("state", "options", "sentence"),
    [
        ("complete", ("--as", "compliant"), "It is not sent twice."),
        ("complete", ("--as", "gaps"), "There is no gap that a reply could name."),
        ("waiting-for-CSP", ("--as", "compliant", "--report", "nothing.pdf"), "This submission has no file"),
    ],
)
@pytest.mark.parametrize("preview", [(), ("--preview",)])
def test_what_cannot_be_carried_out_is_refused_in_a_sentence(
    run: Run, ledger: Ledger, state: str, options: tuple[str, ...], sentence: str, preview: tuple[str, ...]
) -> None:
    answer = run("release", reference(ledger, state), *options, *preview, *WHO)
    assert answer.code == 2
    assert sentence in answer.err
    assert "Traceback" not in answer.err


def test_the_report_is_named_by_its_hash(run: Run, ledger: Ledger) -> None:
    name = reference(ledger, "waiting-for-CSP")
    sha256 = ledger.submissions.get(name).report_sha256
    assert sha256 is not None
    assert run("release", name, "--as", "compliant", "--report", sha256[:12], *WHO).code == 0
    assert ledger.submissions.get(name).report_sha256 == sha256


def test_an_override_waits_for_a_release(run: Run, ledger: Ledger) -> None:
    name = reference(ledger, "waiting-for-CSP")
    answer = run("override", name, "weblink", "--as", "met", *WHO)
    assert (answer.code, answer.err) == (0, "")
    assert "it waits for your release" in answer.out
    assert ledger.submissions.get(name).state is SubmissionState.REVIEW
    assert run("override", name, "spelling", "--as", "met", *WHO).code == 2
    assert run("override", "DHR-1999-0001", "weblink", "--as", "met", *WHO).code == 2
    assert run("override", name, "weblink", "--as", "unsure", *WHO).code == 2


def test_settling_says_what_is_still_open(run: Run, ledger: Ledger) -> None:
    name = reference(ledger, "waiting-for-CSP")
    assert run("settle", name, "put-right", *WHO).code == 2  # there is none
    run("override", name, "weblink", "--as", "met", *WHO)
    answer = run("settle", name, "put-right", *WHO)
    assert answer.code == 0
    assert "it goes on by itself" in answer.out
    assert not [row for row in ledger.queries.submission(name).doubts if row.closed_at is None]
    assert run("settle", name, "all", *WHO).code == 2
    assert run("settle", "DHR-1999-0001", "all", *WHO).code == 2


def test_join_and_split(run: Run, ledger: Ledger) -> None:
    name, other = reference(ledger, "waiting-for-CSP"), reference(ledger, "complete")
    (message,) = ledger.queries.submission(name).messages
    alone = run("split", message.id, *WHO)
    assert (alone.code, "only message" in alone.err) == (2, True)
    assert run("join", message.id, name, *WHO).code == 2
    answer = run("join", message.id, other, *WHO)
    assert answer.code == 0
    assert f"is now part of {other}" in answer.out
    answer = run("split", message.id, *WHO)
    assert answer.code == 0
    made = ledger.queries.message(message.id).message.reference
    assert made not in {name, other, None}
    assert f"Message {message.id} is now {made}" in answer.out
    assert ledger.submissions.get(other).state is SubmissionState.COMPLETE


@pytest.mark.parametrize("arguments", [("999", "DHR-1999-0001"), ("1", "DHR-1999-0001"), ("3", "DHR-1999-0001")])
def test_what_is_not_there_is_not_joined(run: Run, arguments: tuple[str, str]) -> None:
    answer = run("join", *arguments, *WHO)
    assert answer.code == 2
    assert "Traceback" not in answer.err


@pytest.mark.parametrize("message", ["999", "3"])
def test_what_is_not_there_is_not_split(run: Run, message: str) -> None:
    answer = run("split", message, *WHO)
    assert answer.code == 2
    assert "Traceback" not in answer.err


def test_a_withdrawal_says_whether_a_copy_had_gone(run: Run, ledger: Ledger) -> None:
    name, other = reference(ledger, "waiting-for-CSP"), reference(ledger, "complete")
    waiting = run("withdraw", name, *WHO)
    assert (waiting.code, "A copy had already gone" in waiting.out) == (0, False)
    assert ledger.submissions.get(name).state is SubmissionState.WITHDRAWN
    gone = run("withdraw", other, *WHO)
    assert (gone.code, "A copy had already gone" in gone.out) == (0, True)
    assert run("withdraw", "DHR-1999-0001", *WHO).code == 2


def test_the_end_of_a_hold_queues_what_it_kept(run: Run, ledger: Ledger) -> None:
    name = reference(ledger, "waiting-for-CSP")
    run("release", name, "--as", "compliant", *WHO)
    run("hold", name, *WHO)
    forward = next(mail for mail in ledger.queries.submission(name).outgoing if mail.kind is MailKind.FORWARD)
    assert forward.state is OutgoingState.HELD
    answer = run("hold", name, "--off", *WHO)
    assert (answer.code, "no longer on hold" in answer.out) == (0, True)
    assert ledger.queries.mail(forward.id).state is OutgoingState.QUEUED
    assert run("hold", "DHR-1999-0001", "--off", *WHO).code == 2
