"""A file that one process at a time has locked. The kernel drops the lock with the process."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from intake.errors import StorageError, UsageError


def lock_file(path: Path, whose: str, hint: str, taken: tuple[str, str]) -> int:
    """Lock a file for this process alone; the descriptor, which ends the lock when it is closed.

    Raises StorageError, with the hint, where it cannot be opened, and UsageError(*taken) while another has it.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageError(f"The {whose}'s lock file cannot be opened: {error.strerror}.", hint) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise UsageError(*taken) from error
    return descriptor
