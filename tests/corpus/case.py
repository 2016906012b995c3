"""One message of the corpus and the truth about it.

The truth names what a careful person would say. Where a careful person could say one thing or another, the
truth allows both: the corpus is to find wrong answers, not other opinions.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from intake.demo.letter_templates import Template
from intake.demo.reviews import Review
from intake.model import Kind, Outcome, Status

MET = frozenset({Status.MET})
GAP = frozenset({Status.GAP})
UNSURE = frozenset({Status.UNSURE})
ANY = frozenset(Status)
NOT_MET = frozenset({Status.GAP, Status.UNSURE})
NOT_GAP = frozenset({Status.MET, Status.UNSURE})

REQUIRED = ("pdf-format", "readable", "size-limit", "feedback-letter-annex", "action-plan-annex", "weblink")
ADVISORY = ("executive-summary", "implementation-updates", "live-document-note")
SUBMISSION = frozenset({Kind.FINAL_SUBMISSION})


@dataclass(frozen=True, slots=True)
class Expected:
    """What one check should say: any of `statuses`, and when it is a gap any of `faults` (none named: any)."""

    statuses: frozenset[Status]
    faults: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a message. `outcome` is the best answer; `also` are others that nobody could blame.

    Review may always be given instead of an answer: it is counted, not blamed.
    """

    kinds: frozenset[Kind]
    outcome: Outcome
    also: frozenset[Outcome] = frozenset()
    checks: Mapping[str, Expected] = field(default_factory=dict)
    weblink: str | None = None  # "" when there is none to find, None when it does not matter

    @property
    def outcomes(self) -> frozenset[Outcome]:
        return self.also | {self.outcome}


@dataclass(frozen=True, slots=True)
class Case:
    """One message and its truth."""

    name: str
    raw: bytes
    truth: Truth


@dataclass(frozen=True, slots=True)
class Style:
    """The wordings that a set of cases is made with; each set has its own.

    Covering mails take {kind}, {short}, {name}, {csp} and {place} (the sentence with the weblink); sentences
    of `places` take {url}. `others` are mails that are no submission: kind of case → (kinds, subject, body).
    """

    name: str
    reviews: tuple[Review, ...]
    letters: tuple[Template, ...]
    resubmits: tuple[Template, ...]
    letter_looks: tuple[Mapping[str, Any], ...]  # other fields of Letter
    plans: tuple[Mapping[str, Any], ...]  # fields of Plan
    bare_plans: tuple[Mapping[str, Any], ...]  # plans that show nothing of what was done, no note
    reports: tuple[Mapping[str, Any], ...]  # fields of Report
    subjects: tuple[str, ...]
    covers: tuple[str, ...]
    places: tuple[str, ...]
    paths: tuple[str, ...]  # of weblinks: {domain}
    bare_paths: tuple[str, ...]  # weblinks without a scheme
    to_follow: tuple[str, ...]
    withheld: tuple[str, ...]
    home_named: tuple[str, ...]
    shares: tuple[str, ...]  # weblinks that are file shares
    portals: tuple[tuple[str, str], ...]  # subject and body that bring a link instead of a file
    mentions: tuple[str, ...]  # sentences of a report that speak of the letter and the plan
    follow_ups: tuple[tuple[str, str], ...]
    letter_questions: tuple[tuple[str, str], ...]
    first_versions: tuple[tuple[str, str], ...]
    resubmissions: tuple[tuple[str, str], ...]  # to the Panel, after its earlier letter
    others: Mapping[str, tuple[frozenset[Kind], str, str]]
    welsh: tuple[str, str] = ("", "")
    file_names: tuple[str, ...] = ("{short} {name} final.pdf",)


Maker = Callable[[random.Random, Style], Case]


def submission(
    name: str,
    raw: bytes,
    *,
    gaps: Mapping[str, str] | None = None,
    loose: Mapping[str, frozenset[Status]] | None = None,
    outcome: Outcome | None = None,
    also: frozenset[Outcome] = frozenset(),
    kinds: frozenset[Kind] = SUBMISSION,
    weblink: str | None = None,
) -> Case:
    """A final submission: every check met but those named. `gaps` maps checks to faults, "a|b" for either."""
    gaps = gaps or {}
    checks = {check: Expected(MET) for check in (*REQUIRED, *ADVISORY)}
    checks |= {check: Expected(GAP, frozenset(filter(None, fault.split("|")))) for check, fault in gaps.items()}
    checks |= {check: Expected(statuses) for check, statuses in (loose or {}).items()}
    if outcome is None:
        outcome = Outcome.GAPS if any(check in REQUIRED for check in gaps) else Outcome.COMPLIANT
    return Case(name, raw, Truth(kinds, outcome, also, checks, weblink))


def unreadable(name: str, raw: bytes, check: str, fault: str, *, also: frozenset[Outcome] = frozenset()) -> Case:
    """A submission whose file cannot be read: nothing may be called missing that could be inside it."""
    inside = ("feedback-letter-annex", "action-plan-annex", *ADVISORY)
    loose = dict.fromkeys(inside, NOT_GAP) | {"size-limit": NOT_GAP, "readable": NOT_GAP, "pdf-format": NOT_GAP}
    loose.pop(check)
    return submission(name, raw, gaps={check: fault}, loose=loose, also=also)


def other(name: str, raw: bytes, kinds: frozenset[Kind]) -> Case:
    """A message that is no final submission and must get no answer."""
    return Case(name, raw, Truth(kinds, Outcome.IGNORE))
