"""The machine-readable label of a forward: `intake-manifest.json`, the same facts as the cover note.

It lists the one file that is attached, so that a receiving program can check what it got against its SHA-256.
"""

from __future__ import annotations

import json

from intake.correspondence.display import clean_line
from intake.correspondence.occasion import Occasion
from intake.correspondence.view import web_address
from intake.model import FileFacts, Verdict

NAME = "intake-manifest.json"


def build_manifest(verdict: Verdict, occasion: Occasion, report: FileFacts) -> bytes:
    """The manifest as JSON in ASCII, keys in a fixed order."""
    facts = {
        "reference": occasion.reference,
        "version": occasion.version,
        "csp": _known(verdict.identity.csp),
        "case": _known(verdict.identity.case),
        "weblink": web_address(verdict.weblink) or None,
        "already_copied": occasion.already_copied,
        "replaces_version": occasion.replaces.version if occasion.replaces else None,
        "released_by_staff": occasion.released,
        "received": occasion.received_at.isoformat(timespec="seconds"),
        "sender": clean_line(occasion.sender.address),
        "files": [{"name": report.name, "size": report.size, "sha256": report.sha256}],
        "checks": [
            {"id": one.check, "status": one.status.value, "policy": one.policy.value} for one in verdict.findings
        ],
        "rules_version": verdict.rules_version,
    }
    return (json.dumps(facts, indent=2) + "\n").encode("ascii")


def _known(text: str | None) -> str | None:
    return clean_line(text) if text else None
