"""Taking the time of whole commands: the two in turn, several times, the median of each."""

from __future__ import annotations

import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True)
class Row:
    """One measurement; `aim` is what was promised of the ratio."""

    name: str
    ours: float
    rival: str
    theirs: float
    aim: str

    @property
    def ratio(self) -> float:
        return self.ours / self.theirs


def command(*words: str) -> Callable[[], object]:
    """A command as something to call."""
    return lambda: subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)


def in_turn(ours: Callable[[], object], theirs: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """The medians of both, measured A B A B …, so that a machine that slows down slows both."""
    times: tuple[list[float], list[float]] = ([], [])
    ours(), theirs()  # once without counting: caches are warm for both
    for _ in range(rounds):
        for call, kept in zip((ours, theirs), times, strict=True):
            started = time.perf_counter()
            call()
            kept.append(time.perf_counter() - started)
    return statistics.median(times[0]), statistics.median(times[1])


def one_after_another(calls: Sequence[Callable[[], object]]) -> Callable[[], object]:
    """Several calls as one."""
    return lambda: [call() for call in calls]
