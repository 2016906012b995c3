"""A server as a process group of its own: start, wait until it answers, freeze, thaw, stop."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.servers.places import Account

START_SECONDS = 20.0
STOP_SECONDS = 10.0


class ServerError(Exception):
    """A server did not start or stop; holds the end of its log."""


class ServerProcess:
    """One running server, its children included."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        log: Path,
        account: Account | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._log = log
        drop = account is not None and account.differs
        with (folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                user=account.uid if account and drop else None,
                group=account.gid if account and drop else None,
                extra_groups=[] if drop else None,
                env={"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LANG": "C", **(environment or {})},
            )
        self._output = folder / "output"

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait_for(self, *ports: int) -> None:
        """Return when every port accepts a connection. Raises ServerError when the server ends or takes too long."""
        deadline = time.monotonic() + START_SECONDS
        for port in ports:
            while not accepts(port):
                if not self.running or time.monotonic() > deadline:
                    self.stop()
                    raise ServerError(f"{self._process.args!r} did not start:\n{self.words()}")
                time.sleep(0.02)

    def words(self) -> str:
        """The end of what the server said."""
        texts = [path.read_text(errors="replace") for path in (self._output, self._log) if path.is_file()]
        return "\n".join(texts)[-3000:]

    def pause(self) -> None:
        """Freeze the server: connections stay open, nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End the server and its children, first asking, then not."""
        with contextlib.suppress(ProcessLookupError):
            self.resume()
            self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        self.kill()  # children may outlive their master

    def kill(self) -> None:
        """End the server and its children at once, without a word."""
        self._signal(signal.SIGKILL)
        self._process.wait(STOP_SECONDS)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)


def accepts(port: int) -> bool:
    """Whether something on 127.0.0.1 takes connections there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
