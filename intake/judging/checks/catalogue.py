"""The ordered list of all checks, and running them: every one, every time, so that one reply names every gap."""

from __future__ import annotations

from intake.judging.checks.action_plan_annex import (
    ACTION_PLAN_ANNEX,
    IMPLEMENTATION_UPDATES,
    LIVE_DOCUMENT_NOTE,
)
from intake.judging.checks.check import Check, finding_of
from intake.judging.checks.executive_summary import EXECUTIVE_SUMMARY
from intake.judging.checks.feedback_letter_annex import FEEDBACK_LETTER_ANNEX
from intake.judging.checks.report_file import PDF_FORMAT, READABLE, SIZE_LIMIT
from intake.judging.checks.weblink import WEBLINK
from intake.judging.facts import Dossier
from intake.judging.policy import PolicyTable
from intake.model import Finding, Policy

CATALOGUE: tuple[Check, ...] = (
    PDF_FORMAT,
    READABLE,
    SIZE_LIMIT,
    FEEDBACK_LETTER_ANNEX,
    ACTION_PLAN_ANNEX,
    WEBLINK,
    EXECUTIVE_SUMMARY,
    IMPLEMENTATION_UPDATES,
    LIVE_DOCUMENT_NOTE,
)


def examine_all(dossier: Dossier, policy: PolicyTable) -> tuple[Finding, ...]:
    """Every check's finding, in the catalogue's order; checks that the policy turns off are left out."""
    return tuple(
        finding_of(check, check.examine(dossier, policy), policy.of(check.id))
        for check in CATALOGUE
        if policy.of(check.id) is not Policy.OFF
    )


def find_check(name: str) -> Check | None:
    """The check of that id, None when there is none."""
    return next((check for check in CATALOGUE if check.id == name), None)
