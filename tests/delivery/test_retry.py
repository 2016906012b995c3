from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.delivery.retry import Schedule, next_attempt

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
STEADY = 0.5  # no jitter


def _timetable(schedule: Schedule, jitter: float = STEADY) -> list[timedelta]:
    """Every attempt of a mail that is deferred each time, as time since the first."""
    now, attempts, times = START, 1, [timedelta()]
    while (then := next_attempt(schedule, attempts, START, now, jitter)) is not None:
        now, attempts = then, attempts + 1
        times.append(now - START)
    return times


def test_the_wait_doubles_from_five_minutes_to_an_hour() -> None:
    times = _timetable(Schedule())
    waits = [int((b - a).total_seconds()) for a, b in itertools.pairwise(times)]
    assert waits[:7] == [300, 600, 1200, 2400, 3600, 3600, 3600]


def test_the_last_attempt_falls_on_the_fifth_day_and_none_follows() -> None:
    times = _timetable(Schedule())
    assert times[-1] == timedelta(days=5)
    assert 120 < len(times) < 126


def test_every_number_can_be_set() -> None:
    schedule = Schedule(first=timedelta(seconds=1), cap=timedelta(seconds=4), give_up=timedelta(seconds=12), spread=0)
    assert [each.total_seconds() for each in _timetable(schedule)] == [0, 1, 3, 7, 11, 12]


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 240), (0.5, 300), (1.0, 360)])
def test_jitter_spreads_a_wait_by_a_fifth_either_way(jitter: float, seconds: int) -> None:
    assert next_attempt(Schedule(), 1, START, START, jitter) == START + timedelta(seconds=seconds)


def test_an_outage_of_a_week_gives_up() -> None:
    assert next_attempt(Schedule(), 3, START, START + timedelta(days=7), STEADY) is None


@given(attempts=st.integers(0, 10**9), jitter=st.floats(0, 1), waited=st.integers(0, 6 * 86400))
def test_the_next_attempt_is_never_in_the_past_nor_after_the_deadline(
    attempts: int, jitter: float, waited: int
) -> None:
    now = START + timedelta(seconds=waited)
    then = next_attempt(Schedule(), attempts, START, now, jitter)
    if then is None:
        assert waited >= 5 * 86400
    else:
        assert now < then <= START + timedelta(days=5)
