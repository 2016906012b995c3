"""What is kept no longer: bytes whose time is over, and everything personal of a submission that is to be erased.

The facts stay: dates, states, checks, hashes, events. An event names the SHA-256 of each file that was deleted, so
that its absence is known to be no loss.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, delete, or_, select, update

from intake.errors import Conflict
from intake.ledger import submissions as finding
from intake.ledger import tables, wording
from intake.ledger.actions import Act, remark
from intake.ledger.database import Database, Writer
from intake.ledger.events import event_row
from intake.ledger.tables import events, judgements, messages, outgoing, submissions
from intake.model import MessageState, OutgoingState, SubmissionState

_ENDED = (SubmissionState.COMPLETE, SubmissionState.WITHDRAWN, SubmissionState.CLOSED)
_SETTLED = (OutgoingState.SENT, OutgoingState.CANCELLED, OutgoingState.FAILED)
_LEFT_ALONE = (MessageState.IGNORED, MessageState.DUPLICATE)
_ERASED = "erased on request"
_EVENT = "bytes-deleted"
_BATCH = 500
_STAYS = ("kind", "certainty", "outcome", "rules_version")  # of a recorded verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """What may be deleted: files by SHA-256, and how many submissions and other messages they belong to."""

    sha256: tuple[str, ...]
    submissions: tuple[str, ...]
    messages: int


class Retention:
    def __init__(self, database: Database) -> None:
        self._database = database

    def overdue(self, before: datetime) -> Overdue:
        """What belongs only to submissions that ended, and to messages that were left alone, before this moment."""
        ended = and_(submissions.c.state.in_(_ENDED), submissions.c.state_since < before)
        alone = and_(messages.c.submission_id.is_(None), messages.c.state.in_(_LEFT_ALONE))
        old = and_(alone, messages.c.arrived_at < before)
        notice = and_(outgoing.c.submission_id.is_(None), outgoing.c.created_at < before)
        with self._database.read() as connection:
            theirs = select(submissions.c.id).where(ended)
            of_messages = or_(messages.c.submission_id.in_(theirs), old)
            of_mail = and_(outgoing.c.state.in_(_SETTLED), or_(outgoing.c.submission_id.in_(theirs), notice))
            names = _only_here(connection, of_messages, of_mail) - _deleted(connection)
            here = select(submissions.c.reference).where(ended).order_by(submissions.c.id)
            kept = or_(
                submissions.c.id.in_(select(messages.c.submission_id).where(messages.c.sha256.in_(names))),
                submissions.c.id.in_(select(outgoing.c.submission_id).where(outgoing.c.sha256.in_(names))),
            )
            references = tuple(connection.execute(here.where(kept)).scalars())
            others = connection.execute(select(messages.c.id).where(old, messages.c.sha256.in_(names))).all()
        return Overdue(sha256=tuple(sorted(names)), submissions=references, messages=len(others))

    def files_of(self, reference: str) -> tuple[str, ...]:
        """The files that belong to one submission alone. Raises NotFound, and Conflict while mail of it may leave."""
        with self._database.read() as connection:
            row = finding.by_reference(connection, reference)
            theirs = outgoing.c.submission_id == row.id
            open_mail = select(outgoing.c.id).where(theirs, outgoing.c.state.not_in(_SETTLED))
            if row.state not in _ENDED or connection.execute(open_mail).first():
                raise Conflict(
                    f"{row.reference} is {row.state}, or has mail that may still leave.",
                    "Close or withdraw it in the web log first, and settle its mail.",
                )
            return tuple(sorted(_only_here(connection, messages.c.submission_id == row.id, theirs)))

    def note_deleted(self, names: Collection[str], now: datetime, actor: str) -> None:
        """Enter that these files are deleted, and forget the sentences that were quoted from them.

        Called before they are, so that a crash leaves nothing unexplained.
        """
        with self._database.write() as writer:
            for name in names:
                writer.event(_EVENT, now, actor=actor, sha256=name)
            ordered = sorted(names)
            for start in range(0, len(ordered), _BATCH):
                _forget_quotes(writer, ordered[start : start + _BATCH])

    def deleted(self) -> set[str]:
        """The SHA-256 of everything that was deleted on purpose."""
        with self._database.read() as connection:
            return _deleted(connection)

    def erase(self, reference: str, act: Act) -> None:
        """Take out of the ledger who and what one submission was about; dates, checks and hashes stay."""
        with self._database.write() as writer:
            row = finding.by_reference(writer.connection, reference, lock=True)
            remark(writer, "erased", act, submission=row.id)
            _blank(writer, row.id, row.reference)


def _only_here(connection: Connection, of_messages: ColumnElement[bool], of_mail: ColumnElement[bool]) -> set[str]:
    """The files that these messages and mails name, and no other does."""

    def names(*conditions: ColumnElement[bool], column: Any) -> set[str]:
        found = connection.execute(select(column).where(*conditions, column.is_not(None)).distinct()).scalars()
        return set(found)

    message_ids, mail_ids = select(messages.c.id).where(of_messages), select(outgoing.c.id).where(of_mail)
    here = names(of_messages, column=messages.c.sha256) | names(of_mail, column=outgoing.c.sha256)
    elsewhere = names(messages.c.id.not_in(message_ids), column=messages.c.sha256)
    elsewhere |= names(outgoing.c.id.not_in(mail_ids), column=outgoing.c.sha256)
    return here - elsewhere


def _deleted(connection: Connection) -> set[str]:
    rows = connection.execute(select(events).where(events.c.kind == _EVENT))
    return {str(event_row(row).data["sha256"]) for row in rows}


def _blank(writer: Writer, submission: int, reference: str) -> None:
    run = writer.connection.execute
    theirs = select(messages.c.id).where(messages.c.submission_id == submission)
    judged = select(judgements.c.id).where(judgements.c.message_id.in_(theirs))
    mails = select(outgoing.c.id).where(outgoing.c.submission_id == submission)
    run(
        update(submissions)
        .where(submissions.c.id == submission)
        .values(csp=None, case_name=None, csp_key=None, case_key=None, sender=None, sender_domain=None, weblink=None)
        .values(search_text=reference.lower(), row_version=submissions.c.row_version + 1)
    )
    bare_message = dict.fromkeys(("sender", "sender_domain", "subject", "authentication"))
    run(update(messages).where(messages.c.id.in_(theirs)).values(bare_message))
    for row in run(select(judgements).where(judgements.c.id.in_(judged))).all():
        bare = {**{name: row.verdict[name] for name in _STAYS}, "reasons": [], "outcome_reasons": []}
        run(update(judgements).where(judgements.c.id == row.id).values(reasons=[], verdict=bare))
    of_these = tables.findings.c.judgement_id.in_(judged)
    run(update(tables.findings).where(of_these).values(summary=_ERASED, remedy="", evidence=[]))
    run(update(tables.files).where(tables.files.c.judgement_id.in_(judged)).values(name=_ERASED))
    run(update(outgoing).where(outgoing.c.id.in_(mails)).values(subject=_ERASED, last_detail=None))
    run(delete(tables.recipients).where(tables.recipients.c.outgoing_id.in_(mails)))
    run(update(tables.attempts).where(tables.attempts.c.outgoing_id.in_(mails)).values(detail=None))
    _blank_words(writer, submission, theirs)


def _blank_words(writer: Writer, submission: int, theirs: Select[Any]) -> None:
    """What people wrote, and what was quoted from them, wherever it was kept."""
    run, doubts, notices, notes = writer.connection.execute, tables.doubts, tables.notices, tables.notes
    bare = {"summary": _ERASED, **dict.fromkeys(("quote", "document", "closed_why"))}
    run(update(doubts).where(_about(doubts, submission, theirs)).values(bare))
    run(update(notices).where(_about(notices, submission, theirs)).values(reasons=[]))
    run(update(notes).where(_about(notes, submission, theirs)).values(text=_ERASED))
    wording.forget_messages(writer, theirs)


def _about(table: Table, submission: int, theirs: Select[Any]) -> ColumnElement[bool]:
    return or_(table.c.submission_id == submission, table.c.message_id.in_(theirs))


def _forget_quotes(writer: Writer, names: Collection[str]) -> None:
    """A quoted sentence is a piece of its message: it is kept as long as that is."""
    run, doubts, notices = writer.connection.execute, tables.doubts, tables.notices
    of_them = select(messages.c.id).where(messages.c.sha256.in_(names))
    theirs = select(messages.c.submission_id).where(messages.c.id.in_(of_them), messages.c.submission_id.is_not(None))
    wording.forget_messages(writer, of_them)
    run(update(doubts).where(doubts.c.message_id.in_(of_them)).values(quote=None))
    run(update(notices).where(notices.c.submission_id.in_(theirs)).values(reasons=[]))
    for row in run(select(judgements).where(judgements.c.message_id.in_(of_them))).all():
        if found := row.verdict.get("doubts"):
            bare = {**row.verdict, "doubts": [{**each, "quote": None} for each in found]}
            run(update(judgements).where(judgements.c.id == row.id).values(verdict=bare))
