"""The order of the rules: doubt before gaps, gaps before compliance, and never a mail for what is not a submission."""

from __future__ import annotations

import pytest

from intake.judging.decision import decide
from intake.judging.doubts import doubt
from intake.model import Certainty, Classification, Finding, Kind, Outcome, Policy, Status

CERTAIN, POSSIBLE = Certainty.CERTAIN, Certainty.POSSIBLE
FINAL = Classification(Kind.FINAL_SUBMISSION, CERTAIN, ("words",))


def _finding(
    check: str,
    status: Status = Status.MET,
    fault: str | None = None,
    certainty: Certainty = CERTAIN,
    policy: Policy = Policy.REQUIRED,
    blocked_by: str | None = None,
) -> Finding:
    return Finding(check, status, policy, certainty, f"about {check}", fault, blocked_by=blocked_by)


def _outcome(*findings: Finding, kind: Classification = FINAL, doubts: tuple[str, ...] = ()) -> Outcome:
    return decide(kind, findings, [doubt("list-mail", each) for each in doubts]).outcome


MET = _finding("pdf-format")
GAP = _finding("weblink", Status.GAP, "weblink-missing")
LIKELY = _finding("action-plan-annex", Status.GAP, "action-plan-separate", POSSIBLE)
UNSURE = _finding("feedback-letter-annex", Status.UNSURE, "feedback-letter-unreadable", POSSIBLE)


def test_all_met_is_compliant() -> None:
    assert _outcome(MET, _finding("readable")) is Outcome.COMPLIANT


def test_a_certain_required_gap_is_answered() -> None:
    assert _outcome(MET, GAP) is Outcome.GAPS


@pytest.mark.parametrize("doubtful", [LIKELY, UNSURE])
def test_any_doubt_in_a_required_check_goes_to_a_person_even_beside_a_certain_gap(doubtful: Finding) -> None:
    assert _outcome(MET, GAP, doubtful) is Outcome.REVIEW


@pytest.mark.parametrize("status", [Status.GAP, Status.UNSURE])
def test_advisory_findings_block_nothing(status: Status) -> None:
    assert _outcome(MET, _finding("executive-summary", status, "x", POSSIBLE, Policy.ADVISORY)) is Outcome.COMPLIANT


@pytest.mark.parametrize("check", ["pdf-format", "readable"])
def test_a_file_that_cannot_be_opened_is_answered_whatever_it_makes_impossible(check: str) -> None:
    blocked = _finding("action-plan-annex", Status.UNSURE, "blocked", POSSIBLE, blocked_by=check)
    assert _outcome(_finding(check, Status.GAP, "password"), blocked) is Outcome.GAPS


def test_a_doubt_from_outside_comes_before_everything() -> None:
    assert _outcome(MET, GAP, doubts=("the sender is not known",)) is Outcome.REVIEW
    assert _outcome(_finding("pdf-format", Status.GAP, "word-file"), doubts=("it is on hold",)) is Outcome.REVIEW


def test_withheld_publication_comes_before_gaps() -> None:
    withheld = _finding("weblink", Status.UNSURE, "publication-withheld", POSSIBLE)
    assert _outcome(_finding("pdf-format", Status.GAP, "word-file"), withheld) is Outcome.REVIEW


@pytest.mark.parametrize("kind", [Kind.ENQUIRY, Kind.QA_SUBMISSION, Kind.OTHER])
def test_other_mail_is_left_alone(kind: Kind) -> None:
    assert _outcome(GAP, kind=Classification(kind, CERTAIN, ("words",))) is Outcome.IGNORE


@pytest.mark.parametrize("kind", [Kind.AUTOMATIC, Kind.BOUNCE, Kind.OWN_MAIL])
def test_machines_are_never_answered_whatever_is_doubtful(kind: Kind) -> None:
    assert _outcome(GAP, kind=Classification(kind, POSSIBLE, ("words",)), doubts=("old mail",)) is Outcome.IGNORE


@pytest.mark.parametrize("kind", [Kind.FINAL_SUBMISSION, Kind.FOLLOW_UP, Kind.QA_SUBMISSION])
def test_a_doubtful_kind_goes_to_a_person(kind: Kind) -> None:
    assert _outcome(MET, kind=Classification(kind, POSSIBLE, ("words",))) is Outcome.REVIEW


def test_every_decision_says_why() -> None:
    for findings in ((MET,), (GAP,), (UNSURE,)):
        assert decide(FINAL, findings, ()).reasons
