"""One stored message, from its bytes to the ledger: judge, place, compose, commit.

Nothing is told to the mailbox and nothing leaves before the commit; after it, other loops file and send.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from intake.cases import delivery_reports
from intake.cases.answering import Correspondent
from intake.cases.matching import Place, Placing
from intake.cases.standing import join
from intake.correspondence import NoticeKind
from intake.judging import triage
from intake.judging.judge import Judge, Judgement
from intake.ledger import Caps, Committed, Headers, Ledger, MessageClaim, NewMail, NewNotice
from intake.ledger import Judgement as Entry
from intake.message_store import MessageStore
from intake.model import Kind, MailKind, MessageState, Outcome
from intake.senders import Sender
from intake.senders.safety import Safety
from intake.settings.sections import Filing


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages with their ledger, for one message after another."""

    ledger: Ledger
    store: MessageStore
    judge: Judge
    safety: Safety
    placing: Placing
    correspondent: Correspondent
    filing: dict[str, Filing]  # by mailbox
    caps: Caps

    def process(self, claim: MessageClaim, now: datetime) -> Committed:
        """Judge one claimed message and commit everything that follows from it in one transaction."""
        raw = self.store.read(claim.sha256)
        judgement = self.judge.judge(raw)
        sender = self.safety.sender(judgement.unpacked, raw)
        if judgement.verdict.kind is Kind.BOUNCE:
            delivery_reports.settle(self.ledger, judgement.unpacked, claim.id, now)
        if judgement.verdict.outcome is Outcome.IGNORE:
            return self.ledger.judgements.commit(claim, self._left_alone(judgement, sender), now)
        place = self.placing.find(claim, judgement, sender, now)
        standing = join(place.earlier, judgement.verdict)
        held = (claim.hold_outgoing,) if claim.hold_outgoing else ()
        listed = triage.doubts(judgement.unpacked)
        unsafe = self.safety.doubts(sender, raw, judgement.unpacked.attachments)
        doubts = (*held, *listed, *unsafe, *place.doubts, *standing.doubts)
        judgement = replace(judgement, verdict=standing.verdict).with_doubts(doubts)
        verdict = judgement.verdict
        own = judgement.attachment(verdict.report)
        report = self.placing.report(place, verdict) if standing.report_from_earlier else own
        occasion = self.placing.occasion(place, judgement.unpacked, sender, claim.arrived_at, now)
        mails = self.correspondent.answer(
            verdict, occasion, report, to_sender=bool(sender.reply_to), hold=claim.hold_outgoing
        )
        return self.ledger.judgements.commit(claim, self._entry(claim, judgement, sender, place, mails), now)

    def _left_alone(self, judgement: Judgement, sender: Sender) -> Entry:
        verdict = judgement.verdict
        return Entry(
            verdict=verdict,
            outcome=verdict.outcome,
            reasons=verdict.outcome_reasons,
            state=MessageState.IGNORED,
            headers=_headers(judgement, sender),
            effort=judgement.effort,
        )

    def _entry(
        self, claim: MessageClaim, judgement: Judgement, sender: Sender, place: Place, mails: Sequence[NewMail]
    ) -> Entry:
        outcome = judgement.verdict.outcome
        folder = getattr(self.filing[claim.mailbox], str(outcome))
        return Entry(
            verdict=judgement.verdict,
            outcome=outcome,
            reasons=judgement.verdict.outcome_reasons,
            state=MessageState.PROCESSED,
            headers=_headers(judgement, sender),
            filing=folder or None,
            submission=place.joining(outcome),
            mails=tuple(mails),
            notices=_notices(outcome, place, judgement, relay_too_small=self.correspondent.too_large(mails)),
            withdraw=frozenset({MailKind.REPLY}),
            caps=self.caps,
            effort=judgement.effort,
        )


def _headers(judgement: Judgement, sender: Sender) -> Headers:
    unpacked = judgement.unpacked
    proof = "; ".join(sender.how) or None
    return Headers(sender=sender.address or None, subject=unpacked.subject, sent_at=unpacked.date, authentication=proof)


def _notices(outcome: Outcome, place: Place, judgement: Judgement, *, relay_too_small: bool) -> tuple[NewNotice, ...]:
    what = f"{place.reference}:{place.version}"
    owed = []
    if outcome is Outcome.REVIEW:
        reasons = judgement.verdict.outcome_reasons
        owed.append(NewNotice(kind=NoticeKind.REVIEW, key=f"review:{what}", reasons=reasons))
    if relay_too_small:
        owed.append(NewNotice(kind=NoticeKind.RELAY_TOO_SMALL, key=f"relay-too-small:{what}"))
    return tuple(owed)
