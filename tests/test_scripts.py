"""What the checkout's own scripts say where something that they need is missing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.mark.parametrize(("script", "told"), [("lock", "uv is missing"), ("audit", ".venv is missing: run make setup")])
def test_what_is_missing_is_named(script: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "bin").mkdir()
    shutil.copy(SCRIPTS / script, tmp_path / "scripts")
    for tool in ("bash", "dirname"):
        (tmp_path / "bin" / tool).symlink_to(shutil.which(tool) or "")
    done = subprocess.run(
        [tmp_path / "bin" / "bash", tmp_path / "scripts" / script],
        env={"PATH": str(tmp_path / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2, done.stderr
    assert told in done.stderr
