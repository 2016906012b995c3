"""A submission over several messages: what an answer mends, laid over what was there before. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from intake.judging.decision import Circumstances, decide
from intake.model import Classification, Finding, Kind, Status, Verdict

_WEBLINK = "weblink"


@dataclass(frozen=True, slots=True)
class Standing:
    """The submission as it stands after a message.

    `report_from_earlier` says that the report to forward is the one of an earlier message. `doubts` are reasons
    for a person, in staff's words.
    """

    verdict: Verdict
    report_from_earlier: bool = False
    doubts: tuple[str, ...] = ()


def join(earlier: Verdict | None, later: Verdict) -> Standing:
    """What the submission is worth once the later message is laid over the earlier one.

    A whole new report stands for itself and keeps the earlier web address where it brings none. An answer without
    a report may bring the web address; anything else that it brings is for a person to place.
    """
    if earlier is None or not earlier.findings:
        unknown = later.kind is Kind.FOLLOW_UP and later.report is None
        return Standing(later, doubts=("it answers a submission that is not known here",) if unknown else ())
    if later.report is not None:
        return Standing(_with_earlier_weblink(earlier, later))
    link = later.finding(_WEBLINK)
    if link is not None and link.status is Status.MET and earlier.report is not None:
        findings = tuple(link if finding.check == _WEBLINK else finding for finding in earlier.findings)
        return Standing(
            _decided(replace(earlier, findings=findings, weblink=later.weblink), later), report_from_earlier=True
        )
    return Standing(
        later, doubts=("the answer does not hold the whole report, and what it brings must be placed by a person",)
    )


def _with_earlier_weblink(earlier: Verdict, later: Verdict) -> Verdict:
    before, now = earlier.finding(_WEBLINK), later.finding(_WEBLINK)
    if before is None or before.status is not Status.MET or now is None or now.status is not Status.GAP:
        return later
    findings: tuple[Finding, ...] = tuple(
        before if finding.check == _WEBLINK else finding for finding in later.findings
    )
    return _decided(replace(later, findings=findings, weblink=earlier.weblink), later)


def _decided(combined: Verdict, later: Verdict) -> Verdict:
    """The combined findings' own outcome; what was doubtful in the later message stays so."""
    kind = Classification(Kind.FOLLOW_UP, later.certainty, later.reasons)
    decision = decide(kind, combined.findings, Circumstances())
    return replace(
        combined,
        kind=later.kind,
        certainty=later.certainty,
        reasons=later.reasons,
        outcome=decision.outcome,
        outcome_reasons=decision.reasons,
        files=later.files or combined.files,
        rules_version=later.rules_version,
    )
