from __future__ import annotations

from dataclasses import replace

import pytest

from intake.errors import Conflict, NotFound, UsageError
from intake.ledger import Ledger
from intake.model import Outcome, OutgoingState, Status, SubmissionState
from tests.ledger.cases import Desk, a_verdict, act


def test_an_override_is_a_judgement_of_its_own_and_stops_what_has_not_left(desk: Desk, ledger: Ledger) -> None:
    made = desk.submits("one", Outcome.GAPS)
    assert made.reference is not None
    finding = a_verdict(Outcome.GAPS).findings[0]
    verdict = replace(a_verdict(Outcome.GAPS), findings=(replace(finding, status=Status.MET, fault=None),))
    row = ledger.corrections.override(made.reference, finding.check, verdict, ("looked at",), act())
    view = ledger.queries.submission(made.reference)
    assert (row.state, row.outcome) == (SubmissionState.REVIEW, Outcome.REVIEW)
    assert [each.findings[0].status for each in view.judgements] == ["gap", "met"]
    assert row.judgement_id == view.judgements[-1].id
    assert [mail.state for mail in view.outgoing] == [OutgoingState.CANCELLED]
    assert view.notes[0].about == "override"
    ledger.actions.judge_again(view.messages[0].id, act())
    assert desk.claims().round == 3
    assert ledger.events.verify().sound


def test_the_second_of_two_corrections_is_refused(desk: Desk, ledger: Ledger) -> None:
    made = desk.submits("one")
    assert made.reference is not None
    seen = ledger.submissions.get(made.reference).row_version
    verdict = a_verdict(Outcome.GAPS)
    ledger.corrections.override(made.reference, "weblink", verdict, (), act(expected=seen))
    with pytest.raises(Conflict):
        ledger.corrections.override(made.reference, "weblink", verdict, (), act(expected=seen))


def test_a_joined_message_is_the_next_version_and_its_empty_submission_is_closed(desk: Desk, ledger: Ledger) -> None:
    first, second = desk.submits("one").reference, desk.submits("two").reference
    assert first is not None
    assert second is not None
    moved = ledger.queries.submission(second).messages[0].id
    row = ledger.corrections.join(moved, first.lower(), act())
    assert (row.reference, row.version, row.state) == (first, 2, SubmissionState.REVIEW)
    assert ledger.submissions.get(second).state is SubmissionState.CLOSED
    assert [each.version for each in ledger.queries.submission(first).messages] == [1, 2]
    with pytest.raises(UsageError):
        ledger.corrections.join(moved, first, act())
    with pytest.raises(NotFound):
        ledger.corrections.join(moved, "DHR-1999-0001", act())


def test_a_message_split_off_gets_a_reference_that_was_never_used(desk: Desk, ledger: Ledger) -> None:
    first = desk.submits("one").reference
    assert first is not None
    desk.joins("two", first)
    moved = ledger.queries.submission(first).messages[-1].id
    made = ledger.corrections.split(moved, act())
    assert made.reference != first
    assert made.state is SubmissionState.REVIEW
    assert ledger.submissions.get(first).state is SubmissionState.REVIEW
    assert ledger.queries.message(moved).message.reference == made.reference
    with pytest.raises(UsageError):
        ledger.corrections.split(moved, act())
    third = desk.submits("three").reference
    assert third not in {first, made.reference}
    assert ledger.events.verify().sound
