"""One reminder of each review that nobody has looked at within a working day (or several)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from intake.correspondence import NoticeKind
from intake.ledger import Ledger, NewNotice

_SATURDAY = 5
_MORNING = time(9)


class Reminders:
    """Owes staff a reminder once the time has come; the ledger keeps each from being told twice."""

    def __init__(self, ledger: Ledger, working_days: int, timezone: str) -> None:
        self._ledger = ledger
        self._days = working_days
        self._zone = ZoneInfo(timezone)
        self._owed: set[str] = set()

    def owe_due(self, now: datetime) -> int:
        """Enter what is due; how many reminders are new."""
        if not self._days:
            return 0
        new = 0
        for row in self._ledger.queries.waiting().review:
            key = f"reminder:{row.reference}:{row.version}:{row.state_since.isoformat()}"
            if key in self._owed or now < later_by_working_days(row.state_since.astimezone(self._zone), self._days):
                continue
            self._owed.add(key)
            new += self._ledger.notices.add(NewNotice(kind=NoticeKind.REMINDER, key=key, submission=row.id), now)
        return new


def later_by_working_days(moment: datetime, days: int) -> datetime:
    """The same time of day, so many working days later. What comes at a weekend counts from Monday morning."""
    if moment.weekday() >= _SATURDAY:
        monday = moment.date() + timedelta(days=7 - moment.weekday())
        moment = datetime.combine(monday, _MORNING, moment.tzinfo)
    for _ in range(days):
        moment += timedelta(days=1)
        while moment.weekday() >= _SATURDAY:
            moment += timedelta(days=1)
    return moment
