"""What staff put right by hand: one check's result, and which submission a message belongs to.

Nothing is written over: a corrected check is a judgement of its own, made by a person. Whatever had not left yet is
cancelled, and the submission waits for a person's decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, insert, select, update

from intake.errors import Conflict, NotFound, UsageError
from intake.ledger import mail_queue, submissions, tables
from intake.ledger.actions import Act, remark
from intake.ledger.database import Database, Writer, next_value
from intake.ledger.judgements import store_verdict
from intake.ledger.records import SubmissionRow
from intake.ledger.tables import messages
from intake.model import MailKind, Outcome, SubmissionState, Verdict

_OURS = frozenset(MailKind) - {MailKind.NOTICE}
_SETTLED = frozenset({SubmissionState.WITHDRAWN, SubmissionState.CLOSED})


class Corrections:
    def __init__(self, database: Database) -> None:
        self._database = database

    def override(self, reference: str, check: str, verdict: Verdict, reasons: Sequence[str], act: Act) -> SubmissionRow:
        """Replace one check's result: `verdict` is the recorded one with that finding changed."""
        with self._database.write() as writer:
            row = submissions.by_reference(writer.connection, reference, lock=True)
            submissions.expect(row, act.expected)
            message = _judged_message(writer, row)
            again = update(messages).where(messages.c.id == message.id).values(round=message.round + 1)
            message = writer.connection.execute(again.returning(messages)).one()
            changed = replace(verdict, outcome=Outcome.REVIEW, outcome_reasons=tuple(reasons))
            judged = store_verdict(writer, message, changed, act.at)
            finding = verdict.finding(check)
            status = finding.status if finding else None
            remark(writer, "override", act, submission=row.id, message=message.id, check=check, status=status)
            return SubmissionRow.of(_to_review(writer, row, act, judgement_id=judged))

    def join(self, message: int, reference: str, act: Act) -> SubmissionRow:
        """A message of one submission goes to another as its next version; one left empty is closed."""
        with self._database.write() as writer:
            moved, source = _placed(writer, message, act)
            target = submissions.by_reference(writer.connection, reference, lock=True)
            if target.id == source.id:
                raise UsageError(f"The message is part of {target.reference} already.", "Name another submission.")
            judged = _judgement_of(writer, [moved.id])
            _place(writer, moved.id, target.id, target.version + 1)
            remark(writer, "joined", act, submission=target.id, message=moved.id, source=source.reference)
            known = dict.fromkeys([*target.search_text.split("\n"), *source.search_text.split("\n")])
            values = _standing(judged, target) | {"search_text": "\n".join(known), "version": target.version + 1}
            target = _to_review(writer, target, act, **values)
            _leave(writer, source, act)
            return SubmissionRow.of(target)

    def split(self, message: int, act: Act, prefix: str = "DHR") -> SubmissionRow:
        """A message becomes a submission of its own. Raises UsageError for a submission's only message."""
        with self._database.write() as writer:
            moved, source = _placed(writer, message, act)
            others = select(messages.c.id).where(messages.c.submission_id == source.id, messages.c.id != moved.id)
            if writer.connection.execute(others).first() is None:
                raise UsageError("This is the submission’s only message.", "Join it to another submission instead.")
            number = next_value(writer.connection, f"{prefix}-{act.at.year}")
            reference = f"{prefix}-{act.at.year}-{number:04d}"
            made = _twin(writer, source, reference, moved, judged=_judgement_of(writer, [moved.id]), act=act)
            _place(writer, moved.id, made.id, 1)
            remark(writer, "split", act, submission=made.id, message=moved.id, source=source.reference)
            writer.event("submission-opened", act.at, actor=act.by, submission=made.id, reference=reference)
            _leave(writer, source, act)
            return SubmissionRow.of(made)


def _placed(writer: Writer, message: int, act: Act) -> tuple[Row[Any], Row[Any]]:
    """The message and its submission, both as they stand."""
    row = writer.connection.execute(select(messages).where(messages.c.id == message).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(f"There is no message {message}.", "intake log lists what there is.")
    if row.submission_id is None:
        raise Conflict("This message belongs to no submission.", "Have its checks run first.")
    source = submissions.locked(writer.connection, row.submission_id)
    submissions.expect(source, act.expected)
    return row, source


def _judged_message(writer: Writer, row: Row[Any]) -> Row[Any]:
    query = (
        select(messages)
        .join(tables.judgements, tables.judgements.c.message_id == messages.c.id)
        .where(tables.judgements.c.id == row.judgement_id)
    )
    found = writer.connection.execute(query).one_or_none()
    if found is None:
        raise UsageError(f"{row.reference} has not been judged.", "Run its checks first.")
    return found


def _judgement_of(writer: Writer, here: Sequence[int]) -> Row[Any] | None:
    query = select(tables.judgements).where(tables.judgements.c.message_id.in_(here))
    return writer.connection.execute(query.order_by(tables.judgements.c.id.desc()).limit(1)).one_or_none()


def _standing(judged: Row[Any] | None, row: Row[Any]) -> dict[str, Any]:
    """What a submission is known by once this judgement is its latest."""
    if judged is None:
        return {}
    verdict = judged.verdict
    report, identity = verdict.get("report") or {}, verdict.get("identity") or {}
    csp, case = row.csp or identity.get("csp"), row.case_name or identity.get("case")
    return {
        "judgement_id": judged.id,
        "weblink": verdict.get("weblink") or row.weblink,
        "report_sha256": report.get("sha256") or row.report_sha256,
        "csp": csp,
        "case_name": case,
        "csp_key": submissions.folded(csp),
        "case_key": submissions.folded(case),
    }


def _to_review(writer: Writer, row: Row[Any], act: Act, **values: Any) -> Row[Any]:
    mail_queue.withdraw(writer, row.id, _OURS, act.at, why="put right by a person", actor=act.by)
    row = submissions.change(writer, row, act.at, outcome=Outcome.REVIEW, **values)
    return submissions.move(writer, row, SubmissionState.REVIEW, act.at, act.by)


def _leave(writer: Writer, source: Row[Any], act: Act) -> None:
    """What is left of a submission that a message was taken from."""
    query = select(messages.c.id).where(messages.c.submission_id == source.id)
    here = list(writer.connection.execute(query).scalars())
    if here:
        _to_review(writer, source, act, **_standing(_judgement_of(writer, here), source))
        return
    mail_queue.withdraw(writer, source.id, _OURS, act.at, why="put right by a person", actor=act.by)
    if source.state not in _SETTLED:
        submissions.move(writer, source, SubmissionState.CLOSED, act.at, act.by)


def _place(writer: Writer, message: int, submission: int, version: int) -> None:
    step = update(messages).where(messages.c.id == message)
    writer.connection.execute(step.values(submission_id=submission, version=version))


def _twin(
    writer: Writer, source: Row[Any], reference: str, moved: Row[Any], *, judged: Row[Any] | None, act: Act
) -> Row[Any]:
    """A new submission for a message that was split off."""
    identity = ((judged.verdict.get("identity") or {}) if judged is not None else {}) or {}
    report = (judged.verdict.get("report") or {}) if judged is not None else {}
    csp, case = identity.get("csp") or source.csp, identity.get("case")
    words = (reference, csp, case, moved.sender, report.get("name"))
    values = {
        "reference": reference,
        "state": SubmissionState.REVIEW,
        "outcome": Outcome.REVIEW,
        "version": 1,
        "csp": csp,
        "case_name": case,
        "csp_key": submissions.folded(csp),
        "case_key": submissions.folded(case),
        "sender": moved.sender,
        "sender_domain": moved.sender_domain,
        "weblink": judged.verdict.get("weblink") if judged is not None else None,
        "report_sha256": report.get("sha256"),
        "on_hold": False,
        "judgement_id": judged.id if judged is not None else None,
        "opened_at": act.at,
        "changed_at": act.at,
        "state_since": act.at,
        "search_text": "\n".join(word for word in words if word).casefold(),
        "row_version": 1,
    }
    made = insert(tables.submissions).values(**values).returning(tables.submissions)
    return writer.connection.execute(made).one()
