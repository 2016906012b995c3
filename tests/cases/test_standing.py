"""A submission over several messages: what an answer brings is laid over what was there."""

from __future__ import annotations

from dataclasses import replace

from intake.cases.standing import join
from intake.model import Certainty, FileFacts, Finding, Kind, Outcome, Policy, Status, Verdict

REPORT = FileFacts("report.pdf", 9, "a" * 64, "application/pdf", 60, "report")
LINK = "https://www.northmere.gov.example/dhr"


def _finding(check: str, status: Status) -> Finding:
    fault = None if status is Status.MET else f"{check}-missing"
    return Finding(check, status, Policy.REQUIRED, Certainty.CERTAIN, f"about {check}", fault)


def _verdict(
    *, letter: Status = Status.MET, weblink: Status = Status.MET, report: FileFacts | None = REPORT
) -> Verdict:
    findings = (_finding("feedback-letter-annex", letter), _finding("weblink", weblink))
    gaps = Status.GAP in {letter, weblink}
    return Verdict(
        kind=Kind.FINAL_SUBMISSION,
        certainty=Certainty.CERTAIN,
        reasons=("words",),
        outcome=Outcome.GAPS if gaps else Outcome.COMPLIANT,
        outcome_reasons=("reasons",),
        findings=findings,
        weblink=LINK if weblink is Status.MET else None,
        report=report,
    )


def test_the_first_message_stands_for_itself() -> None:
    verdict = _verdict(weblink=Status.GAP)
    assert join(None, verdict).verdict == verdict


def test_an_answer_without_a_report_to_nothing_that_is_known_is_for_a_person() -> None:
    answer = replace(_verdict(report=None, weblink=Status.GAP), kind=Kind.FOLLOW_UP)
    assert join(None, answer).doubts
    assert not join(None, replace(answer, report=REPORT)).doubts


def test_a_web_address_alone_completes_the_report_that_came_before() -> None:
    answer = replace(_verdict(report=None, letter=Status.GAP), kind=Kind.FOLLOW_UP)
    standing = join(_verdict(weblink=Status.GAP), answer)
    assert standing.report_from_earlier
    assert standing.verdict.outcome is Outcome.COMPLIANT
    assert (standing.verdict.report, standing.verdict.weblink) == (REPORT, LINK)
    assert standing.doubts == ()


def test_a_web_address_alone_does_not_hide_another_gap() -> None:
    answer = replace(_verdict(report=None), kind=Kind.FOLLOW_UP)
    standing = join(_verdict(letter=Status.GAP, weblink=Status.GAP), answer)
    assert standing.verdict.outcome is Outcome.GAPS
    assert [f.check for f in standing.verdict.gaps(Policy.REQUIRED)] == ["feedback-letter-annex"]


def test_a_new_report_need_not_bring_the_web_address_again() -> None:
    standing = join(_verdict(letter=Status.GAP), _verdict(weblink=Status.GAP))
    assert not standing.report_from_earlier
    assert (standing.verdict.outcome, standing.verdict.weblink) == (Outcome.COMPLIANT, LINK)


def test_a_new_report_is_judged_by_itself_otherwise() -> None:
    standing = join(_verdict(), _verdict(letter=Status.GAP))
    assert standing.verdict.outcome is Outcome.GAPS


def test_an_answer_with_a_part_alone_is_placed_by_a_person() -> None:
    answer = replace(_verdict(report=None, weblink=Status.GAP), kind=Kind.FOLLOW_UP)
    assert join(_verdict(letter=Status.GAP), answer).doubts


def test_a_doubtful_answer_stays_doubtful() -> None:
    answer = replace(_verdict(report=None), kind=Kind.FOLLOW_UP, certainty=Certainty.POSSIBLE)
    assert join(_verdict(weblink=Status.GAP), answer).verdict.outcome is Outcome.REVIEW
