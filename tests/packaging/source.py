"""The tree that packages are built from, copied somewhere else: what is committed, and the pages' fetched files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
ASSETS = Path("intake/web/assets")


def copy_source(target: Path) -> Path:
    """Every file that is, or would be, committed; the style files of the pages where they have been fetched."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)
    if (ROOT / ASSETS).is_dir():
        shutil.copytree(ROOT / ASSETS, target / ASSETS, dirs_exist_ok=True)
    return target
