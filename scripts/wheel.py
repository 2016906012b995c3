"""Build the wheel, with the hashed lock and the units inside: the same bytes wherever and whenever it is built.

.venv/bin/python -m scripts.wheel dist
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts import assets

ROOT = Path(__file__).resolve().parent.parent
PIP = ("-m", "pip", "--quiet", "--no-input", "--disable-pip-version-check")
WHEELS = "dhr_intake-*.whl"
# The backend's own fixed date stands in the archive where no SOURCE_DATE_EPOCH is given.
_FIXED = {"SOURCE_DATE_EPOCH", "PYTHONPATH", "PYTHONHOME"}


class BuildError(Exception):
    """Something that the build needs is not there, or a step failed: the message says what, for a person."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, help="where the wheel goes")
    try:
        print(build(Path(sys.executable), parser.parse_args().folder))
    except BuildError as error:
        print(f"scripts/wheel.py: {error}", file=sys.stderr)
        return 1
    return 0


def tools(interpreter: Path) -> Path:
    """The Python of an environment that holds the locked build backends and nothing else; made where it is not there.

    One for each version of Python: what is built with it fits that version.
    """
    name = run([interpreter, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).strip()
    lock = ROOT / "requirements" / "build.txt"
    folder = ROOT / "build" / f"tools-{name}"
    python, stamp = folder / "bin" / "python", folder / "stamp"
    wanted = f"{interpreter.resolve()}\n{lock.read_text()}"
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    try:
        run([interpreter, "-m", "venv", "--clear", folder])
    except BuildError:
        raise BuildError(f"{interpreter} cannot make a virtual environment: install python3-venv.") from None
    run([python, *PIP, "install", "--require-hashes", "--requirement", lock])
    stamp.write_text(wanted)
    return python


def build(python: Path, folder: Path, source: Path = ROOT) -> Path:
    """Build the wheel of a source tree; `python` has the backend. Raises BuildError, also for a tree without pages."""
    missing = [name for name in assets.FILES if not (source / "intake" / "web" / "assets" / name).is_file()]
    if missing:
        raise BuildError(f"intake/web/assets/{missing[0]} is not there: run scripts/assets.py.")
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(WHEELS):
        old.unlink()
    run([python, "-m", "hatchling", "build", "-t", "wheel", "-d", folder.resolve()], cwd=source)
    (wheel,) = folder.glob(WHEELS)
    return wheel


def run(command: Sequence[str | Path], cwd: Path = ROOT, **environment: str) -> str:
    """Run a command without what would make its result another elsewhere; its output. Raises BuildError."""
    kept = {key: value for key, value in os.environ.items() if key not in _FIXED}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**kept, "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()[-2000:]
        raise BuildError(f"{' '.join(map(str, command))} failed:\n{said}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
