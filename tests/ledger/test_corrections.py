from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from intake.errors import Conflict, NotFound, UsageError
from intake.ledger import Ledger, Stands, SubmissionRow
from intake.model import Doubt, Outcome, OutgoingState, Status, SubmissionState
from tests.ledger.cases import NOW, Desk, a_verdict, act


def stands(state: SubmissionState = SubmissionState.REVIEW, **changes: Any) -> Stands:
    values: dict[str, Any] = {"outcome": Outcome.REVIEW, "state": state, "version": 1, "csp": "Northmere CSP"}
    return Stands(**(values | changes))


def override(ledger: Ledger, reference: str, expected: int | None = None) -> SubmissionRow:
    finding = a_verdict(Outcome.GAPS).findings[0]
    own = replace(a_verdict(Outcome.GAPS), findings=(replace(finding, status=Status.MET, fault=None),))
    message = ledger.queries.submission(reference).messages[0].id
    asked: dict[str, Any] = {"check": "weblink", "before": "No address was given."}
    return ledger.corrections.override(reference, message, act(expected=expected), **asked, own=own, stands=own)


def test_an_override_is_a_judgement_of_its_own_and_stops_what_has_not_left(desk: Desk, ledger: Ledger) -> None:
    made = desk.submits("one", Outcome.GAPS)
    assert made.reference is not None
    row = override(ledger, made.reference)
    view = ledger.queries.submission(made.reference)
    assert (row.state, row.outcome) == (SubmissionState.REVIEW, Outcome.REVIEW)
    assert [each.findings[0].status for each in view.judgements] == ["gap", "met"]
    assert row.judgement_id == view.judgements[-1].id
    assert [mail.state for mail in view.outgoing] == [OutgoingState.CANCELLED]
    assert [each.code for each in view.doubts if each.closed_at is None] == ["put-right"]
    assert view.notes[0].about == "override"
    ledger.actions.judge_again(view.messages[0].id, act())
    assert desk.claims().round == 3
    assert ledger.events.verify().sound


def test_the_second_of_two_corrections_is_refused(desk: Desk, ledger: Ledger) -> None:
    made = desk.submits("one")
    assert made.reference is not None
    seen = ledger.submissions.get(made.reference).row_version
    override(ledger, made.reference, seen)
    with pytest.raises(Conflict):
        override(ledger, made.reference, seen)


def test_a_joined_message_is_placed_by_a_person_and_what_it_left_stands_as_said(desk: Desk, ledger: Ledger) -> None:
    first, second = desk.submits("one").reference, desk.submits("two").reference
    assert first is not None
    assert second is not None
    moved = ledger.queries.submission(second).messages[0].id
    target, left = stands(version=2), stands(SubmissionState.CLOSED, outcome=Outcome.IGNORE)
    row = ledger.corrections.join(moved, first.lower(), act(), target, left)
    assert (row.reference, row.version, row.state) == (first, 2, SubmissionState.REVIEW)
    assert ledger.submissions.get(second).state is SubmissionState.CLOSED
    joined = ledger.queries.submission(first).messages[-1]
    assert (joined.version, joined.confirmed, joined.joined_by) == (2, True, "person")
    with pytest.raises(UsageError):
        ledger.corrections.join(moved, first, act(), target, left)
    with pytest.raises(NotFound):
        ledger.corrections.join(moved, "DHR-1999-0001", act(), target, left)


def test_a_message_split_off_takes_its_doubts_along_and_leaves_the_first_as_it_was(desk: Desk, ledger: Ledger) -> None:
    first = desk.submits("one").reference
    assert first is not None
    raised = Doubt("sender-unproved", "sender", "It is not proved.")
    desk.joins("two", first, doubts=(raised,))
    moved = ledger.queries.submission(first).messages[-1].id
    reference = ledger.claims.another_reference(NOW)
    left = stands(SubmissionState.WAITING_FOR_CSP, outcome=Outcome.GAPS)
    made = ledger.corrections.split(moved, act(), reference, stands(), left)
    assert (made.reference, made.state) == (reference, SubmissionState.REVIEW)
    assert ledger.submissions.get(first).state is SubmissionState.WAITING_FOR_CSP
    assert ledger.queries.message(moved).message.reference == reference
    assert {each.code for each in ledger.queries.submission(reference).doubts} == {"sender-unproved", "put-right"}
    assert ledger.queries.submission(first).doubts == ()
    with pytest.raises(UsageError):
        ledger.corrections.split(moved, act(), ledger.claims.another_reference(NOW), stands(), left)
    assert ledger.events.verify().sound
