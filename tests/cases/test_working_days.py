"""Working days in England and Wales, over weekends, bank holidays and the change of the clocks."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from intake.cases.working_days import is_working_day, later_by_working_days

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("since", "days", "due"),
    [
        ("2026-11-25 15:30", 1, "2026-11-26 15:30"),  # a Wednesday
        ("2026-11-27 15:30", 1, "2026-11-30 15:30"),  # over a weekend
        ("2026-11-28 03:00", 1, "2026-12-01 09:00"),  # on a Saturday: counted from Monday morning
        ("2026-11-26 10:00", 3, "2026-12-01 10:00"),
        ("2026-12-24 10:00", 1, "2026-12-29 10:00"),  # over Christmas and its bank holidays
        ("2026-12-25 10:00", 1, "2026-12-30 09:00"),
    ],
)
def test_working_days_leave_weekends_and_bank_holidays_out(since: str, days: int, due: str) -> None:
    begin, end = (datetime.fromisoformat(text).replace(tzinfo=LONDON) for text in (since, due))
    assert later_by_working_days(begin, days) == end


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-04-03", False),  # Good Friday
        ("2026-04-06", False),  # Easter Monday, which Scotland works on
        ("2026-08-03", True),  # Scotland's summer holiday
        ("2026-08-31", False),  # the summer bank holiday of England and Wales
        ("2026-12-28", False),  # Boxing Day was a Saturday
        ("2026-12-29", True),
        ("2026-11-28", False),  # a Saturday
    ],
)
def test_holidays_are_those_of_england_and_wales(day: str, *, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is works


def test_the_time_of_day_stays_when_the_clocks_change() -> None:
    friday = datetime(2026, 10, 23, 15, 30, tzinfo=LONDON)
    monday = later_by_working_days(friday, 1)
    assert (monday.isoformat(), friday.isoformat()) == ("2026-10-26T15:30:00+00:00", "2026-10-23T15:30:00+01:00")
