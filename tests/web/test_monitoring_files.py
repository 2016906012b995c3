from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.web.office import Visitor

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config"
OPERATIONS = ROOT / "docs" / "operations.md"
FILES = ("alerts.yml", "grafana-dashboard.json")


@pytest.mark.parametrize("name", FILES)
def test_dashboard_and_alerts_name_only_numbers_that_there_are(visitor: Visitor, name: str) -> None:
    text = (CONFIG / name).read_text(encoding="utf-8")
    if name.endswith(".json"):
        text = " ".join(target["expr"] for panel in json.loads(text)["panels"] for target in panel["targets"])
    else:
        text = " ".join(re.findall(r"expr: (.*)", text))
    named = set(re.findall(r"\bintake_\w+", text))
    given = set(re.findall(r"^# TYPE (\w+)", visitor.get("/metrics").text, re.MULTILINE))
    assert len(named) > 4
    assert named <= given


def test_the_documents_name_both_files_and_only_numbers_that_there_are(visitor: Visitor) -> None:
    text = OPERATIONS.read_text(encoding="utf-8")
    assert [name for name in FILES if f"config/{name}" not in text] == []
    given = set(re.findall(r"^# TYPE (\w+)", visitor.get("/metrics").text, re.MULTILINE))
    named = set(re.findall(r"\bintake_\w+", text))
    assert len(named) > 4
    assert named <= given


def test_a_mailbox_never_read_and_a_service_not_ready_are_alerts() -> None:
    expressions = re.findall(r"expr: (.*)", (CONFIG / "alerts.yml").read_text(encoding="utf-8"))
    assert "intake_last_sweep_timestamp_seconds == 0" in expressions
    assert "intake_ready == 0" in expressions
