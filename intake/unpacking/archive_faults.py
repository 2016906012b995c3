"""What every reader of archives shares: how much may come out, and how it says that an archive is not opened."""

from __future__ import annotations

from dataclasses import dataclass

from intake.unpacking.limits import UnpackLimits

_FREE_RATIO = 10 * 1024 * 1024


@dataclass(slots=True)
class ArchiveBudget:
    """What the archives of one message may still give, together."""

    bytes_left: int
    files_left: int


class ArchiveFault(Exception):
    """An archive that is not opened, or not to its end; `fault` is one of the names of `UnpackProblem`."""

    def __init__(self, fault: str, detail: str) -> None:
        super().__init__(fault)
        self.fault = fault
        self.detail = detail


def allowed_size(packed: int, limits: UnpackLimits, budget: ArchiveBudget) -> int:
    """How many bytes may come out of so many packed ones."""
    return min(budget.bytes_left, max(_FREE_RATIO, packed * limits.archive_ratio))
