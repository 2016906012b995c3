"""The parent's side: hands content to children, waits within the limits, checks what comes back.

Threads may use one Sandbox together. A child that oversteps is killed and costs its own task only; should
the fork server itself die, the tasks under way fail and the next one starts a new server.
"""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from intake.errors import ConfigurationError, Overstep
from intake.sandbox.account import Account
from intake.sandbox.hearing import Hearing
from intake.sandbox.limits import Limits
from intake.sandbox.probe import Protections
from intake.sandbox.wire import Preparation, Request, Setup

T = TypeVar("T")
Task = Callable[..., object] | str

MOST_WORKERS = 8
# The server needs nothing of the environment but these: no secrets travel to the children.
PASSED_ON = ("TESSDATA_PREFIX", "LD_LIBRARY_PATH")
# How a machine comes by the protections that it may lack.
_WAYS = {
    "landlock": "Use Linux 5.13 or later, with Landlock switched on (lsm= on the kernel's command line).",
    "seccomp": "Install libseccomp2.",
}
_BOOT = """
import json, sys
sys.path[:] = json.loads(sys.argv[2])["path"]
from intake.sandbox.server import main
main(int(sys.argv[1]), sys.argv[2].encode())
"""


class Sandbox:
    """Runs functions on strangers' bytes, each in a child of its own.

    A task is a module-level function `(content: memoryview, *simple arguments)`, or its name as
    "package.module:function" where the parent should not import the module. `preload` names modules that
    the server loads at once, while the parent goes on. `allow_missing` names the protections that this machine may
    lack; where any other is missing, nothing is opened and every task ends with Overstep.
    """

    def __init__(
        self,
        limits: Limits | None = None,
        workers: int | None = None,
        preload: Sequence[str] = (),
        allow_missing: Collection[str] = (),
    ) -> None:
        self.limits = limits or Limits()
        self.workers = max(1, min(workers or os.cpu_count() or 1, MOST_WORKERS))
        self._setup = Setup([str(Path(entry).absolute()) for entry in sys.path], list(preload), list(allow_missing))
        # One more than are meant to work: while a child starts or ends, another keeps its core busy.
        self._pool = ThreadPoolExecutor(self.workers + 1, thread_name_prefix="sandbox")
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._closed = False
        self._tasks = 0
        self._preparations: dict[tuple[str, bytes], None] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def start(self) -> None:
        """Starts the fork server and returns at once; it loads its modules meanwhile."""
        with self._lock:
            self._running()

    def prepare(self, task: str, content: bytes) -> None:
        """Has the server itself run `task(content)` once, when it is idle: what that leaves behind, children inherit.

        Only for content of our own. A server that takes another's place prepares itself in the same way.
        """
        with self._lock:
            if (task, content) in self._preparations:
                return
            self._preparations[task, content] = None  # a server that starts later is told all of them
            if self._control is not None:
                try:
                    _send_preparation(self._control, task, content)
                except (BrokenPipeError, ConnectionResetError):
                    self._forget()

    def submit(
        self,
        task: Task,
        content: bytes,
        *arguments: object,
        returns: type[T],
        limits: Limits | None = None,
        account: Account | None = None,
        prepared: bool = False,
    ) -> Future[T]:
        """Queues one task. The future gives the checked answer or raises Overstep.

        `account` bounds and counts what it uses; with `prepared` it waits until the server has prepared itself.
        """
        request = Request(_name(task), list(arguments), limits or self.limits, prepared)
        with self._lock:
            self._tasks += 1
        future = self._pool.submit(self._carry_out, request, content, returns, account or Account())
        future.add_done_callback(self._ended)
        return future

    def run(self, task: Task, content: bytes, *arguments: object, returns: type[T], limits: Limits | None = None) -> T:
        """Runs one task and waits for it."""
        return self.submit(task, content, *arguments, returns=returns, limits=limits).result()

    def demand_protection(self) -> None:
        """Raises ConfigurationError where children would not be as protected as they must be."""
        try:
            self.protections()
        except Overstep as overstep:
            ways = [way for name, way in _WAYS.items() if name in overstep.message] or _WAYS.values()
            hint = f"{' '.join(ways)} Or name under [sandbox] allow_missing what to do without."
            raise ConfigurationError(overstep.message, hint) from None

    def protections(self) -> dict[str, bool]:
        """Which protections hold, as tried from inside a child."""
        found = self.run("intake.sandbox.probe:probe", b"", returns=Protections)
        return {field: bool(getattr(found, field)) for field in found.__struct_fields__}

    @property
    def idle(self) -> int:
        """How many workers have nothing to do."""
        return max(0, self.workers - self._tasks)

    def close(self) -> None:
        """Stops the children and the server. Tasks under way fail; queued ones are cancelled."""
        with self._lock:
            self._closed = True
            control, self._control = self._control, None
            server, self._server = self._server, None
        self._pool.shutdown(wait=False, cancel_futures=True)
        if control is not None and server is not None:
            _stop(control, server)
        self._pool.shutdown(wait=True)

    def _ended(self, _task: Future[T]) -> None:
        with self._lock:
            self._tasks -= 1

    def _carry_out(self, request: Request, content: bytes, returns: type[T], account: Account) -> T:
        account.demand_time()
        hearing = Hearing(request.limits, account.until)
        held = _hold(content)
        try:
            self._send(msgspec.msgpack.encode(request), [held, *hearing.childs_ends()])
        finally:
            os.close(held)
            hearing.release_childs_ends()
        try:
            with hearing:
                answer = hearing.wait()
        finally:
            account.add(hearing.processor_seconds)
        try:
            return msgspec.msgpack.decode(answer, type=returns)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Overstep("crashed", "The program that read the file gave an answer that makes no sense.") from None

    def _send(self, message: bytes, descriptors: list[int]) -> None:
        with self._lock:
            try:
                socket.send_fds(self._running(), [message], descriptors)
            except (BrokenPipeError, ConnectionResetError):  # the server died: a new one takes its place
                self._forget()
                socket.send_fds(self._running(), [message], descriptors)

    def _running(self) -> socket.socket:
        if self._closed:
            raise RuntimeError("the sandbox is closed")
        if self._server is not None and self._server.poll() is not None:
            self._forget()
        if self._control is None:
            self._control, self._server = _start(self._setup)
            for task, content in self._preparations:
                _send_preparation(self._control, task, content)
        return self._control

    def _forget(self) -> None:
        if self._control is not None and self._server is not None:
            _stop(self._control, self._server)
        self._control = self._server = None


def _name(task: Task) -> str:
    return task if isinstance(task, str) else f"{task.__module__}:{task.__qualname__}"


def _start(setup: Setup) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        # OMP_THREAD_LIMIT: OCR's own threads make it several times slower, and children may not start any.
        environment |= {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "OMP_THREAD_LIMIT": "1", "HOME": "/nonexistent"}
        server = subprocess.Popen(
            [sys.executable, "-I", "-c", _BOOT, str(theirs.fileno()), msgspec.json.encode(setup).decode()],
            pass_fds=[theirs.fileno()],
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
    return ours, server


def _send_preparation(control: socket.socket, task: str, content: bytes) -> None:
    held = _hold(content)
    try:
        socket.send_fds(control, [msgspec.msgpack.encode(Preparation(task))], [held])
    finally:
        os.close(held)


def _stop(control: socket.socket, server: subprocess.Popen[bytes]) -> None:
    control.close()
    try:
        server.wait(2)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _hold(content: bytes) -> int:
    """The content in memory that children can map but nobody can change."""
    held = os.memfd_create("content", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    remaining = memoryview(content)
    while remaining:
        remaining = remaining[os.write(held, remaining) :]
    fcntl.fcntl(held, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK)
    return held
