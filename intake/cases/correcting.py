"""A person's correction of one check: what the message then was found to be, and what its case comes to. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from intake.cases.history import case_of
from intake.cases.standing import Standing, stand
from intake.errors import NotFound
from intake.judging.checks import find_check
from intake.ledger import SubmissionView
from intake.model import Certainty, Finding, Outcome, Status, Verdict

SEEN_BY_US = "Our team looked at this"
_UNSURE = "check-unsure"


@dataclass(frozen=True, slots=True)
class Correction:
    """`own` is the message's verdict with the check corrected, `standing` what its case stands at then.

    `before` is what the check had said.
    """

    message: int
    before: str
    own: Verdict
    standing: Standing

    @property
    def leads_to(self) -> Outcome:
        """What a person would decide on it, whatever is still in doubt."""
        return Outcome.GAPS if self.standing.required_gaps else Outcome.COMPLIANT


def correction(view: SubmissionView, check: str, status: Status) -> Correction:
    """One check of a submission, corrected. Raises NotFound where it has no such check."""
    known, case = find_check(check), case_of(view)
    message = stand(case).sources.get(check)
    if known is None or message is None:
        raise NotFound("There is no such check on this submission.", command="intake explain lists the checks.")
    told = next(each for each in case.told if each.message == message)
    findings = tuple(
        _by_person(each, status, known.remedy) if each.check == check else each for each in told.verdict.findings
    )
    before = next(each.summary for each in stand(case).findings if each.check == check)
    own = replace(told.verdict, findings=findings)
    # What this check left in doubt is what the correction decides.
    doubts = tuple(each for each in case.doubts if (each.doubt.code, each.doubt.summary) != (_UNSURE, before))
    after = replace(
        case, doubts=doubts, told=tuple(replace(each, verdict=own) if each is told else each for each in case.told)
    )
    return Correction(message, before, own, stand(after))


def _by_person(finding: Finding, status: Status, remedy: str) -> Finding:
    met = status is Status.MET
    return replace(
        finding,
        status=status,
        certainty=Certainty.CERTAIN,
        summary=f"{SEEN_BY_US}: it is met." if met else f"{SEEN_BY_US}: it is missing or not complete.",
        fault=None if met else finding.fault or "found-by-a-person",
        remedy="" if met else finding.remedy or remedy,
        blocked_by=None,
    )
