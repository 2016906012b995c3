"""Where a judged message belongs: a new submission, or one that is there already, and as which version of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from intake.cases.recorded import recorded_verdict
from intake.correspondence import Desk, Occasion, already_copied
from intake.judging.judge import Judge, Judgement, find_attachment
from intake.ledger import Hints, Joining, Ledger, MessageClaim, SubmissionRow
from intake.message_store import MessageStore
from intake.model import Address, Attachment, Outcome, SubmissionState, Unpacked, Verdict
from intake.senders import Sender

_REFERENCE = re.compile(r"\b[A-Z]{2,10}-\d{4}-\d{4,}\b")
_NOBODY = Address("")
_STATES = {
    Outcome.COMPLIANT: SubmissionState.OPEN,  # complete once the forward has left
    Outcome.GAPS: SubmissionState.WAITING_FOR_CSP,
    Outcome.REVIEW: SubmissionState.REVIEW,
    Outcome.IGNORE: SubmissionState.OPEN,
}


@dataclass(frozen=True, slots=True)
class Place:
    """The submission that a message belongs to; `row` is None for a new one."""

    reference: str
    version: int
    row: SubmissionRow | None = None
    joined_by: str = "new"
    earlier: Verdict | None = None
    earlier_messages: tuple[str, ...] = ()  # SHA-256 of the submission's messages, latest first
    doubts: tuple[str, ...] = ()

    def joining(self, outcome: Outcome) -> Joining:
        """What the ledger is told of it."""
        return Joining(
            reference=self.reference,
            state=_STATES[outcome],
            joined_by=self.joined_by,
            expected=self.row.row_version if self.row else None,
        )


class Placing:
    """Finds the place of messages among the submissions."""

    def __init__(self, ledger: Ledger, store: MessageStore, judge: Judge, desk: Desk, timezone: str) -> None:
        self._ledger = ledger
        self._store = store
        self._judge = judge
        self._desk = desk
        self._zone = ZoneInfo(timezone)

    def find(self, claim: MessageClaim, judgement: Judgement, sender: Sender, now: datetime) -> Place:
        """The submission that this message continues, or a new one with a reference of its own."""
        match = self._ledger.submissions.find(hints(judgement, sender))
        if match is None:
            return Place(self._ledger.claims.reserve_reference(claim, now), 1)
        row = match.submission
        doubts = [] if match.same_domain else ["it continues a submission that another organisation sent"]
        if row.on_hold:
            doubts.append("the submission is on hold")
        if row.state in {SubmissionState.WITHDRAWN, SubmissionState.CLOSED, SubmissionState.COMPLETE}:
            doubts.append(f"the submission is {row.state} already")
        view = self._ledger.queries.submission(row.reference)
        latest = next((entry for entry in reversed(view.judgements) if entry.findings), None)
        return Place(
            reference=row.reference,
            version=row.version + 1,
            row=row,
            joined_by=match.reason,
            earlier=recorded_verdict(latest) if latest else None,
            earlier_messages=tuple(message.sha256 for message in reversed(view.messages) if message.sha256),
            doubts=tuple(doubts),
        )

    def report(self, place: Place, verdict: Verdict) -> Attachment | None:
        """The report's bytes, from whichever of the submission's messages brought them."""
        for sha256 in place.earlier_messages:
            found = find_attachment(self._judge.open(self._store.read(sha256)), verdict.report)
            if found is not None:
                return found
        return None

    def occasion(
        self, place: Place, unpacked: Unpacked, sender: Sender, received_at: datetime, now: datetime
    ) -> Occasion:
        """What a mail about this message needs to know."""
        return Occasion(
            desk=self._desk,
            reference=place.reference,
            version=place.version,
            received_at=received_at.astimezone(self._zone),
            now=now.astimezone(self._zone),
            sender=unpacked.sender or _NOBODY,
            reply_to=sender.reply_to or "",
            subject=unpacked.subject,
            message_id=unpacked.message_id,
            references=unpacked.references,
            already_copied=already_copied(unpacked, self._desk.commissioner_address),
        )


def hints(judgement: Judgement, sender: Sender) -> Hints:
    """What may tie a message to a submission: references, thread, sender and case."""
    unpacked, identity = judgement.unpacked, judgement.verdict.identity
    return Hints(
        subject_references=tuple(_REFERENCE.findall(unpacked.subject)),
        thread_ids=(*unpacked.in_reply_to, *unpacked.references),
        sender_domain=sender.organisational_domain or None,
        csp=identity.csp,
        case=identity.case,
    )
