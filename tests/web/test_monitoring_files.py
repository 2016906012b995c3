from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.web.office import Visitor

CONFIG = Path(__file__).resolve().parents[2] / "config"


@pytest.mark.parametrize("name", ["alerts.yml", "grafana-dashboard.json"])
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
