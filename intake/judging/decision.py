"""What follows from what is known: compliant, gaps, review or ignore. Pure; the order of the rules is the policy.

The program acts by itself only where every account closes: any open doubt goes to a person. A wrong forward and a
wrong request are both worse than a review.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from intake.judging.doubts import doubt
from intake.model import Certainty, Classification, Decision, Doubt, Finding, Kind, Outcome, Policy, Status

_SUBMISSIONS = frozenset({Kind.FINAL_SUBMISSION, Kind.FOLLOW_UP})
_DECISIVE = frozenset({"pdf-format", "readable"})
_MACHINES = frozenset({Kind.AUTOMATIC, Kind.BOUNCE, Kind.OWN_MAIL})
_WITHHELD = "publication-withheld"


def decide(kind: Classification, findings: Sequence[Finding], doubts: Iterable[Doubt]) -> Decision:
    """The outcome, its reasons, and every doubt that is open: those given, and what kind and findings leave open."""
    if kind.kind in _MACHINES:
        return Decision(Outcome.IGNORE, (f"it is {_plain(kind.kind)}",))
    if kind.kind not in _SUBMISSIONS and kind.certainty is Certainty.CERTAIN:
        return Decision(Outcome.IGNORE, (f"it is {_plain(kind.kind)}, not a final submission",))
    every = tuple(dict.fromkeys([*_of_kind(kind), *doubts, *_of_findings(findings)]))
    if every:
        return Decision(Outcome.REVIEW, tuple(dict.fromkeys(each.summary for each in every)), every)
    gaps = _required_gaps(findings)
    if gaps:
        # What a decisive gap makes impossible to check is not named beside it.
        return Decision(Outcome.GAPS, tuple(gap.summary for gap in gaps if not _doubtful(gap)))
    return Decision(Outcome.COMPLIANT, ("every required check is met",))


def _of_kind(kind: Classification) -> tuple[Doubt, ...]:
    if kind.certainty is Certainty.CERTAIN:
        return ()
    return (doubt("kind-uncertain", f"it may be {_plain(kind.kind)}, but that is not certain"),)


def _of_findings(findings: Sequence[Finding]) -> tuple[Doubt, ...]:
    """What the checks leave open. A certain gap in the file itself makes the others impossible, not doubtful."""
    withheld = tuple(_about(_WITHHELD, finding) for finding in findings if finding.fault == _WITHHELD)
    gaps = _required_gaps(findings)
    if any(gap.check in _DECISIVE and gap.certainty is Certainty.CERTAIN for gap in gaps):
        return withheld
    required = (finding for finding in findings if finding.policy is Policy.REQUIRED and finding.fault != _WITHHELD)
    return (*withheld, *(_about("check-unsure", finding) for finding in required if _doubtful(finding)))


def _about(code: str, finding: Finding) -> Doubt:
    where = finding.evidence[0] if finding.evidence else None
    document, page = (where.document, where.page) if where else (None, None)
    return doubt(code, finding.summary, document=document, page=page)


def _required_gaps(findings: Sequence[Finding]) -> list[Finding]:
    return [finding for finding in findings if finding.policy is Policy.REQUIRED and finding.status is Status.GAP]


def _doubtful(finding: Finding) -> bool:
    return finding.status is Status.UNSURE or finding.certainty is Certainty.POSSIBLE


def _plain(kind: Kind) -> str:
    return {
        Kind.FINAL_SUBMISSION: "a final submission",
        Kind.FOLLOW_UP: "an answer to an earlier submission",
        Kind.QA_SUBMISSION: "a first version for the QA Panel",
        Kind.ENQUIRY: "an enquiry",
        Kind.AUTOMATIC: "an automatic mail",
        Kind.BOUNCE: "a delivery report",
        Kind.OWN_MAIL: "one of our own mails",
        Kind.OTHER: "other business",
    }[kind]
