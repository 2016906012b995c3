"""What staff put right by hand: one check's result, and which submission a message belongs to.

Nothing is written over: a corrected check is a judgement of its own, made by a person. Whatever had not left yet is
cancelled. What was put right waits for a person's decision; what a message was taken from stands as it did before.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, and_, insert, select, update

from intake.errors import Conflict, NotFound, UsageError
from intake.ledger import doubt_rows, mail_queue, submissions, tables
from intake.ledger.actions import Act, remark
from intake.ledger.database import Database, Writer
from intake.ledger.judgements import store_verdict
from intake.ledger.records import Stands, SubmissionRow
from intake.ledger.tables import messages
from intake.model import Doubt, MailKind, Outcome, SubmissionState, Verdict

# What a person answers by placing a message: what it is, and where it belongs; an earlier placing with it.
_PLACED = ("answers-unknown", "case-unclear", "kind-uncertain", "other-organisation", "unplaced")
_PUT_RIGHT = "put-right"
_UNSURE = "check-unsure"
_OURS = frozenset(MailKind) - {MailKind.NOTICE}


class Corrections:
    def __init__(self, database: Database) -> None:
        self._database = database

    def override(
        self, reference: str, message: int, act: Act, *, check: str, before: str, own: Verdict, stands: Verdict
    ) -> SubmissionRow:
        """Replace one check's result in what a message was found to be; what this check left in doubt is closed.

        `before` is what the check had said, `own` the message's recorded verdict with that finding changed, `stands`
        what its submission stands at then.
        """
        with self._database.write() as writer:
            row = submissions.by_reference(writer.connection, reference, lock=True)
            submissions.expect(row, act.expected)
            here = (messages.c.id == message, messages.c.submission_id == row.id)
            again = update(messages).where(*here).values(round=messages.c.round + 1).returning(messages)
            taken = writer.connection.execute(again).one_or_none()
            if taken is None:
                raise UsageError(f"{row.reference} has not been judged.", "Run its checks first.")
            judged = store_verdict(writer, taken, stands, act.at, own=own)
            finding = own.finding(check)
            status = finding.status if finding else None
            remark(writer, "override", act, submission=row.id, message=message, check=check, status=status)
            unsure = and_(
                tables.doubts.c.submission_id == row.id,
                tables.doubts.c.code == _UNSURE,
                tables.doubts.c.summary == before,
            )
            doubt_rows.close(writer, unsure, act.at, by=act.by, why=act.reason)
            text = "a person corrected a check: decide now what follows"
            return SubmissionRow.of(_to_review(writer, row, act, text, judgement_id=judged))

    def join(self, message: int, reference: str, act: Act, target: Stands, source: Stands) -> SubmissionRow:
        """A message of one submission goes to another, placed by a person; `target` and `source` stand so then."""
        with self._database.write() as writer:
            moved, left = _placed(writer, message, act)
            row = submissions.by_reference(writer.connection, reference, lock=True)
            if row.id == left.id:
                raise UsageError(f"The message is already part of {row.reference}.", "Name another submission.")
            _move(writer, moved.id, row.id, target.version, act)
            placed = and_(tables.doubts.c.message_id == moved.id, tables.doubts.c.code.in_(_PLACED))
            doubt_rows.close(writer, placed, act.at, by=act.by, why=act.reason)
            remark(writer, "joined", act, submission=row.id, message=moved.id, source=left.reference)
            known = dict.fromkeys([*row.search_text.split("\n"), *left.search_text.split("\n")])
            values = _values(writer, target) | {"search_text": "\n".join(known)}
            text = "a person placed a message here: decide now what follows"
            row = _to_review(writer, row, act, text, moved.id, **values)
            remark(writer, "joined-to", act, submission=left.id, message=moved.id, target=row.reference)
            _leave(writer, left, act, source)
            return SubmissionRow.of(row)

    def split(self, message: int, act: Act, reference: str, own: Stands, source: Stands) -> SubmissionRow:
        """A message becomes a submission of its own. Raises UsageError for a submission's only message."""
        with self._database.write() as writer:
            moved, left = _placed(writer, message, act)
            others = select(messages.c.id).where(messages.c.submission_id == left.id, messages.c.id != moved.id)
            if writer.connection.execute(others).first() is None:
                raise UsageError("This is the submission’s only message.", "Join it to another submission instead.")
            made = _new(writer, reference, moved, own, act)
            _move(writer, moved.id, made.id, own.version, act)
            text = "a person split it off another submission: decide now what follows"
            doubt_rows.raise_doubt(writer, made.id, moved.id, doubt_of(text), act.at)
            remark(writer, "split", act, submission=made.id, message=moved.id, source=left.reference)
            writer.event("submission-opened", act.at, actor=act.by, submission=made.id, reference=reference)
            remark(writer, "split-from", act, submission=left.id, message=moved.id, target=reference)
            _leave(writer, left, act, source)
            return SubmissionRow.of(made)


def doubt_of(text: str) -> Doubt:
    """That a person put something right and has yet to say what follows."""
    return Doubt(_PUT_RIGHT, "case", text)


def _placed(writer: Writer, message: int, act: Act) -> tuple[Row[Any], Row[Any]]:
    """The message and its submission, both as they stand."""
    row = writer.connection.execute(select(messages).where(messages.c.id == message).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"There is no message {message}.", command="intake log lists what there is.")
    if row.submission_id is None:
        raise Conflict("This message belongs to no submission.", "Run its checks first.")
    source = submissions.locked(writer.connection, row.submission_id)
    submissions.expect(source, act.expected)
    return row, source


def _values(writer: Writer, stands: Stands) -> dict[str, Any]:
    """What a submission's row holds once it stands so."""
    query = select(tables.judgements.c.id).where(tables.judgements.c.message_id == stands.judged)
    judged = writer.connection.execute(query.order_by(tables.judgements.c.id.desc()).limit(1)).scalar()
    return {"judgement_id": judged, **submissions.standing_values(stands)}


def _to_review(
    writer: Writer, row: Row[Any], act: Act, why: str, message: int | None = None, **values: Any
) -> Row[Any]:
    mail_queue.withdraw(writer, row.id, _OURS, act.at, why="put right by a person", actor=act.by)
    doubt_rows.raise_doubt(writer, row.id, message, doubt_of(why), act.at)
    row = submissions.change(writer, row, act.at, outcome=Outcome.REVIEW, **values)
    return submissions.go(writer, row, SubmissionState.REVIEW, act.at, act.by)


def _leave(writer: Writer, source: Row[Any], act: Act, stands: Stands) -> None:
    """What is left of a submission that a message was taken from: it stands as if that had never come."""
    mail_queue.withdraw(writer, source.id, _OURS, act.at, why="put right by a person", actor=act.by)
    source = submissions.change(writer, source, act.at, outcome=stands.outcome, **_values(writer, stands))
    submissions.go(writer, source, stands.state, act.at, act.by)


def _move(writer: Writer, message: int, submission: int, version: int, act: Act) -> None:
    earlier = and_(tables.doubts.c.message_id == message, tables.doubts.c.code == _PUT_RIGHT)
    doubt_rows.close(writer, earlier, act.at, by=act.by, why=act.reason)
    step = update(messages).where(messages.c.id == message)
    placed = {
        "submission_id": submission,
        "version": version,
        "confirmed": True,
        "left_out": False,
        "joined_by": "person",
    }
    writer.connection.execute(step.values(placed))
    doubt_rows.move(writer, message, submission)


def _new(writer: Writer, reference: str, moved: Row[Any], stands: Stands, act: Act) -> Row[Any]:
    """A new submission for a message that was split off."""
    words = (reference, stands.csp, stands.case_name, moved.sender)
    values = {
        "reference": reference,
        "state": SubmissionState.REVIEW,
        "outcome": Outcome.REVIEW,
        "sender": moved.sender,
        "sender_domain": moved.sender_domain,
        "on_hold": False,
        "opened_at": act.at,
        "changed_at": act.at,
        "state_since": act.at,
        "search_text": "\n".join(word for word in words if word).casefold(),
        "row_version": 1,
        **_values(writer, stands),
    }
    made = insert(tables.submissions).values(**values).returning(tables.submissions)
    return writer.connection.execute(made).one()
