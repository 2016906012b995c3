"""One service at a time on a data folder.

Because the kernel drops the lock with the process, whoever holds it knows that no former self is still at work: what
that one had in hand can be taken back at once, without waiting for its leases to end.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType

from intake.ledger.lock_file import lock_file

_TAKEN = ("Another intake service is at work on this data folder.", "Stop it first, or leave the work to it.")


class OnlyOne:
    """A context manager that holds the lock. Entering raises UsageError while another process holds it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "service.lock"
        self._descriptor: int | None = None

    def __enter__(self) -> None:
        self._descriptor = lock_file(self._path, "service", "Check [storage] folder.", _TAKEN)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
