"""What a check is: a declared record beside its function, read by the reply, the log, `explain` and the tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from intake.judging.facts import Dossier
from intake.judging.policy import PolicyTable
from intake.model import Certainty, Evidence, Finding, Policy, Status

CONVERSION_PARAGRAPH = (
    "the QA Panel’s feedback letter, in the paragraph that begins “The DHR report including the "
    "executive summary and action plan”"
)
COPY_PARAGRAPH = (
    "the QA Panel’s feedback letter, in the paragraph that begins “Once completed the Home Office would be grateful”"
)


_A_PERSON = "A person will look at this."


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which a requirement can be unmet or undecided.

    `summary` and `remedy` are sentences for a reply; words in braces are filled from the result's `details`.
    """

    code: str
    summary: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What a check's function found. `fault` is the code of one of the check's faults, None when it is met."""

    status: Status
    fault: str | None = None
    certainty: Certainty = Certainty.CERTAIN
    evidence: tuple[Evidence, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    blocked_by: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """One requirement. `reference` names the paragraph that asks for it; `met` is the sentence when it is met."""

    id: str
    title: str
    why: str
    remedy: str
    reference: str
    default: Policy
    met: str
    faults: tuple[Fault, ...]
    examine: Callable[[Dossier, PolicyTable], Result]

    def fault(self, code: str) -> Fault:
        """The fault of that code. Raises KeyError when the check does not declare it."""
        return next(fault for fault in (*self.faults, *BLOCKED) if fault.code == code)


BLOCKED = (
    Fault(
        "blocked",
        "This could not be checked, because {cause}.",
    ),
    Fault("not-examined", "This could not be checked automatically.", ""),
)


def met(*evidence: Evidence | None, **details: str) -> Result:
    """The requirement is met, here."""
    return Result(Status.MET, None, Certainty.CERTAIN, _given(evidence), details)


def gap(fault: str, *evidence: Evidence | None, **details: str) -> Result:
    """The requirement is not met, for certain."""
    return Result(Status.GAP, fault, Certainty.CERTAIN, _given(evidence), details)


def likely_gap(fault: str, *evidence: Evidence | None, **details: str) -> Result:
    """The requirement is probably not met: a person looks before anybody is told."""
    return Result(Status.GAP, fault, Certainty.POSSIBLE, _given(evidence), details)


def unsure(fault: str, *evidence: Evidence | None, **details: str) -> Result:
    """The program cannot know; a person looks."""
    return Result(
        Status.UNSURE,
        fault,
        Certainty.POSSIBLE,
        tuple(item for item in evidence if item),
        details,
    )


def _given(evidence: tuple[Evidence | None, ...]) -> tuple[Evidence, ...]:
    return tuple(item for item in evidence if item)


def blocked(by: str, *, no_report: bool = False) -> Result:
    """Another check's gap makes this one impossible."""
    cause = "no report came with the message" if no_report else "the report could not be opened as a PDF"
    return Result(Status.UNSURE, "blocked", Certainty.POSSIBLE, details={"cause": cause}, blocked_by=by)


def finding_of(check: Check, result: Result, policy: Policy) -> Finding:
    """The result in the words of its check."""
    if result.fault is None:
        summary, remedy = check.met, ""
    else:
        fault = check.fault(result.fault)
        summary, remedy = fault.summary, fault.remedy or check.remedy
    if result.status is Status.UNSURE:
        remedy = "" if result.blocked_by else _A_PERSON
    return Finding(
        check=check.id,
        status=result.status,
        policy=policy,
        certainty=result.certainty,
        summary=summary.format_map(result.details),
        fault=result.fault,
        remedy=remedy.format_map(result.details) if result.status is not Status.MET else "",
        evidence=result.evidence,
        blocked_by=result.blocked_by,
    )
