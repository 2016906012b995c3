"""The time of a conversation: it begins when the file says, goes on by itself, and is moved by steps."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta

_STRETCH = re.compile(r"(\d+) (minute|hour|day|working day|week)s?")
_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_SATURDAY = 5


class Clock:
    """What the program is given for a clock."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._begun = time.monotonic()

    def __call__(self) -> datetime:
        return self._start + timedelta(seconds=time.monotonic() - self._begun)

    def advance(self, text: str) -> None:
        """Move by a stretch of time."""
        found = stretch(text)
        if found is None:
            raise ValueError(text)
        count, unit = found
        if unit == "working day":
            target = self()
            for _ in range(count):
                target = _next_weekday(target)
            self.until(target)
        else:
            self._start += count * (timedelta(weeks=1) if unit == "week" else _UNITS[unit])

    def until(self, moment: datetime) -> None:
        """Move to a moment."""
        self._start += moment - self()


def stretch(text: str) -> tuple[int, str] | None:
    """`15 minutes` as a number and a unit; None where it is not said like that."""
    found = _STRETCH.fullmatch(text.strip())
    return (int(found[1]), found[2]) if found else None


def moment(text: str) -> datetime | None:
    """`2025-11-04 09:30` in UTC; None where it is not said like that."""
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    except ValueError:
        return None


def _next_weekday(moment_: datetime) -> datetime:
    moment_ += timedelta(days=1)
    while moment_.weekday() >= _SATURDAY:
        moment_ += timedelta(days=1)
    return moment_
