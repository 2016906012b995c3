"""What follows from a message: compliant, gaps, review or ignore. Pure; the order of the rules is the policy.

A wrong forward and a wrong nag are both worse than a review: whatever is doubtful goes to a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from intake.model import (
    Certainty,
    Classification,
    Decision,
    Finding,
    Kind,
    Outcome,
    Policy,
    Status,
)

_SUBMISSIONS = frozenset({Kind.FINAL_SUBMISSION, Kind.FOLLOW_UP})
_DECISIVE = frozenset({"pdf-format", "readable"})
_MACHINES = frozenset({Kind.AUTOMATIC, Kind.BOUNCE, Kind.OWN_MAIL})


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known beside the content. Each doubt is a sentence for staff that sends the message to review."""

    doubts: tuple[str, ...] = ()


def decide(
    classification: Classification,
    findings: Sequence[Finding],
    circumstances: Circumstances,
) -> Decision:
    """The outcome and its reasons."""
    kind = classification.kind
    if kind in _MACHINES:
        return Decision(Outcome.IGNORE, (f"it is {_plain(kind)}",))
    if classification.certainty is Certainty.POSSIBLE:
        return Decision(
            Outcome.REVIEW,
            (
                f"it may be {_plain(kind)}, but that is not certain",
                *circumstances.doubts,
            ),
        )
    if kind not in _SUBMISSIONS:
        return Decision(Outcome.IGNORE, (f"it is {_plain(kind)}, not a final submission",))
    withheld = [f.summary for f in findings if f.fault == "publication-withheld"]
    if withheld or circumstances.doubts:
        return Decision(Outcome.REVIEW, (*circumstances.doubts, *withheld))
    required = [f for f in findings if f.policy is Policy.REQUIRED]
    gaps = [f for f in required if f.status is Status.GAP]
    if any(f.check in _DECISIVE and f.certainty is Certainty.CERTAIN for f in gaps):
        return Decision(Outcome.GAPS, tuple(f.summary for f in gaps if not _doubtful(f)))
    doubtful = [f for f in required if _doubtful(f)]
    if doubtful:
        return Decision(Outcome.REVIEW, tuple(dict.fromkeys(f.summary for f in doubtful)))
    if gaps:
        return Decision(Outcome.GAPS, tuple(f.summary for f in gaps))
    return Decision(Outcome.COMPLIANT, ("every required check is met",))


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
