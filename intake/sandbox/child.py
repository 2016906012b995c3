"""The life of one child: give up every right, run the task, write the answer, end.

Everything here runs after the fork, in a process of a single thread. It never returns to the server's code.
"""

from __future__ import annotations

import ctypes
import gc
import mmap
import os
import resource
import signal
from collections.abc import Callable, Collection

import msgspec

from intake.sandbox import landlock
from intake.sandbox.limits import Limits
from intake.sandbox.wire import ANSWER, CONTENT_FD, OUT_OF_MEMORY, RAISED, RESULT_FD, TOO_LARGE, UNPROTECTED

# The numbers that prctl(2) and capset(2) know.
_SET_PDEATHSIG, _SET_DUMPABLE, _SET_SECCOMP, _CAPBSET_DROP, _SET_NO_NEW_PRIVS = 1, 4, 22, 24, 38
_CAP_AMBIENT, _CAP_AMBIENT_CLEAR_ALL = 47, 4
_FILTER_MODE = 2
_CAPABILITY_VERSION_3 = 0x20080522


class _FilterProgram(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


class Unprotected(Exception):
    """A protection is missing; carries the names, in the order of PROTECTIONS."""


class Cage:
    """What the server prepares once, so that each child only has to apply it."""

    def __init__(self, seccomp_filter: bytes, allow_missing: Collection[str] = ()) -> None:
        self.library = ctypes.CDLL(None, use_errno=True)
        self.library.prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
        self.program = _FilterProgram(len(seccomp_filter) // 8, seccomp_filter) if seccomp_filter else None
        self.ruleset = landlock.open_ruleset(self.library)
        self.allow_missing = frozenset(allow_missing)

    def lock(self, limits: Limits) -> None:
        """Gives up every right; there is no way back. Raises Unprotected where one could not be given up."""
        steps = self.steps(limits)
        missing = [name for name, step in steps.items() if not step() and name not in self.allow_missing]
        if missing:
            raise Unprotected(*missing)

    def steps(self, limits: Limits) -> dict[str, Callable[[], bool]]:
        """What is given up, by its name in PROTECTIONS; each step takes away what those before it needed."""
        return {
            "parent's death": lambda: self._prctl(_SET_PDEATHSIG, signal.SIGKILL),
            "no dump": lambda: self._prctl(_SET_DUMPABLE, 0),
            "no new rights": lambda: self._prctl(_SET_NO_NEW_PRIVS, 1),
            "capabilities": self._drop_capabilities,
            "landlock": self._restrict,
            "limits": lambda: _set_limits(limits),
            "seccomp": self._filter,
        }

    def _prctl(self, option: int, value: int) -> bool:
        return bool(self.library.prctl(option, value, 0, 0, 0) == 0)

    def _restrict(self) -> bool:
        held = self.ruleset is not None and landlock.apply_ruleset(self.library, self.ruleset)
        os.closerange(CONTENT_FD + 1, 65536)
        return held

    def _filter(self) -> bool:
        return self.program is not None and bool(
            self.library.prctl(_SET_SECCOMP, _FILTER_MODE, ctypes.addressof(self.program), 0, 0) == 0
        )

    def _drop_capabilities(self) -> bool:
        # Where the service runs as root, root's rights end here; elsewhere there are none to end.
        for capability in range(64):
            if self.library.prctl(_CAPBSET_DROP, capability, 0, 0, 0) != 0:
                break
        self.library.prctl(_CAP_AMBIENT, _CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        self.library.capset(ctypes.byref(header), ctypes.byref((ctypes.c_uint32 * 6)()))
        # A unit's filter may refuse to change what is not there: what counts is what is held.
        held = (ctypes.c_uint32 * 6)(*[1] * 6)
        return bool(self.library.capget(ctypes.byref(header), ctypes.byref(held)) == 0 and not any(held))


def _set_limits(limits: Limits) -> bool:
    for name, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_AS, limits.memory_bytes),
    ):
        hard = resource.getrlimit(name)[1]
        ceiling = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (ceiling, ceiling))
    # One second between the two, so that the end tells its reason (SIGXCPU) before SIGKILL comes.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    return resource.getrlimit(resource.RLIMIT_AS)[1] <= limits.memory_bytes


def live(cage: Cage, task: Callable[..., object], arguments: list[object], limits: Limits) -> None:
    """Runs the task on the content at CONTENT_FD, and ends the process."""
    gc.disable()
    try:
        with _map_content() as content:
            cage.lock(limits)
            gc.enable()
            _write(*_answer(task, content, arguments, limits))
    except Unprotected as missing:
        _write(UNPROTECTED, ", ".join(missing.args).encode())
    finally:
        os._exit(0)


def _map_content() -> memoryview:
    size = os.fstat(CONTENT_FD).st_size
    if size == 0:
        os.close(CONTENT_FD)
        return memoryview(b"")
    content = memoryview(mmap.mmap(CONTENT_FD, size, prot=mmap.PROT_READ, flags=mmap.MAP_PRIVATE))
    os.close(CONTENT_FD)
    return content


def _answer(
    task: Callable[..., object], content: memoryview, arguments: list[object], limits: Limits
) -> tuple[bytes, bytes]:
    try:
        encoded = msgspec.msgpack.encode(task(content, *arguments))
    except MemoryError:
        return OUT_OF_MEMORY, b""
    except BaseException as problem:  # noqa: BLE001 - whatever a stranger's file provokes ends here
        # The kind of error only: its message may hold the file's words.
        return RAISED, type(problem).__name__.encode("ascii", "replace")[:60]
    if len(encoded) > limits.output_bytes:
        return TOO_LARGE, b""
    return ANSWER, encoded


def _write(mark: bytes, payload: bytes) -> None:
    os.write(RESULT_FD, mark)
    remaining = memoryview(payload)
    while remaining:
        remaining = remaining[os.write(RESULT_FD, remaining[: 1 << 20]) :]
