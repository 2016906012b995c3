"""A verdict as the ledger keeps it, made whole again: its findings and files stand in rows of their own."""

from __future__ import annotations

from dataclasses import asdict

import msgspec

from intake.ledger import JudgementRow
from intake.model import Verdict


def recorded_verdict(row: JudgementRow) -> Verdict:
    """The verdict of a recorded judgement, as it was when it was made."""
    findings = [
        {name: value for name, value in asdict(finding).items() if name != "rules_version"} for finding in row.findings
    ]
    files = [{name: value for name, value in asdict(file).items() if name != "is_report"} for file in row.files]
    return msgspec.convert({**row.verdict, "findings": findings, "files": files}, Verdict)
