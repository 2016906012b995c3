"""Telling staff: every notice that the ledger owes becomes one mail, once."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from intake.cases.answering import Correspondent
from intake.cases.truth import what_was_sent
from intake.correspondence import Notice, NoticeKind
from intake.correspondence.display import date_text
from intake.ledger import Ledger, NoticeRow

log = structlog.get_logger()

_WAITING = frozenset({NoticeKind.REVIEW, NoticeKind.REMINDER, NoticeKind.SILENCE})


class Attention:
    """Composes the notices that are due."""

    def __init__(self, ledger: Ledger, correspondent: Correspondent, timezone: str) -> None:
        self._ledger = ledger
        self._correspondent = correspondent
        self._zone = ZoneInfo(timezone)

    def tell_due(self, now: datetime) -> int:
        """Queue a mail for each notice that is due; how many."""
        told = 0
        for row in self._ledger.notices.due(now):
            notice = Notice(
                kind=NoticeKind(row.kind),
                now=now.astimezone(self._zone),
                reasons=tuple(row.reasons),
                reference=row.reference or "",
                version=row.version or 0,
                mail=row.mail,
                message=row.message,
                count=self._ledger.queries.held_by_caps() if row.kind == NoticeKind.CAP else 0,
                truth=self._truth(row),
            )
            queued = self._ledger.notices.queue(row.id, self._correspondent.tell_staff(notice), now)
            told += queued is not None
            log.info("staff-told", notice=row.id, kind=row.kind)
        return told

    def _truth(self, row: NoticeRow) -> tuple[str, ...]:
        """What has been sent by now, where the notice is about a submission that waits."""
        if row.reference is None or row.kind not in _WAITING:
            return ()
        mails = self._ledger.queries.submission(row.reference).outgoing
        return what_was_sent(mails, lambda moment: date_text(moment.astimezone(self._zone)))
