"""When an outgoing mail that was refused for now is tried again, and when to give up.

Pure: the same attempts, times and jitter give the same answer, so that the whole timetable can be tested without a
clock. The wait doubles up to a cap (RFC 5321, 4.5.4.1 asks for four to five days before giving up).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

_MOST_DOUBLINGS = 32  # past any cap; keeps a huge count of attempts from overflowing


@dataclass(frozen=True, slots=True)
class Schedule:
    """How patient to be. `spread` is the share of a wait that the jitter may take away or add."""

    first: timedelta = timedelta(seconds=300)
    cap: timedelta = timedelta(seconds=3600)
    give_up: timedelta = timedelta(days=5)
    spread: float = 0.2


def next_attempt(
    schedule: Schedule, attempts: int, first_attempt_at: datetime, now: datetime, jitter: float
) -> datetime | None:
    """The next time to try after `attempts` failed ones, None to give up.

    `jitter` is a number from 0 to 1 (0.5 leaves the wait as it is). The last try falls on the deadline itself.
    """
    deadline = first_attempt_at + schedule.give_up
    if now >= deadline:
        return None
    doublings: int = min(max(attempts - 1, 0), _MOST_DOUBLINGS)
    wait = min(schedule.first * (1 << doublings), schedule.cap)
    return min(now + wait * (1 + schedule.spread * (2 * jitter - 1)), deadline)
