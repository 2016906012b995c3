"""Submissions: finding the one that a message belongs to, making and joining them, and their states.

A state changes only along the ways listed here, and every change is an event.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from intake.errors import Conflict, NotFound
from intake.ledger.database import SERVICE, Database, Writer
from intake.ledger.records import Judgement, SubmissionRow
from intake.ledger.tables import messages, outgoing, submissions
from intake.model import SubmissionState

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
    """What a message says about where it belongs."""

    subject_references: tuple[str, ...] = ()
    thread_ids: tuple[str, ...] = ()  # In-Reply-To and References
    sender_domain: str | None = None
    csp: str | None = None
    case: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The submission found, and by what: thread, reference, earlier-message or sender-and-case.

    A reference in a subject can be typed by anyone: `same_domain` says whether the sender's domain is the
    submission's.
    """

    submission: SubmissionRow
    reason: str
    same_domain: bool


class Submissions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, reference: str) -> SubmissionRow:
        """The submission as it stands. Raises NotFound."""
        with self._database.read() as connection:
            return SubmissionRow.of(by_reference(connection, reference))

    def find(self, hints: Hints) -> Match | None:
        """The submission that a message with these hints belongs to, by the strongest of them."""
        with self._database.read() as connection:
            for reason, condition in _conditions(hints):
                query = select(submissions).where(condition).order_by(submissions.c.id.desc()).limit(1)
                row = connection.execute(query).one_or_none()
                if row is not None:
                    same = bool(hints.sender_domain) and row.sender_domain == hints.sender_domain
                    return Match(submission=SubmissionRow.of(row), reason=reason, same_domain=same)
        return None


def by_reference(connection: Connection, reference: str, *, lock: bool = False) -> Row[Any]:
    """The row of a reference, however it was typed. Raises NotFound."""
    query = select(submissions).where(submissions.c.reference == reference.strip().upper())
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound(f"There is no submission {reference.strip()[:40]}.", "intake log lists what there is.")
    return row


def folded(name: str | None) -> str | None:
    """A CSP's or case's name for comparison: letters and digits only, in lower case."""
    return re.sub(r"[\W_]+", " ", name.replace("&", " and ")).casefold().strip() or None if name else None


def make(writer: Writer, judgement: Judgement, message: int, judged: int, now: datetime) -> Row[Any]:
    """A new submission, version 1, under the reference reserved for the message."""
    joining, verdict, sender = judgement.submission, judgement.verdict, judgement.headers.sender
    assert joining is not None  # noqa: S101 - the caller has a submission to make
    state = joining.state or _OPEN
    row = writer.connection.execute(
        insert(submissions)
        .values(
            reference=joining.reference,
            state=state,
            outcome=judgement.outcome,
            version=1,
            csp=verdict.identity.csp,
            case_name=verdict.identity.case,
            csp_key=folded(verdict.identity.csp),
            case_key=folded(verdict.identity.case),
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
    values: dict[str, Any] = {"search_text": "\n".join(dict.fromkeys(words))}
    if joining.state is not None:
        version = row.version + 1 if joining.new_version else row.version
        values |= {"outcome": judgement.outcome, "judgement_id": judged, "version": version}
        values |= {"csp": row.csp or verdict.identity.csp, "case_name": row.case_name or verdict.identity.case}
        values |= {"csp_key": folded(values["csp"]), "case_key": folded(values["case_name"])}
        values |= {"weblink": verdict.weblink or row.weblink}
        values |= {"report_sha256": verdict.report.sha256 if verdict.report else row.report_sha256}
    row = change(writer, row, now, **values)
    writer.event(
        "submission-joined", now, submission=row.id, message=message, by=joining.joined_by, version=row.version
    )
    if joining.state is not None:
        if joining.state not in WAYS[SubmissionState(row.state)] | {row.state}:
            row = move(writer, row, _OPEN, now)  # a new version of what was withdrawn or closed opens it again
        row = move(writer, row, joining.state, now)
    return row


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
    return Conflict("Somebody changed this meanwhile; nothing was done.", "Look at it again, then decide.")


def _search_text(reference: str, judgement: Judgement) -> str:
    identity, names = judgement.verdict.identity, (each.name for each in judgement.verdict.files)
    words = (reference, identity.csp, identity.case, judgement.headers.sender, *names)
    return "\n".join(word for word in words if word).casefold()


def _conditions(hints: Hints) -> list[tuple[str, ColumnElement[bool]]]:
    found: list[tuple[str, ColumnElement[bool]]] = []
    threads = list(hints.thread_ids)
    if threads:
        ours = select(outgoing.c.submission_id).where(outgoing.c.message_id.in_(threads))
        found.append(("thread", submissions.c.id.in_(ours)))
    if hints.subject_references:
        wanted = [each.strip().upper() for each in hints.subject_references]
        found.append(("reference", submissions.c.reference.in_(wanted)))
    if threads:
        theirs = select(messages.c.submission_id).where(messages.c.message_id.in_(threads))
        found.append(("earlier-message", submissions.c.id.in_(theirs)))
    csp, case = folded(hints.csp), folded(hints.case)
    if hints.sender_domain and csp and case:
        same = (submissions.c.csp_key == csp) & (submissions.c.case_key == case)
        alive = submissions.c.state.not_in((_CLOSED, _WITHDRAWN))
        found.append(("sender-and-case", same & alive & (submissions.c.sender_domain == hints.sender_domain)))
    return found
