"""The commit of a judgement: everything that follows from one message, in ONE transaction.

State, verdict, findings, the submission made or joined, outgoing mail, the filing and what staff are owed a notice
about stand in the ledger together or not at all. A second commit for the same message changes nothing.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from intake.errors import Conflict
from intake.ledger import doubt_rows, filings, mail_queue, notices, submissions, tables, wording
from intake.ledger.claims import MessageClaim
from intake.ledger.database import Database, Writer
from intake.ledger.mail_queue import Place, Put
from intake.ledger.records import Committed, Judgement, NewNotice
from intake.ledger.tables import messages
from intake.model import Effort, FileFacts, Finding, MailKind, MessageState, OutgoingState, Verdict


class Judgements:
    def __init__(self, database: Database) -> None:
        self._database = database

    def commit(self, claim: MessageClaim, judgement: Judgement, now: datetime) -> Committed:
        """Enter all that follows from a message. Raises Conflict when its submission changed since it was read.

        `done` is False where the message had been judged already or the claim was lost: then nothing was written.
        """
        try:
            with self._database.write() as writer:
                row = _take(writer, claim, judgement, now)
                return Committed(done=False) if row is None else _enter(writer, row, judgement, now)
        except IntegrityError as error:
            raise Conflict(
                "Another worker entered the same submission or mail at the same moment; nothing was written here.",
                "The message is judged again.",
            ) from error


def _take(writer: Writer, claim: MessageClaim, judgement: Judgement, now: datetime) -> Row[Any] | None:
    """Settle the message, if the claim still stands; the row that names the expected state is the lock."""
    mine = and_(
        messages.c.id == claim.id, messages.c.claim_token == claim.token, messages.c.state == MessageState.ARRIVED
    )
    headers, verdict = judgement.headers, judgement.verdict
    return writer.connection.execute(
        update(messages)
        .where(mine)
        .values(
            state=judgement.state,
            claim_token=None,
            claim_worker=None,
            claim_until=None,
            reason=None,
            kind=verdict.kind,
            outcome=judgement.outcome,
            sender=headers.sender,
            sender_domain=headers.sender.rpartition("@")[2].lower() if headers.sender else None,
            subject=headers.subject,
            sent_at=headers.sent_at,
            authentication=headers.authentication,
            judged_at=now,
            confirmed=judgement.confirmed,
            joined_by=judgement.submission.joined_by if judgement.submission else None,
        )
        .returning(messages)
    ).one_or_none()


def _enter(writer: Writer, row: Row[Any], judgement: Judgement, now: datetime) -> Committed:
    judged = _store(writer, row, judgement, now)
    wording.keep(writer, row.id, judgement.headers, [file.name for file in judgement.verdict.files])
    submission = _submission(writer, row, judgement, judged, now)
    identity = submission.id if submission is not None else None
    if identity is not None:
        doubt_rows.enter(writer, identity, row.id, judgement.doubts, now)
        doubt_rows.settle(writer, judgement.settled, now)
    writer.event(
        "message-judged",
        now,
        submission=identity,
        message=row.id,
        judgement=judged,
        what=judgement.verdict.kind,
        state=judgement.state,
        outcome=judgement.outcome,
        rules_version=judgement.verdict.rules_version,
        sha256=row.sha256,
    )
    withdrawn: tuple[int, ...] = ()
    if submission is not None:
        withdrawn = mail_queue.withdraw(writer, submission.id, judgement.withdraw, now, why="newer message")
    place = Place(
        submission=identity,
        version=submission.version if submission is not None else None,
        answers=row.id,
        # Once a person has settled that it is old mail, it goes as any other.
        hold=None if doubt_rows.settled_by_person(writer, row.id, "old-mail") else row.hold_outgoing,
        caps=judgement.caps,
    )
    puts = [(mail.kind, mail_queue.put(writer, mail, now, place)) for mail in judgement.mails]
    if submission is not None and any(put.state is OutgoingState.HELD for kind, put in puts if kind is MailKind.REPLY):
        submissions.not_asked_yet(writer, submission, now)
    if judgement.filing is not None:
        filings.require(writer, row.id, judgement.filing, now)
    _owe(writer, judgement, place, [put for _, put in puts], now)
    return Committed(
        done=True,
        reference=submission.reference if submission is not None else None,
        submission=identity,
        version=place.version,
        queued=tuple(put.id for _, put in puts if put.state is OutgoingState.QUEUED and not put.skipped),
        held=tuple(put.id for _, put in puts if put.state is OutgoingState.HELD and not put.skipped),
        skipped=tuple(kind for kind, put in puts if put.skipped),
        withdrawn=withdrawn,
    )


def _store(writer: Writer, row: Row[Any], judgement: Judgement, now: datetime) -> int:
    verdict = replace(judgement.verdict, outcome=judgement.outcome, outcome_reasons=judgement.reasons)
    return store_verdict(writer, row, verdict, now, own=judgement.own, effort=judgement.effort)


def store_verdict(
    writer: Writer,
    row: Row[Any],
    verdict: Verdict,
    now: datetime,
    *,
    own: Verdict | None = None,
    effort: Effort | None = None,
) -> int:
    """Write a verdict on a message's present round, with its findings and files; the judgement's id.

    `own` is what the message itself was found to be, where `verdict` is what its case stands at with it.
    """
    stored = insert(tables.judgements).values(
        message_id=row.id,
        round=row.round,
        judged_at=now,
        kind=verdict.kind,
        certainty=verdict.certainty,
        outcome=verdict.outcome,
        reasons=list(verdict.outcome_reasons),
        verdict=_plain(asdict(own or verdict)),
        rules_version=verdict.rules_version,
        **asdict(effort or Effort()),
    )
    identity = int(writer.connection.execute(stored.returning(tables.judgements.c.id)).scalar_one())
    found = [
        _finding_row(identity, number, each, verdict.rules_version) for number, each in enumerate(verdict.findings)
    ]
    if found:
        writer.connection.execute(insert(tables.findings), found)
    files = [_file_row(identity, each, verdict.report) for each in verdict.files]
    if files:
        writer.connection.execute(insert(tables.files), files)
    return identity


def _finding_row(judged: int, position: int, finding: Finding, rules_version: str) -> dict[str, Any]:
    return {
        "judgement_id": judged,
        "position": position,
        "check_id": finding.check,
        "status": finding.status,
        "policy": finding.policy,
        "certainty": finding.certainty,
        "fault": finding.fault,
        "summary": finding.summary,
        "remedy": finding.remedy,
        "evidence": [asdict(each) for each in finding.evidence],
        "blocked_by": finding.blocked_by,
        "rules_version": rules_version,
    }


def _file_row(judged: int, facts: FileFacts, report: FileFacts | None) -> dict[str, Any]:
    return {
        "judgement_id": judged,
        "name": facts.name,
        "size": facts.size,
        "sha256": facts.sha256,
        "media_type": facts.media_type,
        "page_count": facts.page_count,
        "role": facts.role,
        "active_content": list(facts.active_content),
        "is_report": facts == report,
    }


def _submission(writer: Writer, row: Row[Any], judgement: Judgement, judged: int, now: datetime) -> Row[Any] | None:
    joining = judgement.submission
    if joining is None:
        return None
    known = select(tables.submissions.c.id).where(tables.submissions.c.reference == joining.reference)
    if joining.expected is None and writer.connection.execute(known).first() is None:
        submission = submissions.make(writer, judgement, row.id, judged, now)
    else:
        submission = submissions.join(writer, judgement, row.id, judged, now)
    placed = {"submission_id": submission.id, "version": submission.version}
    writer.connection.execute(update(messages).where(messages.c.id == row.id).values(placed))
    return submission


def _owe(writer: Writer, judgement: Judgement, place: Place, puts: list[Put], now: datetime) -> None:
    for notice in judgement.notices:
        notices.owe(writer, replace(notice, submission=place.submission, message=place.answers), now)
    capped = sorted({put.hold for put in puts if put.hold and put.hold.startswith("cap-")})
    if capped:  # a flood is told once an hour, however many answers it holds back
        key = f"cap:{now:%Y-%m-%dT%H}"
        notices.owe(writer, NewNotice(kind="cap", key=key, reasons=tuple(capped), submission=place.submission), now)


def _plain(value: Any) -> Any:
    """Tuples as lists, as JSON has them."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
