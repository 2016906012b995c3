"""One message's turn with the sandbox: every child that it starts goes on the message's account."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TypeVar

from intake.sandbox.account import Account
from intake.sandbox.limits import Limits
from intake.sandbox.sandbox import Sandbox, Task

T = TypeVar("T")


class Turn:
    """A sandbox for one message. Without an account its time has no bound of its own."""

    def __init__(self, sandbox: Sandbox, account: Account | None = None) -> None:
        self._sandbox = sandbox
        self._account = account or Account()

    @property
    def processor_seconds(self) -> float:
        return self._account.processor_seconds

    @property
    def workers(self) -> int:
        return self._sandbox.workers

    @property
    def idle(self) -> int:
        return self._sandbox.idle

    def submit(
        self,
        task: Task,
        content: bytes,
        *arguments: object,
        returns: type[T],
        limits: Limits | None = None,
        prepared: bool = False,
    ) -> Future[T]:
        """As `Sandbox.submit`."""
        return self._sandbox.submit(
            task, content, *arguments, returns=returns, limits=limits, account=self._account, prepared=prepared
        )

    def run(
        self,
        task: Task,
        content: bytes,
        *arguments: object,
        returns: type[T],
        limits: Limits | None = None,
        prepared: bool = False,
    ) -> T:
        """As `Sandbox.run`."""
        return self.submit(task, content, *arguments, returns=returns, limits=limits, prepared=prepared).result()
