"""What takes long to build and is only copied or read: built by the first process that wants it, shared by all."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def built_once(factory: pytest.TempPathFactory, name: str, build: Callable[[Path], None]) -> Path:
    """The folder that `build` filled, once for all processes of a run.

    Who comes while it is built waits. A build that failed leaves no mark, so that the next process tries it in a folder
    of its own, and says why.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        folder = factory.mktemp(name)
        build(folder)
        return folder
    shared = factory.getbasetemp().parent
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        mark = shared / f"{name}.built"
        if not mark.exists():
            folder = shared / f"{name}-{worker}"  # none of the process's own, which may end before the others
            folder.mkdir()
            build(folder)
            mark.write_text(str(folder), encoding="utf-8")
        return Path(mark.read_text(encoding="utf-8"))
