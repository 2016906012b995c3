"""The fork server: one thread, the heavy libraries loaded once, and a fork for every task.

The service itself has threads and must not fork. This process is started beside it, loads what the tasks
need between requests, and hands each child to the parent as a pidfd, so that the parent can stop exactly
that child. It ends when the parent's end of the control socket closes, and its children end with it.
"""

from __future__ import annotations

import fcntl
import gc
import importlib
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from functools import partial

import msgspec

from intake.sandbox import child
from intake.sandbox.seccomp import compile_filter
from intake.sandbox.wire import CONTENT_FD, RESULT_FD, Ending, Preparation, Request, Setup

MAX_REQUEST = 1 << 16


class Server:
    """The state of the fork server: its socket, what is still to be loaded or prepared, and its living children."""

    def __init__(self, control: socket.socket, setup: Setup) -> None:
        self.control = control
        self.waiting: list[Callable[[], object]] = [partial(importlib.import_module, name) for name in setup.preload]
        self.cage = child.Cage(compile_filter(), setup.allow_missing)
        self.children: dict[int, socket.socket] = {}  # pidfd → where to report the ending
        self.told: set[str] = set()
        self.poller = select.poll()
        self.poller.register(control, select.POLLIN)

    def serve(self) -> None:
        """Takes requests until the parent is gone."""
        while True:
            events = self.poller.poll(0 if self.waiting and not self.children else None)
            if not events:
                self._load()
            for descriptor, _ in events:
                if descriptor in self.children:
                    self._report_ending(descriptor)
                elif not self._take_request():
                    return

    def _load(self) -> None:
        step = self.waiting.pop(0)
        try:
            step()
        except Exception as problem:  # noqa: BLE001 - the tasks that need it fail, and say so; the others go on
            self._tell(f"something could not be loaded: {problem}")
        # What is loaded by now is shared with the children: keep their collectors from touching (copying) it.
        gc.freeze()

    def _tell(self, trouble: str) -> None:
        """A sentence for whoever reads the service's log, once: each task that is asked for may meet the same."""
        if trouble not in self.told:
            self.told.add(trouble)
            sys.stderr.write(f"sandbox: {trouble}\n")

    def _take_request(self) -> bool:
        message, descriptors, _, _ = socket.recv_fds(self.control, MAX_REQUEST, 3)
        if not message:
            return False
        request = msgspec.msgpack.decode(message, type=Request | Preparation)
        if isinstance(request, Preparation):
            self.waiting.append(partial(_prepare, request.task, *descriptors))
            return True
        content, result, status = descriptors
        try:
            with socket.socket(fileno=status) as reporter:
                while request.prepared and self.waiting:
                    self._load()
                self._fork(request, _find(request.task), content, result, reporter)
        except (ImportError, AttributeError, OSError, MemoryError) as problem:
            # This task cannot be had, or not now; its closed status socket tells the parent. The server goes on.
            self._tell(f"a task could not be started: {problem}")
        finally:
            os.close(content)
            os.close(result)
        return True

    def _fork(
        self, request: Request, task: Callable[..., object], content: int, result: int, status: socket.socket
    ) -> None:
        pid = os.fork()
        if pid == 0:
            try:
                _place(result, content)
                child.live(self.cage, task, request.arguments, request.limits)
            finally:
                os._exit(70)
        handle = os.pidfd_open(pid)
        self.children[handle] = status.dup()
        self.poller.register(handle, select.POLLIN)
        try:
            socket.send_fds(status, [b"started"], [handle])
        except OSError:  # the parent no longer wants it
            signal.pidfd_send_signal(handle, signal.SIGKILL)

    def _report_ending(self, handle: int) -> None:
        self.poller.unregister(handle)
        with self.children.pop(handle) as status:
            ending = _reap(handle)
            os.close(handle)
            try:
                status.send(msgspec.msgpack.encode(ending))
            except OSError:
                return  # the parent gave up on it earlier


def _prepare(task: str, content: int) -> None:
    with open(content, "rb") as held:
        held.seek(0)
        _find(task)(held.read())


def _reap(handle: int) -> Ending:
    found = os.waitid(os.P_PIDFD, handle, os.WEXITED | os.WNOWAIT)
    _, status, usage = os.wait4(found.si_pid if found else -1, 0)
    return Ending(
        signal=os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        code=os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0,
        peak_bytes=usage.ru_maxrss * 1024,
        processor_seconds=usage.ru_utime + usage.ru_stime,
    )


def _find(task: str) -> Callable[..., object]:
    module, _, name = task.partition(":")
    function: Callable[..., object] = getattr(importlib.import_module(module), name)
    return function


def _place(result: int, content: int) -> None:
    """Moves the two descriptors a child keeps to their fixed places, silences it; it closes all others itself."""
    result, content = (fcntl.fcntl(fd, fcntl.F_DUPFD, CONTENT_FD + 1) for fd in (result, content))
    os.dup2(result, RESULT_FD)
    os.dup2(content, CONTENT_FD)
    # What libraries print may hold the file's words: nobody hears it.
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nothing, standard)


def main(control_descriptor: int, setup: bytes) -> None:
    """The process's entry: see `Sandbox.start()`."""
    wanted = msgspec.json.decode(setup, type=Setup)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides when to stop
    with socket.socket(fileno=control_descriptor) as control:
        Server(control, wanted).serve()
    os._exit(0)  # taking everything down that was loaded would keep the parent waiting
