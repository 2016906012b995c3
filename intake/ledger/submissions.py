"""Submissions: finding the one that a message belongs to, making and joining them, and their states.

A state changes only along the ways listed here, and every change is an event.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from intake.errors import Conflict, NotFound
from intake.ledger.database import SERVICE, Database, Writer
from intake.ledger.records import Judgement, Stands, SubmissionRow
from intake.ledger.tables import messages, outgoing, submissions
from intake.model import Outcome, OutgoingState, SubmissionState

_MOST_CANDIDATES = 20
_BARE = re.compile(r"[A-Z]{2,10}-\d{4}-\d{4,6}")
_OPEN = SubmissionState.OPEN
_REVIEW = SubmissionState.REVIEW
_WAITING = SubmissionState.WAITING_FOR_CSP
_COMPLETE = SubmissionState.COMPLETE
_WITHDRAWN = SubmissionState.WITHDRAWN
_CLOSED = SubmissionState.CLOSED

WAYS: dict[SubmissionState, frozenset[SubmissionState]] = {
    _OPEN: frozenset({_REVIEW, _WAITING, _COMPLETE, _WITHDRAWN, _CLOSED}),
    _REVIEW: frozenset({_OPEN, _WAITING, _COMPLETE, _WITHDRAWN, _CLOSED}),
    _WAITING: frozenset({_OPEN, _REVIEW, _COMPLETE, _WITHDRAWN, _CLOSED}),
    _COMPLETE: frozenset({_OPEN, _REVIEW, _WAITING, _WITHDRAWN, _CLOSED}),  # a further version, or a bounce
    _WITHDRAWN: frozenset({_OPEN, _REVIEW, _CLOSED}),
    _CLOSED: frozenset({_OPEN, _REVIEW}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What a message says about where it belongs. `report` is the SHA-256 of the report that it brings."""

    references: tuple[str, ...] = ()  # in the subject, as they stand there
    thread_ids: tuple[str, ...] = ()  # In-Reply-To and References
    message_id: str | None = None
    message: int | None = None  # its own number: it does not point to itself
    report: str | None = None
    csp: str | None = None
    case: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A submission that a message points to, and by what.

    `by` is same-message-id, thread, reference, earlier-message, report, case or waiting, from strong to weak.
    """

    submission: SubmissionRow
    by: str


class Submissions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, reference: str) -> SubmissionRow:
        """The submission as it stands. Raises NotFound."""
        with self._database.read() as connection:
            return SubmissionRow.of(by_reference(connection, reference))

    def candidates(self, hints: Hints) -> tuple[Candidate, ...]:
        """The submissions that a message with these hints may belong to, each once, by its strongest hint first."""
        found: dict[int, Candidate] = {}
        with self._database.read() as connection:
            for by, condition in _conditions(hints):
                query = select(submissions).where(condition).order_by(submissions.c.id.desc()).limit(_MOST_CANDIDATES)
                for row in connection.execute(query):
                    found.setdefault(row.id, Candidate(submission=SubmissionRow.of(row), by=by))
        return tuple(found.values())

    def waiting_for(self, sender: str) -> tuple[Candidate, ...]:
        """The submissions whose CSP was asked for something and whose sender was this very address."""
        here = and_(submissions.c.state == _WAITING, func.lower(submissions.c.sender) == sender.lower())
        query = select(submissions).where(here).order_by(submissions.c.id.desc()).limit(_MOST_CANDIDATES)
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return tuple(Candidate(submission=SubmissionRow.of(row), by="waiting") for row in rows)


def by_reference(connection: Connection, reference: str, *, lock: bool = False) -> Row[Any]:
    """The row of a reference, however it was typed: a person may leave its check letters out. Raises NotFound."""
    wanted = reference.strip().upper()
    named = or_(submissions.c.reference == wanted, submissions.c.reference.like(f"{wanted}-__"))
    query = select(submissions).where(named if _BARE.fullmatch(wanted) else submissions.c.reference == wanted)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(f"There is no submission {reference.strip()[:40]}.", command="intake log lists what there is.")
    return row


def folded(name: str | None) -> str | None:
    """A CSP's or case's name for comparison: letters and digits only, in lower case."""
    return re.sub(r"[\W_]+", " ", name.replace("&", " and ")).casefold().strip() or None if name else None


def make(writer: Writer, judgement: Judgement, message: int, judged: int, now: datetime) -> Row[Any]:
    """A new submission, version 1, under the reference reserved for the message."""
    joining, verdict, sender = judgement.submission, judgement.verdict, judgement.headers.sender
    assert joining is not None  # noqa: S101 - the caller has a submission to make
    state = joining.state
    row = writer.connection.execute(
        insert(submissions)
        .values(
            reference=joining.reference,
            state=state,
            outcome=judgement.outcome,
            version=1,
            **named(verdict.identity.csp, verdict.identity.case),
            sender=sender,
            sender_domain=sender.rpartition("@")[2].lower() if sender else None,
            weblink=verdict.weblink,
            report_sha256=verdict.report.sha256 if verdict.report else None,
            on_hold=False,
            judgement_id=judged,
            opened_at=now,
            changed_at=now,
            state_since=now,
            search_text=_search_text(joining.reference, judgement),
            row_version=1,
        )
        .returning(submissions)
    ).one()
    writer.event("submission-opened", now, submission=row.id, message=message, reference=row.reference, state=state)
    return row


def join(writer: Writer, judgement: Judgement, message: int, judged: int, now: datetime) -> Row[Any]:
    """The message joins a submission that is there. Raises Conflict when that changed since it was read."""
    joining, verdict = judgement.submission, judgement.verdict
    assert joining is not None  # noqa: S101 - the caller has a submission to join
    row = by_reference(writer.connection, joining.reference, lock=True)
    expect(row, joining.expected)
    words = f"{row.search_text}\n{_search_text('', judgement)}".split("\n")
    csp, case = verdict.identity.csp or row.csp, verdict.identity.case or row.case_name
    values: dict[str, Any] = {
        "search_text": "\n".join(dict.fromkeys(words)),
        "outcome": judgement.outcome,
        "judgement_id": judged,
        "version": max(joining.version, row.version),  # ledgers of before counted messages
        "weblink": verdict.weblink,
        "report_sha256": verdict.report.sha256 if verdict.report else None,
        **named(csp, case),
    }
    row = change(writer, row, now, **values)
    writer.event(
        "submission-joined", now, submission=row.id, message=message, by=joining.joined_by, version=row.version
    )
    return go(writer, row, joining.state, now)


def standing_values(stands: Stands) -> dict[str, Any]:
    """What a submission's row holds of its standing, beside outcome and state."""
    return {
        "version": stands.version,
        "weblink": stands.weblink,
        "report_sha256": stands.report_sha256,
        **named(stands.csp, stands.case_name),
    }


def named(csp: str | None, case: str | None) -> dict[str, Any]:
    """A submission's names, and what they are compared by."""
    return {"csp": csp, "case_name": case, "csp_key": folded(csp), "case_key": folded(case)}


def go(writer: Writer, row: Row[Any], state: SubmissionState, now: datetime, actor: str = SERVICE) -> Row[Any]:
    """Take a submission to a state, over *open* where no way leads there: what ended goes on."""
    if state not in WAYS[SubmissionState(row.state)] | {row.state}:
        row = move(writer, row, _OPEN, now, actor)
    return move(writer, row, state, now, actor)


def not_asked_yet(writer: Writer, row: Row[Any], now: datetime) -> None:
    """A reply that is held has asked for nothing yet: nobody waits for the CSP."""
    if row.state == _WAITING:
        move(writer, row, _OPEN, now)


def asked(writer: Writer, row: Row[Any], now: datetime) -> None:
    """The reply has left: now the CSP is waited for."""
    if row.state == _OPEN and row.outcome == Outcome.GAPS:
        move(writer, row, _WAITING, now)


def change(writer: Writer, row: Row[Any], now: datetime, **values: Any) -> Row[Any]:
    """Write new values into a submission that this transaction has read. Raises Conflict if another was faster."""
    changed = writer.connection.execute(
        update(submissions)
        .where(submissions.c.id == row.id, submissions.c.row_version == row.row_version)
        .values(**values, changed_at=now, row_version=row.row_version + 1)
        .returning(submissions)
    ).one_or_none()
    if changed is None:
        raise _changed()
    return changed


def move(writer: Writer, row: Row[Any], state: SubmissionState, now: datetime, actor: str = SERVICE) -> Row[Any]:
    """Take a submission to another state. Raises Conflict where no way leads there."""
    if row.state == state:
        return row
    if state not in WAYS[SubmissionState(row.state)]:
        raise Conflict(f"A submission that is {row.state} cannot become {state}.", "Reopen it first.")
    values: dict[str, Any] = {"state": state, "state_since": now}
    if state is _COMPLETE:
        values["completed_at"] = now
    changed = change(writer, row, now, **values)
    writer.event("submission-state", now, actor=actor, submission=row.id, was=row.state, state=state)
    return changed


def locked(connection: Connection, identity: int) -> Row[Any]:
    """The row of a submission, kept from others until this transaction ends."""
    return connection.execute(select(submissions).where(submissions.c.id == identity).with_for_update()).one()


def expect(row: Row[Any], row_version: int | None) -> None:
    """Raise Conflict when the row is not the one that the person, or the judgement, had before them."""
    if row_version is not None and row.row_version != row_version:
        raise _changed()


def _changed() -> Conflict:
    return Conflict("Somebody else changed it; nothing was done.", "Look at it again, then decide.")


def _search_text(reference: str, judgement: Judgement) -> str:
    identity, names = judgement.verdict.identity, (each.name for each in judgement.verdict.files)
    words = (reference, identity.csp, identity.case, judgement.headers.sender, *names)
    return "\n".join(word for word in words if word).casefold()


def _conditions(hints: Hints) -> list[tuple[str, ColumnElement[bool]]]:
    found: list[tuple[str, ColumnElement[bool]]] = []
    threads = list(hints.thread_ids)
    if hints.message_id:
        other = messages.c.id != (hints.message or 0)
        again = select(messages.c.submission_id).where(messages.c.message_id == hints.message_id, other)
        found.append(("same-message-id", submissions.c.id.in_(again)))
    if threads:
        ours = select(outgoing.c.submission_id).where(outgoing.c.message_id.in_(threads))
        found.append(("thread", submissions.c.id.in_(ours)))
    if hints.references:
        found.append(("reference", submissions.c.reference.in_(list(hints.references))))
    if threads:
        theirs = select(messages.c.submission_id).where(messages.c.message_id.in_(threads))
        found.append(("earlier-message", submissions.c.id.in_(theirs)))
    if hints.report:
        went = and_(outgoing.c.report_sha256 == hints.report, outgoing.c.state != OutgoingState.CANCELLED)
        known = or_(
            submissions.c.report_sha256 == hints.report,
            submissions.c.id.in_(select(outgoing.c.submission_id).where(went)),
        )
        found.append(("report", known))
    csp, case = folded(hints.csp), folded(hints.case)
    if csp and case:
        same = (submissions.c.csp_key == csp) & (submissions.c.case_key == case)
        alive = submissions.c.state.not_in((_CLOSED, _WITHDRAWN))
        found.append(("case", same & alive))
    return found
