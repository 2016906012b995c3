"""The report should include its executive summary."""

from __future__ import annotations

from intake.judging.checks.check import (
    CONVERSION_PARAGRAPH,
    Check,
    Fault,
    Result,
    gap,
    met,
    unsure,
)
from intake.judging.checks.report_file import open_report
from intake.judging.facts import Dossier
from intake.judging.policy import PolicyTable
from intake.model import Policy


def _examine(dossier: Dossier, policy: PolicyTable) -> Result:
    opened = open_report(dossier, policy)
    if isinstance(opened, Result):
        return opened
    report, parts = opened
    if parts.summary:
        return met(parts.summary, document=report.name)
    separate = next((d for d, p in dossier.others() if p.summary), None)
    if separate is not None:
        return gap("executive-summary-separate", document=report.name, other=separate.name)
    if parts.unread or parts.other_language:
        return unsure("executive-summary-unread", document=report.name)
    return gap("executive-summary-missing", document=report.name)


EXECUTIVE_SUMMARY = Check(
    id="executive-summary",
    title="The executive summary in the report",
    why="Many people read only the summary; it belongs with the report.",
    remedy="It would help to include the executive summary in the same PDF.",
    reference=CONVERSION_PARAGRAPH,
    default=Policy.ADVISORY,
    met="The executive summary is in “{document}”.",
    faults=(
        Fault(
            "executive-summary-missing",
            "We did not find the executive summary in “{document}”.",
        ),
        Fault(
            "executive-summary-separate",
            "The executive summary came as a separate file (“{other}”).",
        ),
        Fault(
            "executive-summary-unread",
            "The executive summary could not be looked for on every page of “{document}”.",
        ),
    ),
    examine=_examine,
)
