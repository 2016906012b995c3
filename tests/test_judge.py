"""The judge of the judgement: harm is called harm, and an honest doubt is not."""

from __future__ import annotations

from intake.model import Certainty, Finding, Kind, Outcome, Policy, Status, Verdict
from tests.corpus.case import Case, other, submission
from tests.judge import Tally, count, faults_found, table

RAW = b"From: a@b.example\n\n"
COMPLETE = submission("complete", RAW, weblink="https://www.a.gov.uk/dhr")
NO_LETTER = submission("no-letter", RAW, gaps={"feedback-letter-annex": "feedback-letter-missing"})
ENQUIRY = other("enquiry", RAW, frozenset({Kind.ENQUIRY}))


def verdict(outcome: Outcome, *gaps: tuple[str, str], kind: Kind = Kind.FINAL_SUBMISSION, link: str = "") -> Verdict:
    findings = tuple(Finding(c, Status.GAP, Policy.REQUIRED, Certainty.CERTAIN, "…", fault=f) for c, f in gaps)
    return Verdict(kind, Certainty.CERTAIN, (), outcome, (), findings, weblink=link or None)


def mistakes(case: Case, given: Verdict) -> set[str]:
    return {name for name, _ in faults_found(case, given)}


LETTER = ("feedback-letter-annex", "feedback-letter-missing")


def test_right_answers_are_no_mistakes() -> None:
    assert mistakes(COMPLETE, verdict(Outcome.COMPLIANT, link="http://www.a.gov.uk/dhr/")) == set()
    assert mistakes(NO_LETTER, verdict(Outcome.GAPS, LETTER)) == set()
    assert mistakes(ENQUIRY, verdict(Outcome.IGNORE, kind=Kind.ENQUIRY)) == set()


def test_forwarding_what_has_gaps_is_a_wrong_forward() -> None:
    assert mistakes(NO_LETTER, verdict(Outcome.COMPLIANT)) == {"wrong forward"}
    assert "wrong forward" in mistakes(ENQUIRY, verdict(Outcome.COMPLIANT))


def test_answering_who_needs_no_answer_is_a_wrong_nag() -> None:
    assert "wrong nag" in mistakes(COMPLETE, verdict(Outcome.GAPS, LETTER))
    assert "wrong nag" in mistakes(ENQUIRY, verdict(Outcome.GAPS, LETTER))


def test_naming_a_gap_that_is_not_there_is_a_wrong_nag() -> None:
    given = verdict(Outcome.GAPS, LETTER, ("action-plan-annex", "action-plan-missing"))
    assert mistakes(NO_LETTER, given) == {"wrong nag"}


def test_forgetting_a_gap_or_naming_it_otherwise_is_counted_apart() -> None:
    both = submission("both", RAW, gaps={LETTER[0]: LETTER[1], "weblink": "weblink-missing"})
    assert mistakes(both, verdict(Outcome.GAPS, LETTER)) == {"incomplete reply"}
    assert mistakes(NO_LETTER, verdict(Outcome.GAPS, (LETTER[0], "feedback-letter-resubmit"))) == {"other fault"}


def test_leaving_a_submission_unanswered_and_unseen_is_a_miss() -> None:
    assert mistakes(COMPLETE, verdict(Outcome.IGNORE, kind=Kind.OTHER)) == {"missed", "other kind"}


def test_a_review_is_counted_but_never_harm() -> None:
    tally = Tally()
    for case in (COMPLETE, NO_LETTER, ENQUIRY):
        count(tally, case, verdict(Outcome.REVIEW), 0.1)
    assert tally.counts["needless review"] == 3
    assert tally.harm == 0


def test_a_wrong_weblink_in_a_forward_is_shown() -> None:
    assert mistakes(COMPLETE, verdict(Outcome.COMPLIANT, link="https://www.b.gov.uk/")) == {"other weblink"}


def test_the_table_names_harm_and_every_check() -> None:
    tally = Tally()
    count(tally, NO_LETTER, verdict(Outcome.COMPLIANT), 0.5)
    shown = table("set", tally)
    assert tally.harm == 1
    assert "| wrong forward | 1 |" in shown
    assert "`feedback-letter-annex`" in shown
