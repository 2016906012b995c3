"""What a taken-over or unlucky child might do; run by the tests through the sandbox."""

from __future__ import annotations

import ctypes
import fcntl
import mmap
import os
import signal
import socket
import sys
import time
from pathlib import Path

from intake.sandbox.wire import RESULT_FD


def count(content: memoryview) -> int:
    return len(content)


def double(_content: memoryview, number: int, word: str = "") -> list[str | int]:
    return [number * 2, word]


def connect(_content: memoryview, port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=2):
        return "connected"


def open_socket(_content: memoryview, family: int, kind: int) -> str:
    with socket.socket(family, kind):
        return "opened"


def write_file(_content: memoryview, path: str) -> str:
    Path(path).write_text("x", encoding="ascii")
    return "written"


def append_to(_content: memoryview, path: str) -> str:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND)
    os.write(descriptor, b"x")
    return "appended"


def remove(_content: memoryview, path: str) -> str:
    Path(path).unlink()
    return "removed"


def rename(_content: memoryview, path: str) -> str:
    Path(path).rename(path + ".new")
    return "renamed"


def make_folder(_content: memoryview, path: str) -> str:
    Path(path).mkdir()
    return "made"


def change_mode(_content: memoryview, path: str) -> str:
    Path(path).chmod(0o777)
    return "changed"


def read_file(_content: memoryview, path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def start_program(_content: memoryview, path: str) -> str:
    os.execv("/bin/sh", ["sh", "-c", f"touch {path}"])  # noqa: S606 - the attempt is the test


def spawn_program(_content: memoryview) -> int:
    return os.posix_spawn("/bin/true", ["true"], {})


def fork(_content: memoryview) -> str:
    if os.fork() == 0:
        os._exit(0)
    return "forked"


def kill_parent(_content: memoryview) -> str:
    os.kill(os.getppid(), signal.SIGTERM)
    return "killed"


def aim_signals(_content: memoryview, command: str) -> str:
    """Has the kernel signal the parent when the answer's pipe can be written to."""
    if command == "O_ASYNC":
        fcntl.fcntl(RESULT_FD, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    else:
        fcntl.fcntl(RESULT_FD, getattr(fcntl, command), os.getppid() if "OWN" in command else signal.SIGKILL)
    return "aimed"


def aim_signals_with_high_bits(_content: memoryview) -> int:
    """The kernel reads 32 bits of the command, the filter may see 64."""
    library = ctypes.CDLL(None, use_errno=True)
    call, set_owner = 72 if os.uname().machine == "x86_64" else 25, 8
    number = ctypes.c_long(set_owner | (1 << 32))
    return int(library.syscall(ctypes.c_long(call), ctypes.c_long(RESULT_FD), number, ctypes.c_long(os.getppid())))


def aim_by_ioctl(_content: memoryview) -> str:
    siocspgrp = 0x8902
    fcntl.ioctl(RESULT_FD, siocspgrp, os.getppid().to_bytes(4, "little"))
    return "aimed"


def lease(_content: memoryview) -> str:
    fcntl.fcntl(RESULT_FD, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    return "leased"


def use_descriptors(_content: memoryview) -> list[int]:
    copy = os.dup(RESULT_FD)
    fcntl.fcntl(copy, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
    return [fcntl.fcntl(copy, fcntl.F_GETFD), fcntl.fcntl(RESULT_FD, fcntl.F_GETFL) & os.O_ACCMODE]


def trace_parent(_content: memoryview) -> int:
    attach = 16
    return int(ctypes.CDLL(None).ptrace(attach, os.getppid(), 0, 0))


def gain_rights(_content: memoryview) -> str:
    os.setuid(0)
    return "root"


def mount(_content: memoryview) -> int:
    return int(ctypes.CDLL(None).mount(b"none", b"/mnt", b"tmpfs", 0, None))


def change_content(content: memoryview) -> str:
    content[0] = 0
    return "changed"


def allocate(_content: memoryview, size: int) -> int:
    return len(bytearray(size))


def allocate_outside_python(_content: memoryview, size: int) -> str:
    area = mmap.mmap(-1, size)
    area[::4096] = b"x" * (size // 4096)
    return "allocated"


def spin(_content: memoryview) -> None:
    while True:
        pass


def sleep(_content: memoryview, seconds: float) -> str:
    time.sleep(seconds)
    return "rested"


def leave(_content: memoryview, code: int) -> None:
    os._exit(code)


def crash(_content: memoryview) -> None:
    ctypes.string_at(0)


def kill_self(_content: memoryview) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def recurse(content: memoryview) -> None:
    recurse(content)


def say_secret(_content: memoryview) -> None:
    raise ValueError("the words of the report")


def answer_much(_content: memoryview, size: int) -> bytes:
    return bytes(size)


def pour_out(_content: memoryview) -> None:
    while True:
        os.write(RESULT_FD, b"A" * 65536)


def write_garbage(_content: memoryview, garbage: bytes) -> None:
    os.write(RESULT_FD, garbage)
    os._exit(0)


def answer_with_pickle(_content: memoryview) -> None:
    os.write(RESULT_FD, b"A\x80\x04\x95cos\nsystem\n(S'true'\ntR.")
    os._exit(0)


def environment(_content: memoryview) -> list[str]:
    return [f"{name}={value}" for name, value in os.environ.items()]


def open_descriptors(_content: memoryview) -> list[int]:
    return [number for number in range(256) if _is_open(number)]


def arguments_of_program(_content: memoryview) -> list[str]:
    return sys.argv


def process_id(_content: memoryview) -> int:
    return os.getpid()


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
