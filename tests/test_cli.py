"""The command line's promises: exit codes, one sentence for an error, `check` for programs, and a quick start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from intake import cli
from tests.builders import NORTHMERE, a_report
from tests.service.world import enquiry, submission

CHECK_KEYS = {"id", "status", "fault", "policy", "certainty", "summary", "remedy", "evidence"}
KINDS = {"final-submission", "follow-up", "qa-submission", "enquiry", "automatic", "bounce", "own-mail", "other"}


def intake(*arguments: object, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "intake", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=cwd)


@pytest.fixture
def samples(tmp_path: Path) -> Path:
    (tmp_path / "compliant.eml").write_bytes(submission())
    (tmp_path / "gaps.eml").write_bytes(submission(2, weblink=""))
    (tmp_path / "question.eml").write_bytes(enquiry())
    (tmp_path / "report.pdf").write_bytes(a_report(review=NORTHMERE, pages=8))
    (tmp_path / "empty.eml").write_bytes(b"")
    (tmp_path / "noise.pdf").write_bytes(bytes(range(256)) * 40)
    return tmp_path


def test_check_prints_a_line_for_each_file_in_their_order(samples: Path) -> None:
    names = ["gaps.eml", "compliant.eml", "question.eml", "empty.eml", "noise.pdf"]
    done = intake("check", "--json", *(samples / name for name in names))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert done.stderr == ""
    assert [row["file"] for row in rows] == [str(samples / name) for name in names]
    assert [row["outcome"] for row in rows[:3]] == ["gaps", "compliant", "ignore"]
    assert all(row["kind"] in KINDS for row in rows)


def test_check_has_the_keys_that_programs_count_on(samples: Path) -> None:
    row = json.loads(intake("check", "--json", samples / "gaps.eml").stdout)
    assert {"file", "kind", "outcome", "weblink", "checks"} <= set(row)
    assert row["weblink"] is None
    assert all(set(check) >= CHECK_KEYS for check in row["checks"])
    assert {check["status"] for check in row["checks"]} <= {"met", "gap", "unsure"}
    faults = {check["id"]: check["fault"] for check in row["checks"] if check["status"] == "gap"}
    assert "weblink" in faults
    for check in row["checks"]:
        assert all({"document", "page", "text"} <= set(item) for item in check["evidence"])


def test_check_is_content_when_every_outcome_is_compliant(samples: Path) -> None:
    done = intake("check", samples / "compliant.eml")
    assert done.returncode == 0
    assert "Ready: every required check is met." in done.stdout


def test_check_judges_a_bare_report_with_the_weblink_beside_it(samples: Path) -> None:
    assert intake("check", samples / "report.pdf", "--weblink", NORTHMERE.weblink).returncode == 0
    assert intake("check", samples / "report.pdf").returncode == 1


def test_a_missing_file_is_a_usage_error_and_the_others_are_still_answered(samples: Path) -> None:
    done = intake("check", "--json", samples / "none.eml", samples / "compliant.eml")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 2
    assert [row["outcome"] for row in rows] == ["review", "compliant"]
    assert "cannot be read" in rows[0]["error"]


def test_a_folder_instead_of_a_file_is_a_usage_error(samples: Path) -> None:
    done = intake("check", "--json", samples)
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 1


def test_a_reader_that_goes_away_is_no_error_to_speak_of(samples: Path) -> None:
    files = " ".join(f"'{samples / name}'" for name in ("compliant.eml", "gaps.eml", "question.eml"))
    shell = f"'{sys.executable}' -m intake check --json {files} | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    assert done.stdout.strip() in {"0", "1", "141"}


@pytest.mark.parametrize(
    "library", ["sqlalchemy", "httpx", "pydantic", "fastapi", "alembic", "aiosmtplib", "apscheduler"]
)
def test_check_starts_without_the_services_libraries(library: str) -> None:
    code = f"import sys; import intake.cli, intake.commands.check; sys.exit({library!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0


@pytest.mark.parametrize("arguments", [["nonsense"], ["check"], ["log", "--nonsense"], ["explain", "nonsense"]])
def test_what_cannot_be_understood_ends_with_two(arguments: list[str]) -> None:
    done = intake(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "intake" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_command_it_says_what_there_is() -> None:
    assert "doctor" in intake().stdout


def test_every_command_in_the_list_can_be_asked_for_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert "usage: intake check" in intake("check", "--help").stdout  # it starts its children before it is asked
    for name, _ in cli._COMMANDS:
        if name != "check":
            assert cli.main([name, "--help"]) == 0, name
            assert f"usage: intake {name}" in capsys.readouterr().out


def test_a_fault_of_the_program_is_one_sentence_and_seventy(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def break_down(_arguments: object) -> int:
        raise ZeroDivisionError("names from a report")

    monkeypatch.setattr("intake.commands.explain.run", break_down)
    assert cli.main(["explain"]) == 70
    told = capsys.readouterr().err
    assert "internal error (ZeroDivisionError)" in told
    assert "names from a report" not in told
    assert len(told.splitlines()) == 1


def test_without_libmagic_it_says_what_to_install(samples: Path, tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "libmagic.so.1").write_text("no library", encoding="ascii")
    command = [sys.executable, "-m", "intake", "check", str(samples / "compliant.eml")]
    environment = {**os.environ, "LD_LIBRARY_PATH": str(tmp_path / "lib")}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)
    assert (done.returncode, done.stdout) == (2, "")
    assert "libmagic is missing or broken. Install libmagic1" in done.stderr
    assert "Traceback" not in done.stderr
    assert "ImportError" not in done.stderr


@pytest.mark.parametrize("command", ["run", "replay"])
def test_a_day_that_is_none_gets_a_sentence(command: str) -> None:
    done = intake(command, "--since", "last week")
    assert (done.returncode, done.stdout) == (2, "")
    assert "“last week” is not a date: write it as 2026-11-30" in done.stderr
    assert "fromisoformat" not in done.stderr


def test_nothing_in_the_working_folder_passes_for_a_library(tmp_path: Path) -> None:
    """Somebody judges a file in the folder where it was saved, beside what else came with it."""
    for name in ("json", "argparse", "msgspec", "pypdf", "ctypes", "pathlib"):
        (tmp_path / f"{name}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n", encoding="ascii")
    (tmp_path / "a.pdf").write_bytes(a_report())
    command = [sys.executable, "-m", "intake", "check", "--json", "a.pdf"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    assert '"file": "a.pdf"' in done.stdout
    assert not (tmp_path / "ran").exists()
