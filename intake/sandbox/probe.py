"""Tries each protection from inside a child, so that `intake doctor` can say which really hold."""

from __future__ import annotations

import fcntl
import os
import resource
import socket
from collections.abc import Callable

import msgspec

from intake.sandbox.wire import RESULT_FD


class Protections(msgspec.Struct, frozen=True):
    """What a child was kept from doing."""

    network: bool
    programs: bool
    processes: bool
    writing: bool
    reading_elsewhere: bool
    signals: bool
    aimed_signals: bool
    memory: bool
    other_calls: bool


def probe(_content: memoryview) -> Protections:
    """Attempts what a taken-over child would attempt; True means that it was refused."""
    return Protections(
        network=_refused(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM).close()),
        programs=_refused(lambda: os.posix_spawn("/bin/true", ["true"], {})),
        processes=_refused(_fork),
        writing=_refused(lambda: os.close(os.open(".", os.O_TMPFILE | os.O_RDWR))),
        reading_elsewhere=_refused(lambda: os.close(os.open("/etc/passwd", os.O_RDONLY))),
        signals=_refused(lambda: os.kill(os.getppid(), 0)),
        aimed_signals=_refused(lambda: fcntl.fcntl(RESULT_FD, fcntl.F_SETOWN, os.getppid())),
        memory=resource.getrlimit(resource.RLIMIT_AS)[1] != resource.RLIM_INFINITY,
        other_calls=_refused(lambda: os.sched_setaffinity(0, os.sched_getaffinity(0))),
    )


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


def _refused(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return True
    return False
