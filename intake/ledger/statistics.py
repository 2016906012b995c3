"""Raw numbers for the statistics page: submissions a month, how many were right the first time, which gaps, how long.

They are added up here in Python: a service that sees some hundred submissions a year needs no cleverer database, and
both databases then count a month the same way.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta, tzinfo

from sqlalchemy import func, select

from intake.ledger.database import Database
from intake.ledger.tables import findings, judgements, messages, submissions
from intake.model import Effort, MessageState, Outcome, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthCount:
    """One month: submissions opened in it, and of those how many were compliant at once, and are by now."""

    month: str  # 2026-11
    opened: int
    compliant_first_time: int
    compliant_by_now: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CspCount:
    csp: str
    opened: int
    compliant_first_time: int
    versions: int


@dataclass(frozen=True, slots=True)
class _Row:
    opened_at: datetime
    outcome: str
    csp: str | None
    version: int
    first_outcome: str | None
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Opened:
    """The submissions opened in a span of time."""

    rows: list[_Row]

    def months(self, zone: tzinfo = UTC) -> list[MonthCount]:
        """Month by month, in the office's time zone."""
        opened: Counter[str] = Counter()
        first: Counter[str] = Counter()
        by_now: Counter[str] = Counter()
        for row in self.rows:
            month = row.opened_at.astimezone(zone).strftime("%Y-%m")
            opened[month] += 1
            first[month] += row.first_outcome == Outcome.COMPLIANT
            by_now[month] += row.outcome == Outcome.COMPLIANT
        return [
            MonthCount(
                month=month, opened=opened[month], compliant_first_time=first[month], compliant_by_now=by_now[month]
            )
            for month in sorted(opened)
        ]

    def csps(self) -> list[CspCount]:
        """By CSP, those with the most submissions first."""
        opened: Counter[str] = Counter()
        first: Counter[str] = Counter()
        versions: Counter[str] = Counter()
        for row in self.rows:
            name = row.csp or ""
            opened[name] += 1
            first[name] += row.first_outcome == Outcome.COMPLIANT
            versions[name] += row.version
        return [
            CspCount(csp=name, opened=number, compliant_first_time=first[name], versions=versions[name])
            for name, number in sorted(opened.items(), key=lambda item: (-item[1], item[0]))
        ]

    def times_to_compliance(self) -> list[timedelta]:
        """How long each submission completed took, from its first message on, shortest first."""
        return sorted(row.completed_at - row.opened_at for row in self.rows if row.completed_at is not None)


class Statistics:
    def __init__(self, database: Database) -> None:
        self._database = database

    def months(self, since: datetime, zone: tzinfo = UTC) -> list[MonthCount]:
        """Month by month, in the office's time zone."""
        return self.opened(since).months(zone)

    def csps(self, since: datetime) -> list[CspCount]:
        """By CSP, those with the most submissions first."""
        return self.opened(since).csps()

    def times_to_compliance(self, since: datetime) -> list[timedelta]:
        """How long each submission completed took, from its first message on, shortest first."""
        return self.opened(since).times_to_compliance()

    def gaps(self, since: datetime) -> dict[str, int]:
        """How often each check found a gap, over all judgements since then."""
        query = (
            select(findings.c.check_id, func.count())
            .join(judgements, judgements.c.id == findings.c.judgement_id)
            .where(findings.c.status == Status.GAP, judgements.c.judged_at >= since)
            .group_by(findings.c.check_id)
            .order_by(func.count().desc(), findings.c.check_id)
        )
        with self._database.read() as connection:
            return dict(connection.execute(query).all())

    def effort(self) -> dict[str, float]:
        """What all judgements together took: how many there were, seconds of each stage, pages recognised."""
        taken = [judgements.c[each.name] for each in fields(Effort)]
        query = select(func.count().label("judgements"), *(func.sum(column).label(column.name) for column in taken))
        with self._database.read() as connection:
            row = connection.execute(query).mappings().one()
        return {name: float(value or 0) for name, value in row.items()}

    def strikes(self) -> int:
        """Strikes that stand against messages: tries at which the program failed on them."""
        failed = messages.c.state.in_([MessageState.ARRIVED, MessageState.SET_ASIDE])
        with self._database.read() as connection:
            return int(connection.execute(select(func.sum(messages.c.strikes)).where(failed)).scalar() or 0)

    def kinds(self, since: datetime) -> dict[str, int]:
        """How many messages of each kind arrived."""
        query = (
            select(messages.c.kind, func.count())
            .where(messages.c.arrived_at >= since, messages.c.kind.is_not(None))
            .group_by(messages.c.kind)
        )
        with self._database.read() as connection:
            return dict(connection.execute(query).all())

    def opened(self, since: datetime) -> Opened:
        """The submissions opened since then, read once for all that is counted of them."""
        earliest = (
            select(messages.c.submission_id, func.min(judgements.c.id).label("first_id"))
            .join(judgements, judgements.c.message_id == messages.c.id)
            .group_by(messages.c.submission_id)
            .subquery()
        )
        query = (
            select(
                submissions.c.opened_at,
                submissions.c.outcome,
                submissions.c.csp,
                submissions.c.version,
                judgements.c.outcome.label("first_outcome"),
                submissions.c.completed_at,
            )
            .outerjoin(earliest, earliest.c.submission_id == submissions.c.id)
            .outerjoin(judgements, judgements.c.id == earliest.c.first_id)
            .where(submissions.c.opened_at >= since)
        )
        with self._database.read() as connection:
            return Opened([_Row(*row) for row in connection.execute(query)])
