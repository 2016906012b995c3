"""Reading the ledger for the command line and the web log: lists by filter and page, one thing with all about it,
and what waits for a person. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from intake.errors import NotFound, UsageError
from intake.ledger import details, tables, wording
from intake.ledger.database import SERVICE, Database
from intake.ledger.records import SubmissionRow
from intake.ledger.submissions import by_reference, folded
from intake.ledger.tables import messages, outgoing, submissions
from intake.ledger.views import (
    DoubtRow,
    MessageRow,
    MessageView,
    OutgoingRow,
    SubmissionView,
    message_row,
)
from intake.model import MailKind, MessageState, Outcome, OutgoingState, Status, SubmissionState

Item = TypeVar("Item")

_SORTS = {
    "reference": submissions.c.reference,
    "opened": submissions.c.opened_at,
    "changed": submissions.c.changed_at,
    "waiting": submissions.c.state_since,
    "state": submissions.c.state,
    "outcome": submissions.c.outcome,
    "csp": submissions.c.csp_key,
}
_FOREIGN_SITE = "foreign-site"  # as judging.doubts declares it
_MOST = 500  # rows of a page


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionFilter:
    """Which submissions: every field that is given has to fit."""

    states: Collection[SubmissionState] = ()
    outcome: Outcome | None = None
    csp: str | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    failed_check: str | None = None
    text: str | None = None  # in reference, CSP, case, senders, subjects, file names or the senders' words
    on_hold: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Item]):
    """One page of a list, and how long the list is."""

    rows: tuple[Item, ...]
    total: int
    page: int
    per_page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What waits for a person, longest first."""

    review: tuple[SubmissionRow, ...]
    set_aside: tuple[MessageRow, ...]
    uncertain: tuple[OutgoingRow, ...]
    failed: tuple[OutgoingRow, ...]
    bounced: tuple[OutgoingRow, ...]
    held: tuple[OutgoingRow, ...]
    gaps_longest: tuple[SubmissionRow, ...]  # waiting for the CSP

    @property
    def nothing(self) -> bool:
        return not (self.review or self.set_aside or self.uncertain or self.failed or self.bounced or self.held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many of each state there are; states without any are left out."""

    submissions: dict[str, int]
    messages: dict[str, int]
    outgoing: dict[str, int]
    filings_due: int
    oldest_arrived: datetime | None
    oldest_queued: datetime | None


class Queries:
    def __init__(self, database: Database) -> None:
        self._database = database

    def submissions(
        self, wanted: SubmissionFilter | None = None, *, sort: str = "-opened", page: int = 1, per_page: int = 50
    ) -> Page[SubmissionRow]:
        """Submissions, newest first unless `sort` names another column (a leading "-" turns it round)."""
        conditions = _conditions(wanted or SubmissionFilter(), sqlite=self._database.is_sqlite)
        column = _SORTS.get(sort.removeprefix("-"))
        if column is None:
            raise UsageError(f"The log cannot be sorted by {sort[:40]}.", f"It can by: {', '.join(_SORTS)}.")
        order = (column.desc(), submissions.c.id.desc()) if sort.startswith("-") else (column, submissions.c.id)
        with self._database.read() as connection:
            total = _count(connection, select(submissions.c.id).where(*conditions))
            query = select(submissions).where(*conditions).order_by(*order)
            rows = connection.execute(_paged(query, page, per_page)).all()
        found = tuple(SubmissionRow.of(row) for row in rows)
        return Page(rows=found, total=total, page=page, per_page=per_page)

    def messages(
        self,
        *,
        states: Collection[MessageState] = (),
        since: datetime | None = None,
        text: str = "",
        unseen: bool = False,
        page: int = 1,
        per_page: int = 50,
    ) -> Page[MessageRow]:
        """Messages, newest first; `text` has to stand in them, `unseen` leaves out what a person has dealt with."""
        conditions: list[ColumnElement[bool]] = [messages.c.state.in_(list(states))] if states else []
        conditions += [messages.c.arrived_at >= since] if since is not None else []
        hits = wording.matching(text, sqlite=self._database.is_sqlite)
        conditions += [messages.c.id.in_(hits)] if hits is not None else []
        conditions += [messages.c.seen_at.is_(None)] if unseen else []
        with self._database.read() as connection:
            total = _count(connection, select(messages.c.id).where(*conditions))
            query = details.messages_query().where(*conditions).order_by(messages.c.id.desc())
            rows = connection.execute(_paged(query, page, per_page)).all()
        return Page(rows=tuple(message_row(row) for row in rows), total=total, page=page, per_page=per_page)

    def outgoing(
        self,
        *,
        states: Collection[OutgoingState] = (),
        kind: MailKind | None = None,
        page: int = 1,
        per_page: int = 50,
    ) -> Page[OutgoingRow]:
        """Outgoing mail, newest first."""
        conditions: list[ColumnElement[bool]] = [outgoing.c.state.in_(list(states))] if states else []
        conditions += [outgoing.c.kind == kind] if kind is not None else []
        with self._database.read() as connection:
            total = _count(connection, select(outgoing.c.id).where(*conditions))
            query = details.outgoing_query().where(*conditions).order_by(outgoing.c.id.desc())
            rows = details.with_recipients(connection, connection.execute(_paged(query, page, per_page)))
        return Page(rows=rows, total=total, page=page, per_page=per_page)

    def submission(self, reference: str) -> SubmissionView:
        """Everything about one submission. Raises NotFound."""
        with self._database.read() as connection:
            row = by_reference(connection, reference)
            return details.submission_view(connection, SubmissionRow.of(row))

    def message(self, message: int) -> MessageView:
        """Everything about one message. Raises NotFound."""
        with self._database.read() as connection:
            found = details.message_view(connection, message)
        if found is None:
            raise NotFound(f"There is no message {message}.", command="intake log lists what there is.")
        return found

    def mail(self, outgoing_id: int) -> OutgoingRow:
        """One outgoing mail with its recipients and attempts. Raises NotFound."""
        with self._database.read() as connection:
            found = details.outgoing_rows(connection, outgoing.c.id == outgoing_id)
        if not found:
            raise NotFound(
                f"There is no outgoing mail {outgoing_id}.", command="intake show lists a submission's mail."
            )
        return found[0]

    def open_doubts(self, codes: Collection[str]) -> tuple[DoubtRow, ...]:
        """The open doubts of these codes, of every submission, oldest first."""
        these = and_(tables.doubts.c.code.in_(list(codes)), tables.doubts.c.closed_at.is_(None))
        with self._database.read() as connection:
            return details.doubt_rows(connection, these)

    def addresses_let_pass(self) -> tuple[str, ...]:
        """The addresses on strangers' sites that went to the Commissioner by a person's word."""
        rows = tables.doubts
        gone = and_(
            outgoing.c.submission_id == rows.c.submission_id,
            outgoing.c.kind == MailKind.FORWARD,
            outgoing.c.state != OutgoingState.CANCELLED,
        )
        by_person = and_(rows.c.code == _FOREIGN_SITE, rows.c.closed_by.is_not(None), rows.c.closed_by != SERVICE)
        query = select(rows.c.quote).distinct().join(outgoing, gone).where(by_person, rows.c.quote.is_not(None))
        with self._database.read() as connection:
            return tuple(connection.execute(query).scalars())

    def waiting(self, limit: int = 200, *, others: int = 200) -> Waiting:
        """Everything that waits for a person, `limit` of each kind; and `others` that wait for their CSP."""
        with self._database.read() as connection:

            def standing(state: SubmissionState, most: int) -> tuple[SubmissionRow, ...]:
                query = select(submissions).where(submissions.c.state == state)
                rows = connection.execute(query.order_by(submissions.c.state_since).limit(most))
                return tuple(SubmissionRow.of(row) for row in rows)

            def mail(*conditions: ColumnElement[bool]) -> tuple[OutgoingRow, ...]:
                query = details.outgoing_query().where(*conditions).order_by(outgoing.c.id).limit(limit)
                return details.with_recipients(connection, connection.execute(query))

            unseen = (messages.c.state == MessageState.SET_ASIDE, messages.c.seen_at.is_(None))
            aside = details.messages_query().where(*unseen)
            rows = connection.execute(aside.order_by(messages.c.id).limit(limit)).all()
            return Waiting(
                review=standing(SubmissionState.REVIEW, limit),
                set_aside=tuple(message_row(row) for row in rows),
                uncertain=mail(outgoing.c.state == OutgoingState.UNCERTAIN),
                failed=mail(outgoing.c.state == OutgoingState.FAILED),
                bounced=mail(outgoing.c.bounced_at.is_not(None), outgoing.c.state == OutgoingState.SENT),
                held=mail(outgoing.c.state == OutgoingState.HELD),
                gaps_longest=standing(SubmissionState.WAITING_FOR_CSP, others),
            )

    def held_by_caps(self) -> int:
        """How many mails are held now because more was to be sent than is allowed."""
        capped = and_(outgoing.c.state == OutgoingState.HELD, outgoing.c.hold_reason.like("cap-%"))
        with self._database.read() as connection:
            return _count(connection, select(outgoing.c.id).where(capped))

    def how_many_wait(self) -> int:
        """How many things wait for a person."""
        troubled = (OutgoingState.UNCERTAIN, OutgoingState.FAILED, OutgoingState.HELD)
        came_back = and_(outgoing.c.state == OutgoingState.SENT, outgoing.c.bounced_at.is_not(None))
        aside = and_(messages.c.state == MessageState.SET_ASIDE, messages.c.seen_at.is_(None))
        with self._database.read() as connection:
            return sum(
                _count(connection, query)
                for query in (
                    select(submissions.c.id).where(submissions.c.state == SubmissionState.REVIEW),
                    select(messages.c.id).where(aside),
                    select(outgoing.c.id).where(outgoing.c.state.in_(troubled)),
                    select(outgoing.c.id).where(came_back),
                )
            )

    def open_doubts_of(self, these: Collection[int]) -> dict[int, tuple[DoubtRow, ...]]:
        """The open doubts of these submissions, oldest first."""
        here = and_(tables.doubts.c.submission_id.in_(list(these)), tables.doubts.c.closed_at.is_(None))
        with self._database.read() as connection:
            rows = details.doubt_rows(connection, here)
        found: dict[int, tuple[DoubtRow, ...]] = {}
        for row in rows:
            found[row.submission] = (*found.get(row.submission, ()), row)
        return found

    def counts(self) -> Counts:
        """The numbers of a home page."""
        due = select(tables.filings.c.id).where(tables.filings.c.state == tables.FilingState.DUE)
        queued = (OutgoingState.QUEUED, OutgoingState.DEFERRED)
        with self._database.read() as connection:
            return Counts(
                submissions=_by_state(connection, submissions.c.state),
                messages=_by_state(connection, messages.c.state),
                outgoing=_by_state(connection, outgoing.c.state),
                filings_due=_count(connection, due),
                oldest_arrived=connection.execute(
                    select(func.min(messages.c.arrived_at)).where(messages.c.state == MessageState.ARRIVED)
                ).scalar(),
                oldest_queued=connection.execute(
                    select(func.min(outgoing.c.due_at)).where(outgoing.c.state.in_(queued))
                ).scalar(),
            )

    def csps(self) -> list[str]:
        """The CSPs that have sent something, by name."""
        with self._database.read() as connection:
            query = select(submissions.c.csp).where(submissions.c.csp.is_not(None)).distinct()
            return sorted(name for name in connection.execute(query).scalars() if name)

    def stored(self) -> Iterator[str]:
        """The SHA-256 of everything that the ledger counts on the message store to hold."""
        known = select(messages.c.sha256).where(messages.c.sha256.is_not(None))
        with self._database.read() as connection:
            names = connection.execute(known.union(select(outgoing.c.sha256))).scalars().all()
        return (name for name in names if name is not None)


def _conditions(wanted: SubmissionFilter, *, sqlite: bool) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.states:
        found.append(submissions.c.state.in_(list(wanted.states)))
    if wanted.outcome is not None:
        found.append(submissions.c.outcome == wanted.outcome)
    if wanted.csp:
        found.append(submissions.c.csp_key == folded(wanted.csp))
    if wanted.opened_from is not None:
        found.append(submissions.c.opened_at >= wanted.opened_from)
    if wanted.opened_before is not None:
        found.append(submissions.c.opened_at < wanted.opened_before)
    if wanted.on_hold is not None:
        found.append(submissions.c.on_hold.is_(wanted.on_hold))
    if wanted.failed_check:
        found.append(_failed(wanted.failed_check))
    return [*found, *(_said(word, sqlite=sqlite) for word in (wanted.text or "").casefold().split())]


def _said(word: str, *, sqlite: bool) -> ColumnElement[bool]:
    """A word of the submission's own names, or one that stands in one of its messages."""
    named = submissions.c.search_text.contains(word, autoescape=True)
    hits = wording.matching(word, sqlite=sqlite)
    if hits is None:
        return named
    there = select(messages.c.submission_id).where(messages.c.submission_id.is_not(None), messages.c.id.in_(hits))
    return or_(named, submissions.c.id.in_(there))


def _failed(check: str) -> ColumnElement[bool]:
    # As a list made once: SQLite would answer EXISTS by going through all gaps of the check for each submission.
    gap = and_(tables.findings.c.check_id == check, tables.findings.c.status == Status.GAP)
    return submissions.c.judgement_id.in_(select(tables.findings.c.judgement_id).where(gap))


def _paged(query: Select[Any], page: int, per_page: int) -> Select[Any]:
    size = min(max(per_page, 1), _MOST)
    return query.limit(size).offset((max(page, 1) - 1) * size)


def _count(connection: Connection, query: Select[Any]) -> int:
    return int(connection.execute(select(func.count()).select_from(query.subquery())).scalar_one())


def _by_state(connection: Connection, column: ColumnElement[str]) -> dict[str, int]:
    rows: Sequence[Any] = connection.execute(select(column, func.count()).group_by(column)).all()
    return {state: int(number) for state, number in rows}
