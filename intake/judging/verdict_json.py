"""A verdict as JSON: the form that `intake check --json` prints and the ledger keeps."""

from __future__ import annotations

import json
from typing import Any

from intake.model import Doubt, Evidence, Finding, Outcome, Status, Verdict


def to_json(file: str, verdict: Verdict | None, error: str = "") -> str:
    """One line of JSON for one file; a file that could not be judged is a line too, and goes to a person."""
    return json.dumps({"file": file, **as_object(verdict, error)}, ensure_ascii=False)


def as_object(verdict: Verdict | None, error: str = "") -> dict[str, Any]:
    """The verdict as JSON-ready values."""
    if verdict is None:
        return {
            "kind": "other",
            "outcome": str(Outcome.REVIEW),
            "weblink": None,
            "checks": [],
            "doubts": [],
            "error": error,
            "reasons": [error] if error else [],
        }
    return {
        "kind": str(verdict.kind),
        "outcome": str(verdict.outcome),
        # An address that is only a candidate stands in the check's evidence.
        "weblink": verdict.weblink if _is_met(verdict, "weblink") else None,
        "checks": [_finding(finding) for finding in verdict.findings],
        "doubts": [_doubt(doubt) for doubt in verdict.doubts],
        "certainty": str(verdict.certainty),
        "kind_reasons": list(verdict.reasons),
        "reasons": list(verdict.outcome_reasons),
        "csp": verdict.identity.csp,
        "case": verdict.identity.case,
        "report": verdict.report.name if verdict.report else None,
        "files": [
            {
                "name": f.name,
                "role": f.role,
                "size": f.size,
                "sha256": f.sha256,
                "type": f.media_type,
                "pages": f.page_count,
            }
            for f in verdict.files
        ],
        "rules": verdict.rules_version,
    }


def _doubt(doubt: Doubt) -> dict[str, Any]:
    return {
        "code": doubt.code,
        "source": doubt.source,
        "summary": doubt.summary,
        "quote": doubt.quote,
        "document": doubt.document,
        "page": doubt.page,
    }


def _is_met(verdict: Verdict, check: str) -> bool:
    found = verdict.finding(check)
    return found is not None and found.status is Status.MET


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.check,
        "status": str(finding.status),
        "fault": finding.fault,
        "policy": str(finding.policy),
        "certainty": str(finding.certainty),
        "summary": finding.summary,
        "remedy": finding.remedy,
        "evidence": [_evidence(item) for item in finding.evidence],
        "blocked_by": finding.blocked_by,
    }


def _evidence(item: Evidence) -> dict[str, Any]:
    return {
        "document": item.document,
        "page": item.page,
        "label": item.label,
        "text": item.text,
    }
