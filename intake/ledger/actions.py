"""What staff do to submissions and messages: each with a name and a reason, recorded, and refused to the second of two.

`expected` is the row version that the person had before them; where somebody else was faster, Conflict is raised
and nothing happens.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, delete, insert, select, update

from intake.errors import Conflict, NotFound, UsageError
from intake.ledger import doubt_rows, mail_queue, submissions, tables
from intake.ledger.database import Database, Writer, insert_new
from intake.ledger.mail_queue import ON_HOLD, Place
from intake.ledger.records import NewMail, Stands, SubmissionRow
from intake.ledger.tables import messages, outgoing
from intake.model import Doubt, MailKind, MessageState, Outcome, OutgoingState, SubmissionState

_ANSWERS = {
    Outcome.COMPLIANT: frozenset({MailKind.FORWARD, MailKind.ACKNOWLEDGEMENT}),
    Outcome.GAPS: frozenset({MailKind.REPLY}),
    Outcome.IGNORE: frozenset[MailKind](),
}
_LEADS_TO = {
    Outcome.COMPLIANT: SubmissionState.OPEN,  # complete once the forward has left
    Outcome.GAPS: SubmissionState.WAITING_FOR_CSP,
    Outcome.IGNORE: SubmissionState.CLOSED,
}
_TO_CSP_OR_COMMISSIONER = frozenset(MailKind) - {MailKind.NOTICE}
_HELD = "on-hold"  # the doubt of what came meanwhile
_REOPENED = Doubt("reopened", "case", "a person opened it again for review")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does something, why, and when. `expected` is the row version that they had before them."""

    by: str
    reason: str
    at: datetime
    expected: int | None = None


class Actions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def release(
        self,
        reference: str,
        as_: Outcome,
        act: Act,
        *,
        mails: Iterable[NewMail] = (),
        answers: int | None = None,
        confirm: Collection[int] = (),
        leave_out: Collection[int] = (),
        stands: Stands | None = None,
    ) -> SubmissionRow:
        """Decide a submission, which closes its open doubts.

        With `mails`, those are queued in place of all its unsent ones; without, the held ones that fit the decision
        leave and the others are cancelled. `confirm` are the messages that the person stands for from now on,
        `leave_out` those that are no part of the submission; `stands` is what it stands at then.
        """
        if as_ not in _ANSWERS:
            raise UsageError("A submission is released as compliant, gaps or ignore.")
        given = tuple(mails)

        def apply(writer: Writer, row: Row[Any]) -> Row[Any]:
            stay = frozenset[MailKind]() if given else _ANSWERS[as_]
            drop = _TO_CSP_OR_COMMISSIONER - stay
            mail_queue.withdraw(writer, row.id, drop, act.at, why="released otherwise", actor=act.by)
            _let_go(writer, row.id, stay, act.at)
            _place(writer, confirm, leave_out)
            doubt_rows.close(writer, tables.doubts.c.submission_id == row.id, act.at, by=act.by, why=act.reason)
            row = submissions.change(writer, row, act.at, on_hold=False, **_decision_values(row, as_, stands))
            place = Place(submission=row.id, version=row.version, answers=answers)
            for mail in given:
                mail_queue.put(writer, mail, act.at, place)
            return _decided(writer, row, as_, act, stands)

        return self._act("released", reference, act, apply, outcome=as_)

    def settle_doubts(
        self, reference: str, which: Collection[int], act: Act, *, confirm: Collection[int] = ()
    ) -> SubmissionRow:
        """Close open doubts of a submission, which stays where it is. Raises NotFound where none of them is open."""

        def apply(writer: Writer, row: Row[Any]) -> Row[Any]:
            here = and_(tables.doubts.c.submission_id == row.id, tables.doubts.c.id.in_(list(which)))
            if not doubt_rows.close(writer, here, act.at, by=act.by, why=act.reason):
                raise NotFound("This doubt is not open.", command="intake show lists the open ones.")
            _place(writer, confirm, ())
            return submissions.change(writer, row, act.at)

        return self._act("settled", reference, act, apply)

    def hold(self, reference: str, act: Act) -> SubmissionRow:
        """Stop everything of a submission from leaving until it is let go."""

        def apply(writer: Writer, row: Row[Any]) -> Row[Any]:
            waits = and_(outgoing.c.submission_id == row.id, outgoing.c.kind != MailKind.NOTICE)
            unsent = outgoing.c.state.in_((OutgoingState.QUEUED, OutgoingState.DEFERRED))
            _set_mail(writer, and_(waits, unsent), state=OutgoingState.HELD, hold_reason=ON_HOLD)
            return submissions.change(writer, row, act.at, on_hold=True)

        return self._act("held", reference, act, apply)

    def unhold(self, reference: str, act: Act) -> SubmissionRow:
        """Let a submission go on: what its hold kept back is queued again, what else is held stays so."""

        def apply(writer: Writer, row: Row[Any]) -> Row[Any]:
            kept = and_(outgoing.c.submission_id == row.id, outgoing.c.hold_reason == ON_HOLD)
            held = outgoing.c.state == OutgoingState.HELD
            _set_mail(writer, and_(kept, held), state=OutgoingState.QUEUED, hold_reason=None)
            held_back = and_(tables.doubts.c.submission_id == row.id, tables.doubts.c.code == _HELD)
            doubt_rows.close(writer, held_back, act.at, by=act.by, why=act.reason)
            return submissions.change(writer, row, act.at, on_hold=False)

        return self._act("unheld", reference, act, apply)

    def move(self, reference: str, state: SubmissionState, act: Act) -> SubmissionRow:
        """Withdraw, close, reopen or send to review. Withdrawing and closing cancel what has not left."""

        def apply(writer: Writer, row: Row[Any]) -> Row[Any]:
            if state in {SubmissionState.WITHDRAWN, SubmissionState.CLOSED}:
                mail_queue.withdraw(writer, row.id, _TO_CSP_OR_COMMISSIONER, act.at, why=state, actor=act.by)
                doubt_rows.close(writer, tables.doubts.c.submission_id == row.id, act.at, by=act.by, why=act.reason)
            elif state is SubmissionState.REVIEW:
                mail_queue.withdraw(writer, row.id, _TO_CSP_OR_COMMISSIONER, act.at, why=state, actor=act.by)
                doubt_rows.raise_doubt(writer, row.id, None, _REOPENED, act.at)
                row = submissions.change(writer, row, act.at, outcome=Outcome.REVIEW)
            return submissions.move(writer, row, state, act.at, act.by)

        return self._act("moved", reference, act, apply, state=state)

    def note(self, reference: str, act: Act) -> SubmissionRow:
        """Write a note on a submission: the reason is its text."""
        return self._act("note", reference, act, lambda _, row: row)

    def judge_again(self, message: int, act: Act) -> None:
        """Take a message up again, with a clean sheet. Raises Conflict for one that is being judged, or never was."""
        with self._database.write() as writer:
            row = writer.connection.execute(select(messages).where(messages.c.id == message)).one_or_none()
            if row is None:
                raise NotFound(f"There is no message {message}.", command="intake log lists what there is.")
            ended = messages.c.state.in_((MessageState.SET_ASIDE, MessageState.PROCESSED, MessageState.IGNORED))
            again = {"state": MessageState.ARRIVED, "strikes": 0, "round": messages.c.round + 1, "not_before": act.at}
            again |= {"seen_at": None, "seen_by": None}
            step = update(messages).where(messages.c.id == message, ended, messages.c.sha256.is_not(None))
            if writer.connection.execute(step.values(again)).rowcount != 1:
                raise Conflict(f"Message {message} is {row.state}: it cannot be judged again.")
            remark(writer, "judge-again", act, message=message, submission=row.submission_id)

    def deal_with(self, message: int, act: Act, *, answered: bool) -> None:
        """A person has dealt with a message that the program left to them: answered it by hand, or only seen it.

        Raises Conflict where somebody did so before, or the message is none of these.
        """
        left = messages.c.state.in_((MessageState.SET_ASIDE, MessageState.IGNORED))
        with self._database.write() as writer:
            step = update(messages).where(messages.c.id == message, left, messages.c.seen_at.is_(None))
            done = writer.connection.execute(
                step.values(seen_at=act.at, seen_by=act.by).returning(messages)
            ).one_or_none()
            if done is None:
                raise Conflict("A colleague has already dealt with this message.", "Look at it again.")
            about = "answered-by-hand" if answered else "seen"
            remark(writer, about, act, message=message, submission=done.submission_id)

    def trust(self, pattern: str, act: Act) -> bool:
        """Trust a sender's address or domain from now on; False when it was trusted already."""
        entry = {"pattern": pattern.strip().lower(), "added_by": act.by, "added_at": act.at}
        with self._database.write() as writer:
            known = select(tables.trusted_senders).where(tables.trusted_senders.c.pattern == entry["pattern"])
            if writer.connection.execute(known).first():
                return False
            insert_new(writer.connection, tables.trusted_senders, [entry])
            remark(writer, "trusted", act, pattern_sha256=_digest(pattern.strip().lower()))
            return True

    def distrust(self, pattern: str, act: Act) -> bool:
        """Trust a sender no longer; False when it was not trusted."""
        entry = tables.trusted_senders.c.pattern == pattern.strip().lower()
        with self._database.write() as writer:
            if writer.connection.execute(delete(tables.trusted_senders).where(entry)).rowcount != 1:
                return False
            remark(writer, "distrusted", act, pattern_sha256=_digest(pattern.strip().lower()))
            return True

    def trusted(self) -> list[str]:
        """Addresses and domains that staff have added."""
        with self._database.read() as connection:
            query = select(tables.trusted_senders.c.pattern).order_by(tables.trusted_senders.c.pattern)
            return list(connection.execute(query).scalars())

    def _act(
        self,
        about: str,
        reference: str,
        act: Act,
        apply: Callable[[Writer, Row[Any]], Row[Any]],
        **data: Any,
    ) -> SubmissionRow:
        with self._database.write() as writer:
            row = submissions.by_reference(writer.connection, reference, lock=True)
            submissions.expect(row, act.expected)
            remark(writer, about, act, submission=row.id, **data)
            return SubmissionRow.of(apply(writer, row))


def _place(writer: Writer, confirm: Collection[int], leave_out: Collection[int]) -> None:
    for which, values in ((confirm, {"confirmed": True, "left_out": False}), (leave_out, {"left_out": True})):
        step = update(messages).where(messages.c.id.in_(list(which)))
        writer.connection.execute(step.values(values))


def _decision_values(row: Row[Any], as_: Outcome, stands: Stands | None) -> dict[str, Any]:
    released = row.released_sha256
    if as_ is Outcome.COMPLIANT:
        released = stands.report_sha256 if stands else row.report_sha256
    return {"outcome": as_, "released_sha256": released, **(submissions.standing_values(stands) if stands else {})}


def _decided(writer: Writer, row: Row[Any], as_: Outcome, act: Act, stands: Stands | None) -> Row[Any]:
    target = stands.state if stands else _LEADS_TO[as_]
    gone = and_(
        outgoing.c.submission_id == row.id,
        outgoing.c.report_sha256 == row.report_sha256,
        outgoing.c.kind == MailKind.FORWARD,
        outgoing.c.state == OutgoingState.SENT,
        outgoing.c.bounced_at.is_(None),
    )
    if as_ is Outcome.COMPLIANT and writer.connection.execute(select(outgoing.c.id).where(gone)).first():
        target = SubmissionState.COMPLETE
    return submissions.go(writer, row, target, act.at, act.by)


def _let_go(writer: Writer, submission: int, kinds: frozenset[MailKind], now: datetime) -> None:
    held = and_(
        outgoing.c.submission_id == submission,
        outgoing.c.state == OutgoingState.HELD,
        outgoing.c.kind.in_(list(kinds)),
    )
    _set_mail(writer, held, state=OutgoingState.QUEUED, hold_reason=None, due_at=now)


def _set_mail(writer: Writer, which: Any, **values: Any) -> None:
    writer.connection.execute(update(outgoing).where(which).values(**values, row_version=outgoing.c.row_version + 1))


def remark(
    writer: Writer,
    about: str,
    act: Act,
    *,
    submission: int | None = None,
    message: int | None = None,
    outgoing: int | None = None,
    **data: Any,
) -> None:
    """Keep who did what and why: the words in `notes`, their hash in the event, so that words can be erased."""
    if not act.by.strip() or not act.reason.strip():
        raise UsageError("Every action needs a name and a reason.")
    row = {"submission_id": submission, "message_id": message, "outgoing_id": outgoing, "at": act.at}
    entry = insert(tables.notes).values(**row, by=act.by, about=about, text=act.reason).returning(tables.notes.c.id)
    identity = writer.connection.execute(entry).scalar_one()
    writer.event(
        f"staff-{about}",
        act.at,
        actor=act.by,
        submission=submission,
        message=message,
        outgoing=outgoing,
        note=identity,
        text_sha256=_digest(act.reason),
        **data,
    )


def _digest(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
