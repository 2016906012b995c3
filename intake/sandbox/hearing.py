"""Listening to one child: its answer as it comes, its ending, and the clock; stops it when it oversteps."""

from __future__ import annotations

import math
import os
import select
import signal
import socket
import time
from types import TracebackType
from typing import NoReturn, Self

import msgspec

from intake.errors import Overstep
from intake.sandbox.limits import Limits
from intake.sandbox.wire import ANSWER, OUT_OF_MEMORY, PROTECTIONS, RAISED, TOO_LARGE, UNPROTECTED, Ending

# A busy machine may take this long to load the server's modules before the first child starts.
START_SECONDS = 60.0
_ENDING_SECONDS = 10.0  # the server may be loading what another task needs
_PIECE = 1 << 18


class Hearing:
    """The parent's ends of one child's pipes. Made before the request is sent, used by one thread."""

    def __init__(self, limits: Limits, until: float = math.inf) -> None:
        self.limits = limits
        self.until = until  # on the monotonic clock: when it must have ended whatever its limits
        self.processor_seconds = 0.0  # what the child used, once it has ended
        self.reading, self._writing = os.pipe2(os.O_CLOEXEC)
        self.status, self._reporting = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.child: int | None = None

    def childs_ends(self) -> list[int]:
        return [self._writing, self._reporting.fileno()]

    def release_childs_ends(self) -> None:
        os.close(self._writing)
        self._reporting.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.child is not None:
            self._kill()
            os.close(self.child)
        os.close(self.reading)
        self.status.close()

    def wait(self) -> bytes:
        """The child's answer; Overstep when there is none that can be used."""
        self.child = self._await_start()
        started = time.monotonic()
        try:
            received = self._listen(min(started + self.limits.wall_seconds, self.until))
        finally:
            ending = self._await_ending(started)
        mark, payload = bytes(received[:1]), memoryview(received)[1:]
        if mark == UNPROTECTED:
            _refuse(bytes(payload).decode("ascii", "replace"))
        if mark == OUT_OF_MEMORY:
            _overstep("memory")
        if mark == TOO_LARGE:
            _overstep("output")
        if mark == RAISED and bytes(payload).isalnum():
            raise Overstep("crashed", f"Reading it failed ({bytes(payload).decode('ascii', 'replace')}).")
        if mark != ANSWER or ending.signal or ending.code:
            _explain(ending, self.limits)
        return bytes(payload)

    def _await_start(self) -> int:
        self.status.settimeout(START_SECONDS)
        try:
            message, descriptors, _, _ = socket.recv_fds(self.status, 64, 1)
        except OSError:
            _overstep("crashed")
        if not message or not descriptors:
            _overstep("crashed")
        return descriptors[0]

    def _listen(self, deadline: float) -> bytearray:
        received = bytearray()
        poller = select.poll()
        poller.register(self.reading, select.POLLIN)
        while True:
            remaining = deadline - time.monotonic()
            if remaining <= 0 or not poller.poll(remaining * 1000):
                self._kill()
                _overstep("time")
            piece = os.read(self.reading, _PIECE)
            if not piece:
                return received
            received += piece
            if len(received) > self.limits.output_bytes + 1:
                self._kill()
                _overstep("output")

    def _await_ending(self, started: float) -> Ending:
        # A child that closed its pipe but lives on is not waited for.
        self.status.settimeout(_ENDING_SECONDS)
        try:
            ending = msgspec.msgpack.decode(self.status.recv(256), type=Ending)
        except (OSError, msgspec.DecodeError):
            ending = Ending(signal.SIGKILL, code=0, peak_bytes=0, processor_seconds=time.monotonic() - started)
        self.processor_seconds = ending.processor_seconds
        return ending

    def _kill(self) -> None:
        if self.child is not None:
            try:
                signal.pidfd_send_signal(self.child, signal.SIGKILL)
            except ProcessLookupError:
                return


def _explain(ending: Ending, limits: Limits) -> NoReturn:
    if ending.signal == signal.SIGXCPU:
        _overstep("time")
    # A library that is refused memory seldom says so: it aborts, or runs into the address 0.
    if ending.signal and ending.peak_bytes > limits.memory_bytes // 2:
        _overstep("memory")
    _overstep("crashed")


_SENTENCES = {
    "time": "Reading it took too long.",
    "memory": "Reading it needed too much memory.",
    "output": "It gave more text than the program accepts.",
    "crashed": "The program that reads what strangers send stopped on it.",
}


def _overstep(reason: str) -> NoReturn:
    raise Overstep(reason, _SENTENCES[reason])


def _refuse(missing: str) -> NoReturn:
    """Nothing was opened. A taken-over child could claim so, too: it then costs its own task, as any other end."""
    named = [name for name in PROTECTIONS if name in missing.split(", ")]
    protections = f"protection is missing ({', '.join(named)})" if named else "protections are missing"
    raise Overstep("unprotected", f"Strangers' files cannot be opened safely on this machine: {protections}.")
