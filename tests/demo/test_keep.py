"""`intake demo --keep` ends as people end it: by Ctrl-C, which the terminal sends to everything that runs in it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

PATIENCE = 600.0  # seconds, on a busy machine


def test_ctrl_c_ends_a_demo_that_was_kept_open(tmp_path: Path) -> None:
    told, folder = tmp_path / "told", tmp_path / "demo"
    with told.open("wb") as output:
        demo = subprocess.Popen(
            # Where the tests run in the background, SIGINT is ignored, and children inherit that.
            ["env", "--default-signal=INT", sys.executable, "-m", "intake", "demo", "--keep", "--folder", str(folder)],
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while b"Ctrl-C ends it" not in told.read_bytes() and time.monotonic() < deadline and demo.poll() is None:
            time.sleep(0.2)
        assert b"Ctrl-C ends it" in told.read_bytes()
        os.killpg(demo.pid, signal.SIGINT)
        assert demo.wait(30) == 0
    finally:
        demo.kill()
        demo.wait()
    assert told.read_text(encoding="utf-8").rstrip().endswith("Stopped.")
