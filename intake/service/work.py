"""One kind of recurring work: never two at once, and a call that comes meanwhile runs once more afterwards."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import structlog

from intake.errors import IntakeError

log = structlog.get_logger()


class Work:
    """A coroutine function with a name. An error ends this run, is told once, and the next run starts afresh.

    `may` says whether it is this instance's to do now; where it is not, nothing is done and nothing told.
    """

    def __init__(
        self,
        name: str,
        act: Callable[[], Awaitable[None]],
        failed: Callable[[str, str | None], Awaitable[None]],
        may: Callable[[], bool] = lambda: True,
    ) -> None:
        self.name = name
        self.last_finished = time.monotonic()
        self.running_since: float | None = None
        self._act = act
        self._failed = failed
        self._may = may
        self._again = False

    async def run(self) -> None:
        """Do the work now, or once more right after the run that is under way."""
        self._again = True
        if self.running_since is not None:
            return
        self.running_since = time.monotonic()
        try:
            while self._again:
                self._again = False
                await self._once()
                self.running_since = self.last_finished = time.monotonic()
        finally:
            self.running_since = None

    def moves(self) -> None:
        """What is under way has got further: it is long, and not stuck."""
        if self.running_since is not None:
            self.running_since = time.monotonic()

    async def _once(self) -> None:
        if not self._may():
            return
        try:
            await self._act()
        except IntakeError as error:
            log.error("work-failed", work=self.name, reason=error.message, hint=error.hint)
            await self._failed(self.name, f"{error.message} {error.hint}".strip())
        except Exception as error:  # noqa: BLE001 - a fault of the program: the loop goes on, the fault is told
            log.error("work-broke", work=self.name, error=type(error).__name__, where=_where(error))
            await self._failed(self.name, f"The program failed ({type(error).__name__}).")
        else:
            await self._failed(self.name, None)


def _where(error: BaseException) -> str:
    """File and line of the fault: never the error's text, which may quote what it choked on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}" if trace else "unknown"
