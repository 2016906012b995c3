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
# What each version of Landlock can refuse: ways to the disk, to the network, and to other processes.
_ALL_OF_VERSION_1 = (1 << 13) - 1
_REFER, _TRUNCATE, _IOCTL_DEVICE = 1 << 13, 1 << 14, 1 << 15  # versions 2, 3 and 5
_BIND_TCP, _CONNECT_TCP = 1 << 0, 1 << 1  # version 4
_ABSTRACT_SOCKETS, _SIGNALS = 1 << 0, 1 << 1  # version 6
_HIGH_DESCRIPTOR = 64

SYSTEM_FOLDERS = ("/usr", "/lib", "/lib64", "/opt", "/etc/magic", "/etc/mime.types", "/etc/ld.so.cache", "/etc/fonts")
SYSTEM_FILES = ("/dev/null", "/dev/urandom")


class _Ruleset(ctypes.Structure):
    _fields_ = [
        ("handled_access_fs", ctypes.c_uint64),
        ("handled_access_net", ctypes.c_uint64),
        ("scoped", ctypes.c_uint64),
    ]


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = [("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32)]


def open_ruleset(library: ctypes.CDLL) -> int | None:
    """A ruleset that allows reading what a child needs; None where the kernel has no Landlock."""
    version = int(library.syscall(_CREATE_RULESET, None, 0, _VERSION_FLAG))
    if version < 1:
        return None
    handled, size = _handled(version)
    ruleset = int(library.syscall(_CREATE_RULESET, ctypes.byref(handled), size, 0))
    if ruleset < 0:
        return None
    for path in _readable_paths():
        _allow_reading(library, ruleset, path)
    # Out of the way of the low numbers, which a child's own descriptors take.
    high = fcntl.fcntl(ruleset, fcntl.F_DUPFD_CLOEXEC, _HIGH_DESCRIPTOR)
    os.close(ruleset)
    return high


def _handled(version: int) -> tuple[_Ruleset, int]:
    """All that this kernel can refuse, in the size of the structure that it knows."""
    files = _ALL_OF_VERSION_1
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEVICE)):
        files |= right if version >= since else 0
    network = _BIND_TCP | _CONNECT_TCP if version >= 4 else 0
    others = _ABSTRACT_SOCKETS | _SIGNALS if version >= 6 else 0
    fields = 3 if version >= 6 else 2 if version >= 4 else 1
    return _Ruleset(files, network, others), fields * ctypes.sizeof(ctypes.c_uint64)


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
