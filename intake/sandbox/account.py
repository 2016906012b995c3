"""What the children of one message use together: until when they may run, and how long the processor was theirs."""

from __future__ import annotations

import math
import threading
import time

from intake.errors import Overstep


class Account:
    """Threads may use one together. `seconds` of time from now on are all that its children have; None: no bound."""

    def __init__(self, seconds: float | None = None) -> None:
        self.until = math.inf if seconds is None else time.monotonic() + seconds
        self._lock = threading.Lock()
        self._used = 0.0

    @property
    def processor_seconds(self) -> float:
        """What the children that have ended used of the processor."""
        return self._used

    def add(self, seconds: float) -> None:
        """Enter what one child used."""
        with self._lock:
            self._used += seconds

    def demand_time(self) -> None:
        """Raises Overstep when no time is left for another child."""
        if time.monotonic() >= self.until:
            raise Overstep("time", "The time for the whole message was over.")
