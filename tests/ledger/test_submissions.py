from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from intake.errors import Conflict, NotFound, UsageError
from intake.ledger import Hints, Ledger
from intake.model import CaseIdentity, MailKind, Outcome, OutgoingState, SubmissionState
from tests.ledger.cases import NOW, SENDER, Desk, a_mail, a_verdict, act, digest

REF = "DHR-2026-0001-JR"


@pytest.mark.parametrize(
    ("hints", "by"),
    [
        (Hints(message_id="<one@northmere.gov.uk>", message=7), "same-message-id"),
        (Hints(thread_ids=(f"<{REF}.reply@intake.example.org>",)), "thread"),
        (Hints(thread_ids=("<one@northmere.gov.uk>",)), "earlier-message"),
        (Hints(references=(REF,)), "reference"),
        (Hints(report=digest("report")), "report"),
        (Hints(csp="NORTHMERE  CSP", case="(Ada)"), "case"),
    ],
)
def test_a_message_finds_its_submission(desk: Desk, hints: Hints, by: str) -> None:
    desk.submits("one")
    (candidate,) = desk.ledger.submissions.candidates(hints)
    assert (candidate.submission.reference, candidate.by) == (REF, by)


@pytest.mark.parametrize(
    "hints",
    [
        Hints(),
        Hints(references=("DHR-2026-0009-BB",), thread_ids=("<unknown@id>",)),
        Hints(references=("DHR-2026-0001",)),
        Hints(references=("DHR-2026-0001-ZZ",)),
        Hints(message_id="<one@northmere.gov.uk>", message=1),
        Hints(report=digest("another")),
        Hints(csp="Northmere CSP", case="Beth"),
        Hints(csp="Northmere CSP"),
    ],
)
def test_another_message_finds_none(desk: Desk, hints: Hints) -> None:
    desk.submits("one")
    assert desk.ledger.submissions.candidates(hints) == ()


def test_our_own_thread_counts_for_more_than_a_reference_anyone_can_type(desk: Desk) -> None:
    desk.submits("one")
    other = desk.submits("two", verdict=a_verdict(identity=CaseIdentity("Calder CSP", "Eve"))).reference
    hints = Hints(references=(REF,), thread_ids=(f"<{other}.reply@intake.example.org>",))
    found = [candidate.submission.reference for candidate in desk.ledger.submissions.candidates(hints)]
    assert found == [other, REF]


def test_a_closed_submission_is_not_found_by_its_case_alone(desk: Desk) -> None:
    desk.submits("one")
    desk.ledger.actions.move(REF, SubmissionState.CLOSED, act())
    assert desk.ledger.submissions.candidates(Hints(csp="Northmere CSP", case="Ada")) == ()


def test_a_person_may_leave_the_check_letters_of_a_reference_out(desk: Desk) -> None:
    desk.submits("one")
    assert desk.ledger.submissions.get("dhr-2026-0001 ").reference == REF
    with pytest.raises(NotFound):
        desk.ledger.submissions.get("DHR-2026-0001-ZZ")


def test_references_of_another_installation_have_other_letters(tmp_path: Path) -> None:
    made = set()
    for name in ("one", "two", "three"):
        with Ledger.open(f"sqlite:///{tmp_path / name}.db") as ledger:
            made.add(ledger.claims.another_reference(NOW))
    assert len(made) > 1
    assert {reference[:13] for reference in made} == {"DHR-2026-0001"}


def test_only_submissions_of_the_very_sender_wait_for_them(desk: Desk) -> None:
    desk.submits("one")
    assert [each.submission.reference for each in desk.ledger.submissions.waiting_for(SENDER.upper())] == [REF]
    assert desk.ledger.submissions.waiting_for("colleague@northmere.gov.uk") == ()


def test_an_unknown_reference_is_named_with_what_to_do(desk: Desk) -> None:
    with pytest.raises(NotFound) as raised:
        desk.ledger.submissions.get("DHR-1999-0001")
    assert "intake log" in raised.value.command


def test_release_as_compliant_lets_the_held_mail_go(desk: Desk) -> None:
    mails = (
        a_mail(MailKind.FORWARD, hold_reason="supervised"),
        a_mail(MailKind.ACKNOWLEDGEMENT, hold_reason="supervised"),
    )
    desk.submits("one", Outcome.COMPLIANT, mails=mails)
    row = desk.ledger.actions.release(REF, Outcome.COMPLIANT, act())
    assert (row.state, row.outcome) == (SubmissionState.OPEN, Outcome.COMPLIANT)
    assert desk.ledger.queries.counts().outgoing == {"queued": 2}
    desk.delivers(OutgoingState.SENT)
    assert desk.ledger.submissions.get(REF).state is SubmissionState.COMPLETE


def test_release_with_new_mail_replaces_what_had_not_left(desk: Desk) -> None:
    desk.submits("one", mails=(a_mail(hold_reason="supervised"),))
    forward = a_mail(MailKind.FORWARD, REF)
    desk.ledger.actions.release(REF, Outcome.COMPLIANT, act(), mails=(forward,), answers=1)
    states = [(mail.kind, mail.state) for mail in desk.ledger.queries.submission(REF).outgoing]
    assert states == [(MailKind.REPLY, OutgoingState.CANCELLED), (MailKind.FORWARD, OutgoingState.QUEUED)]


def test_release_out_of_review_sends_the_gaps(desk: Desk) -> None:
    desk.submits("one", Outcome.REVIEW)
    assert [row.reference for row in desk.ledger.queries.waiting().review] == [REF]
    row = desk.ledger.actions.release(REF, Outcome.GAPS, act(), mails=(a_mail(name=REF),))
    assert (row.state, row.outcome) == (SubmissionState.WAITING_FOR_CSP, Outcome.GAPS)
    assert desk.ledger.queries.waiting().review == ()


def test_release_as_ignore_closes_and_nothing_leaves(desk: Desk) -> None:
    desk.submits("one")
    row = desk.ledger.actions.release(REF, Outcome.IGNORE, act())
    assert row.state is SubmissionState.CLOSED
    assert desk.ledger.queries.counts().outgoing == {"cancelled": 1}


def test_a_second_release_does_not_send_a_second_forward(desk: Desk) -> None:
    first = a_mail(MailKind.FORWARD, "first", report_sha256=digest("report"))
    desk.submits("one", Outcome.COMPLIANT, mails=(first,))
    desk.delivers(OutgoingState.SENT)
    again = replace(first, message_id="<again@intake.example.org>")
    row = desk.ledger.actions.release(REF, Outcome.COMPLIANT, act(), mails=(again,))
    assert row.state is SubmissionState.COMPLETE
    forwards = [mail for mail in desk.ledger.queries.submission(REF).outgoing if mail.kind is MailKind.FORWARD]
    assert len(forwards) == 1


def test_nothing_is_released_as_review(desk: Desk) -> None:
    desk.submits("one")
    with pytest.raises(UsageError):
        desk.ledger.actions.release(REF, Outcome.REVIEW, act())


def test_the_second_of_two_people_is_told_and_nothing_happens_twice(desk: Desk) -> None:
    desk.submits("one", Outcome.REVIEW)
    seen = desk.ledger.submissions.get(REF).row_version
    desk.ledger.actions.release(REF, Outcome.IGNORE, act("First", expected=seen))
    with pytest.raises(Conflict):
        desk.ledger.actions.release(REF, Outcome.COMPLIANT, act("Second", expected=seen), mails=(a_mail(),))
    view = desk.ledger.queries.submission(REF)
    assert view.submission.state is SubmissionState.CLOSED
    assert view.outgoing == ()
    assert [note.by for note in view.notes] == ["First"]


def test_a_hold_keeps_what_waits_and_what_comes_until_it_is_let_go(desk: Desk) -> None:
    desk.submits("one", mails=(a_mail(name="v1"), a_mail(MailKind.RECEIPT, hold_reason="supervised")))
    desk.ledger.actions.hold(REF, act())
    assert desk.ledger.queries.counts().outgoing == {"held": 2}
    desk.joins("two", REF, Outcome.COMPLIANT)
    assert desk.ledger.queries.counts().outgoing == {"cancelled": 1, "held": 2}
    desk.ledger.actions.unhold(REF, act())
    assert desk.ledger.queries.counts().outgoing == {"cancelled": 1, "held": 1, "queued": 1}


def test_withdrawing_cancels_what_has_not_left(desk: Desk) -> None:
    desk.submits("one")
    row = desk.ledger.actions.move(REF, SubmissionState.WITHDRAWN, act(reason="the CSP asked"))
    assert row.state is SubmissionState.WITHDRAWN
    assert desk.ledger.queries.counts().outgoing == {"cancelled": 1}
    with pytest.raises(Conflict, match="cannot become"):
        desk.ledger.actions.move(REF, SubmissionState.COMPLETE, act())
    assert desk.ledger.actions.move(REF, SubmissionState.OPEN, act()).state is SubmissionState.OPEN


@pytest.mark.parametrize("empty", [{"by": " "}, {"reason": ""}])
def test_no_action_without_a_name_and_a_reason(desk: Desk, empty: dict[str, str]) -> None:
    desk.submits("one")
    with pytest.raises(UsageError):
        desk.ledger.actions.hold(REF, replace(act(), **empty))  # type: ignore[arg-type]
    assert not desk.ledger.submissions.get(REF).on_hold


def test_the_words_of_a_note_are_kept_apart_from_the_chain(desk: Desk) -> None:
    desk.submits("one")
    desk.ledger.actions.note(REF, act(reason="Rang Ms Example, she sends it on Monday."))
    view = desk.ledger.queries.submission(REF)
    assert view.notes[0].text.startswith("Rang Ms Example")
    assert "Example" not in str([event.data for event in view.events])
    assert len(view.events[-1].data["text_sha256"]) == 64


def test_trusted_senders_are_added_once_and_removed(desk: Desk) -> None:
    assert desk.ledger.actions.trust("Chair@Example.ORG ", act())
    assert not desk.ledger.actions.trust("chair@example.org", act())
    assert desk.ledger.actions.trusted() == ["chair@example.org"]
    assert desk.ledger.actions.distrust("chair@example.org", act())
    assert not desk.ledger.actions.distrust("chair@example.org", act())
    assert SENDER not in desk.ledger.actions.trusted()
