"""What of the disk a child may see: the program's own code, libraries, fonts and OCR data, to read only.

Landlock needs no privilege, but a kernel from 2021 (5.13) or later; without it the seccomp filter still
stops every write. See landlock(7).
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import sys
import sysconfig
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG = 1
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_ALL_OF_VERSION_1 = (1 << 13) - 1
_HIGH_DESCRIPTOR = 64

SYSTEM_FOLDERS = ("/usr", "/lib", "/lib64", "/opt", "/etc/magic", "/etc/mime.types", "/etc/ld.so.cache", "/etc/fonts")
SYSTEM_FILES = ("/dev/null", "/dev/urandom")


class _Ruleset(ctypes.Structure):
    _fields_ = [("handled_access_fs", ctypes.c_uint64)]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32)]


def open_ruleset(library: ctypes.CDLL) -> int | None:
    """A ruleset that allows reading what a child needs; None where the kernel has no Landlock."""
    if library.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG) < 1:
        return None
    handled = _Ruleset(_ALL_OF_VERSION_1)
    ruleset = int(library.syscall(_CREATE_RULESET, ctypes.byref(handled), ctypes.sizeof(handled), 0))
    if ruleset < 0:
        return None
    for path in _readable_paths():
        _allow_reading(library, ruleset, path)
    # Out of the way of the low numbers, which a child's own descriptors take.
    high = fcntl.fcntl(ruleset, fcntl.F_DUPFD_CLOEXEC, _HIGH_DESCRIPTOR)
    os.close(ruleset)
    return high


def apply_ruleset(library: ctypes.CDLL, ruleset: int) -> bool:
    """Restricts this process from here on; needs no_new_privs to be set first."""
    return bool(library.syscall(_RESTRICT_SELF, ruleset, 0) == 0)


def _readable_paths() -> set[str]:
    own = {path for path in sys.path if Path(path).is_absolute()}
    own |= {sysconfig.get_path("stdlib"), sys.base_prefix, sys.prefix}
    tessdata = os.environ.get("TESSDATA_PREFIX")
    return {*own, *SYSTEM_FOLDERS, *SYSTEM_FILES, *([tessdata] if tessdata else [])}


def _allow_reading(library: ctypes.CDLL, ruleset: int, path: str) -> None:
    try:
        folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        access = _READ_FILE | _READ_DIR if Path(path).is_dir() else _READ_FILE
        rule = _PathBeneath(access, folder)
        library.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(folder)
