"""The wheel is whole: installed into an empty environment, it checks a report and plays the demo, from anywhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import sysconfig
import time
import venv
from pathlib import Path

import pytest

from tests.builders import a_message, a_report

ROOT = Path(__file__).parent.parent
BARE = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LANG": "C.UTF-8"}
OPEN = b"Press Ctrl-C to stop it."
PATIENCE = 600.0  # seconds, for the whole demo on a busy machine


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `intake` command of an environment that holds only the wheel; what it depends on is lent by this one."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder / "dist")]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = (folder / "dist").glob("*.whl")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv/bin/python"
    command = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "-q",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    (site,) = (folder / "venv/lib").glob("python3*/site-packages")
    # A folder named in a .pth file lends its packages, but not its own .pth files: the checkout stays out of sight.
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "venv/bin/intake"


def _run(command: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(command), *arguments], cwd="/", env=BARE, capture_output=True, text=True, timeout=280, check=False
    )


def test_it_is_the_wheel_that_runs(installed: Path) -> None:
    where = "import intake; print(intake.__file__)"
    found = subprocess.run(
        [str(installed.parent / "python"), "-c", where], cwd="/", capture_output=True, text=True, check=True
    )
    assert str(ROOT) not in found.stdout


def test_it_checks_a_message_from_anywhere(installed: Path, tmp_path: Path) -> None:
    message = tmp_path / "submission.eml"
    message.write_bytes(a_message(report=a_report(pages=12)))
    answer = _run(installed, "check", "--json", str(message))
    verdict = json.loads(answer.stdout)
    assert answer.returncode in {0, 1}, answer.stderr
    assert verdict["kind"] == "final-submission"
    assert next(check for check in verdict["checks"] if check["id"] == "feedback-letter-annex")["status"] == "met"


def test_it_plays_the_demo_from_anywhere_and_ctrl_c_ends_it_when_kept_open(installed: Path, tmp_path: Path) -> None:
    """Every outcome is as expected; then it ends as people end it: Ctrl-C is sent to all that runs in a terminal."""
    told, folder = tmp_path / "told", tmp_path / "demo"
    # Where the tests run in the background, SIGINT is ignored, and children inherit that.
    command = ["env", "--default-signal=INT", str(installed), "demo", "--keep", "--folder", str(folder)]
    with told.open("wb") as output:
        demo = subprocess.Popen(command, cwd="/", env=BARE, stdout=output, stderr=output, start_new_session=True)
    try:
        deadline = time.monotonic() + PATIENCE
        while OPEN not in told.read_bytes() and time.monotonic() < deadline and demo.poll() is None:
            time.sleep(0.2)
        assert OPEN in told.read_bytes(), told.read_text(encoding="utf-8")
        os.killpg(demo.pid, signal.SIGINT)
        assert demo.wait(30) == 0
    finally:
        demo.kill()
        demo.wait()
    said = told.read_text(encoding="utf-8")
    assert "Every message came out as expected." in said
    assert said.rstrip().endswith("Stopped.")
    log = _run(installed, "log", "--json", "--config", str(folder / "intake.toml"))
    assert len(log.stdout.splitlines()) == 7, log.stdout + log.stderr
