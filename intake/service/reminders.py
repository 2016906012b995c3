"""What waits too long: one reminder of each review nobody has looked at, and a word when a CSP does not answer."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from intake.cases.working_days import later_by_working_days
from intake.correspondence import NoticeKind
from intake.ledger import Ledger, NewNotice, SubmissionRow


class Reminders:
    """Owes staff a notice once the time has come; the ledger keeps each from being told twice.

    `review_days` and `silence_days` are working days; 0 means never.
    """

    def __init__(self, ledger: Ledger, review_days: int, silence_days: int, timezone: str) -> None:
        self._ledger = ledger
        self._days = {NoticeKind.REMINDER: review_days, NoticeKind.SILENCE: silence_days}
        self._zone = ZoneInfo(timezone)
        self._owed: set[str] = set()

    def owe_due(self, now: datetime) -> int:
        """Enter what is due; how many notices are new."""
        waiting = self._ledger.queries.waiting()
        review = sum(self._owe(NoticeKind.REMINDER, row, now) for row in waiting.review)
        return review + sum(self._owe(NoticeKind.SILENCE, row, now) for row in waiting.gaps_longest)

    def _owe(self, kind: NoticeKind, row: SubmissionRow, now: datetime) -> bool:
        days = self._days[kind]
        key = f"{kind}:{row.reference}:{row.version}:{row.state_since.isoformat()}"
        if not days or key in self._owed or now < later_by_working_days(row.state_since.astimezone(self._zone), days):
            return False
        self._owed.add(key)
        return self._ledger.notices.add(NewNotice(kind=kind, key=key, submission=row.id), now)
