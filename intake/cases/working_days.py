"""Working days in England and Wales: weekends and bank holidays do not count."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from functools import lru_cache

import holidays

_SATURDAY = 5
_MORNING = time(9)


def later_by_working_days(moment: datetime, days: int) -> datetime:
    """The same time of day, so many working days later.

    What comes on a day that is none counts from the morning of the next one.
    """
    if not is_working_day(moment.date()):
        moment = datetime.combine(_next(moment.date()), _MORNING, moment.tzinfo)
    day = moment.date()
    for _ in range(days):
        day = _next(day)
    return datetime.combine(day, moment.timetz())


def due(since: datetime, days: int, zone: tzinfo) -> datetime | None:
    """The end of the allowed time for what waits since then, in the office's own days; None where none is set."""
    return later_by_working_days(since.astimezone(zone), days) if days else None


def is_working_day(day: date) -> bool:
    """Whether offices are open."""
    return day.weekday() < _SATURDAY and day not in _bank_holidays(day.year)


def _next(day: date) -> date:
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


@lru_cache(maxsize=16)
def _bank_holidays(year: int) -> frozenset[date]:
    # England and Wales share theirs.
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
