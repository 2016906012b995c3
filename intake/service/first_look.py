"""Whom a message that has just come names as its author, and whether that is proved: it says when its turn is.

By the header alone, in a child, for a moment only: nothing else is decided by it. A signature that only we ourselves
could check is not looked at here, as that asks name servers.
"""

from __future__ import annotations

from dataclasses import dataclass

from intake.errors import Overstep
from intake.judging.judge import Judge
from intake.message_store import MessageStore
from intake.sandbox.limits import Limits
from intake.senders.safety import Safety

_LONGEST_HEADER = 256 * 1024  # bytes: what stands further down is not looked at, and proves nobody
_MOMENT = Limits(wall_seconds=10, cpu_seconds=5)


@dataclass(frozen=True, slots=True)
class FirstLook:
    """Looks at headers of stored messages."""

    store: MessageStore
    judge: Judge
    safety: Safety

    def at(self, sha256: str) -> tuple[str, bool]:
        """The author that is named ("" for nobody), and whether that is proved of one who is trusted."""
        beginning = self.store.beginning(sha256, _LONGEST_HEADER)
        ends = [at for gap in (b"\r\n\r\n", b"\n\n") if (at := beginning.find(gap)) >= 0]
        if not ends:
            return "", False
        try:
            return self.safety.vouched(self.judge.open(beginning[: min(ends)] + b"\r\n\r\n", _MOMENT))
        except Overstep:
            return "", False
