"""Runs a command under the system-call filter of a systemd unit, as systemd would set it.

Usage: `python system_call_filter.py UNIT SYSTEMD_ANALYZE COMMAND…`. Understands what our units use: SystemCallFilter=
with names and @sets, `~` for what is taken away again, and MemoryDenyWriteExecute=.
"""

from __future__ import annotations

import ctypes
import errno
import mmap
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ALLOW = 0x7FFF0000
DENY = 0x00050000 | errno.EPERM
MASKED_EQUAL = 7


class Comparison(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def allowed_calls(unit: Path, analyze: str) -> set[str]:
    """The calls that the unit's SystemCallFilter= lines leave."""
    allowed = set(members("@default", analyze))
    for line in unit.read_text().splitlines():
        key, _, value = line.partition("=")
        if key != "SystemCallFilter":
            continue
        names = {call for name in value.removeprefix("~").split() for call in members(name, analyze)}
        allowed = allowed - names if value.startswith("~") else allowed | names
    return allowed


def members(name: str, analyze: str) -> Iterator[str]:
    """The calls of a set, and of the sets in it."""
    if not name.startswith("@"):
        yield name
        return
    listing = subprocess.run([analyze, "syscall-filter", name], capture_output=True, text=True, check=True).stdout
    for line in listing.splitlines()[1:]:
        if line.strip() and not line.strip().startswith("#"):
            yield from members(line.strip(), analyze)


def apply_filter(calls: set[str], *, deny_write_execute: bool) -> None:
    """From here on this process and its children can make these calls only."""
    library = ctypes.CDLL("libseccomp.so.2", use_errno=True)
    library.seccomp_init.restype = ctypes.c_void_p
    context = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(DENY)))
    add = library.seccomp_rule_add_array
    add.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Comparison)]
    execute = mmap.PROT_EXEC
    both = execute | mmap.PROT_WRITE
    # With the filter's default at "deny", what MemoryDenyWriteExecute= refuses is what is not allowed here.
    rules = {
        "mmap": [Comparison(2, MASKED_EQUAL, both, value) for value in (0, execute, mmap.PROT_WRITE)],
        "mprotect": [Comparison(2, MASKED_EQUAL, execute, 0)],
        "pkey_mprotect": [Comparison(2, MASKED_EQUAL, execute, 0)],
    }
    for call in sorted(calls):
        number = library.seccomp_syscall_resolve_name(call.encode())
        if number < 0:
            continue
        if deny_write_execute and call in rules:
            for rule in rules[call]:
                add(context, ALLOW, number, 1, ctypes.byref(rule))
        else:
            add(context, ALLOW, number, 0, None)
    if library.seccomp_load(context) != 0:
        raise OSError("the kernel refused the filter")


def give_up_capabilities() -> None:
    """What the program that comes next could hold, as under CapabilityBoundingSet= without a value."""
    library = ctypes.CDLL(None)
    drop_from_bounds = 24  # prctl(2)
    for capability in range(64):
        if library.prctl(drop_from_bounds, capability, 0, 0, 0) != 0:
            break


if __name__ == "__main__":
    unit_file = Path(sys.argv[1])
    if "CapabilityBoundingSet=" in unit_file.read_text().splitlines():
        give_up_capabilities()
    apply_filter(
        allowed_calls(unit_file, sys.argv[2]),
        deny_write_execute="MemoryDenyWriteExecute=yes" in unit_file.read_text().splitlines(),
    )
    os.execv(sys.argv[3], sys.argv[3:])  # noqa: S606 - the test's own command
