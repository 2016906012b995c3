from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from intake.cli import main
from intake.ledger import Act, Ledger
from intake.model import SubmissionState
from tests.commands.conftest import Run
from tests.commands.test_show import reference


def test_it_lists_the_submissions_and_the_sum_within_eighty_columns(run: Run) -> None:
    answer = run("log")
    assert answer.code == 0
    assert "-0001" in answer.out
    assert "Complete" in answer.out
    assert len([line for line in answer.out.splitlines() if line.startswith("DHR-")]) == 2  # one line a row
    assert "Northmere CSP · " in answer.out
    assert "3 seen = 2 checked, 1 left for people" in answer.out
    table = [line for line in answer.out.splitlines() if not line.startswith("main/")]
    assert max(map(len, table)) <= 80


def test_it_prints_one_json_object_a_line(run: Run) -> None:
    rows = [json.loads(line) for line in run("log", "--json").out.splitlines()]
    assert [row["state"] for row in rows] == ["waiting-for-CSP", "complete"]
    assert set(rows[0]) >= {"reference", "state", "outcome", "version", "csp", "case", "opened", "weblink"}


def test_it_prints_csv_with_a_heading(run: Run) -> None:
    lines = run("log", "--csv").out.splitlines()
    assert lines[0].startswith("reference,state,outcome")
    assert len(lines) == 3


def test_it_filters_by_state(run: Run) -> None:
    assert len(run("log", "--json", "--state", "complete").out.splitlines()) == 1
    assert "No submission matches." in run("log", "--state", "review").out or run("log", "--state", "review").code == 0


@pytest.mark.parametrize(
    "command",
    [
        ("log",),
        ("show", "X"),
        ("retry", "1", "--by", "A", "--reason", "b"),
        ("release", "X", "--as", "gaps", "--by", "A", "--reason", "b"),
        ("hold", "X", "--by", "A", "--reason", "b"),
        ("verify",),
        ("backup", "somewhere"),
        ("restore", "somewhere"),
        ("purge",),
        ("replay",),
        ("once",),
    ],
)
def test_every_command_says_that_the_configuration_is_missing(
    command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*command, "--config", str(tmp_path / "none.toml")]) == 2
    told = capsys.readouterr().err
    assert told.startswith("intake: ")
    assert "none.toml" in told
    assert len(told.splitlines()) == 1


def test_it_names_what_waits_for_a_person(run: Run, ledger: Ledger) -> None:
    assert "For people" not in run("log").out
    name = reference(ledger, "waiting-for-CSP")
    who = Act(by="A. Caseworker", reason="seen", at=datetime.now(UTC))
    ledger.actions.move(name, SubmissionState.REVIEW, who)
    told = run("log").out
    assert f"{name} to decide: intake show {name}" in told
