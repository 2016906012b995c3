"""One stored message, from its bytes to the ledger: judge, place, stand, compose, commit.

Nothing is told to the mailbox and nothing leaves before the commit; after it, other loops file and send.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from intake.cases import delivery_reports
from intake.cases.answering import Correspondent
from intake.cases.hearing import Heard, hear
from intake.cases.matching import Placing, Received
from intake.cases.occasions import Occasions
from intake.cases.staff_notices import owed
from intake.cases.standing import state_of
from intake.judging.judge import Judge, Judgement
from intake.ledger import Caps, Committed, Headers, Joining, Ledger, MessageClaim, NewMail
from intake.ledger import Judgement as Entry
from intake.message_store import MessageStore
from intake.model import Attachment, Doubt, Kind, MailKind, MessageState, Outcome
from intake.sandbox.account import Account
from intake.senders import Sender
from intake.senders.safety import Safety
from intake.settings.sections import Filing

_ANSWERS = frozenset({MailKind.REPLY, MailKind.RECEIPT})
_WITH_FORWARD = frozenset({MailKind.FORWARD, MailKind.ACKNOWLEDGEMENT})


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds one message may take in all, by whether its sender was proved when it came."""

    proved: float
    unproved: float

    def with_one(self, claim: MessageClaim) -> Account:
        """The account of one message, from now on."""
        return Account(self.proved if claim.proved else self.unproved)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The stages with their ledger, for one message after another."""

    ledger: Ledger
    store: MessageStore
    judge: Judge
    safety: Safety
    placing: Placing
    occasions: Occasions
    correspondent: Correspondent
    filing: dict[str, Filing]  # by mailbox
    caps: Caps
    patience: Patience

    def process(self, claim: MessageClaim, now: datetime) -> Committed:
        """Judge one claimed message and commit everything that follows from it in one transaction."""
        raw = self.store.read(claim.sha256)
        account = self.patience.with_one(claim)
        judgement = self.judge.judge(raw, account)
        sender = self.safety.sender(judgement.unpacked, raw)
        if judgement.verdict.kind is Kind.BOUNCE:
            delivery_reports.settle(self.ledger, judgement.unpacked, claim.id, now)
        if judgement.verdict.outcome is Outcome.IGNORE:
            return self.ledger.judgements.commit(claim, _left_alone(judgement, sender), now)
        received = Received(
            id=claim.id,
            message_id=claim.message_id or "",
            hold=claim.hold_outgoing,
            submission=claim.submission,
            judgement=judgement,
            sender=sender,
            mailbox=claim.mailbox,
            round=claim.round,
        )
        outside = self.safety.doubts(sender, raw, judgement.unpacked.attachments, account.until)
        with self.ledger.claims.placing():
            return self._place(claim, received, outside, now)

    def _place(self, claim: MessageClaim, received: Received, outside: Sequence[Doubt], now: datetime) -> Committed:
        """Put a judged message to its case, and commit what that stands at with it."""
        judgement, sender = received.judgement, received.sender
        place = self.placing.find(received)
        heard = hear(received, place, outside, self.ledger.queries.addresses_let_pass())
        reference = place.reference if place else self.ledger.claims.reserve_reference(claim, now)
        occasion = self.occasions.make(reference, heard, judgement.unpacked, sender, (claim.arrived_at, now))
        mails = self.correspondent.answer(
            heard.standing,
            heard.told,
            occasion,
            self._report(judgement, heard),
            to_sender=bool(occasion.reply_to),
            hold=claim.hold_outgoing if heard.standing.outcome is Outcome.REVIEW else None,
        )
        return self.ledger.judgements.commit(claim, self._entry(received, reference, heard, mails, now), now)

    def _report(self, judgement: Judgement, heard: Heard) -> Attachment | None:
        if heard.standing.outcome is not Outcome.COMPLIANT or heard.standing.sent is not None:
            return None
        if heard.standing.report_message == heard.told.message:
            return judgement.attachment(heard.standing.report)
        return self.occasions.report(heard.view, heard.standing)

    def _entry(
        self, received: Received, reference: str, heard: Heard, mails: Sequence[NewMail], now: datetime
    ) -> Entry:
        standing = heard.standing
        folder = getattr(self.filing[received.mailbox], str(standing.outcome))
        return Entry(
            verdict=standing.verdict(heard.told.verdict),
            outcome=standing.outcome,
            reasons=standing.reasons,
            state=MessageState.PROCESSED,
            headers=_headers(received.judgement, received.sender),
            own=heard.told.verdict,
            doubts=heard.raised,
            settled=tuple((each.id, fact) for each, fact in standing.settled if each.id is not None),
            confirmed=heard.told.confirmed,
            filing=folder or None,
            submission=Joining(
                reference=reference,
                state=state_of(standing),
                joined_by=heard.joined_by,
                expected=heard.view.submission.row_version if heard.view else None,
                version=standing.version,
            ),
            mails=tuple(mails),
            notices=owed(
                f"{reference}:{received.id}",
                received.round,
                standing,
                now,
                relay_too_small=self.correspondent.too_large(mails),
            ),
            # What went stays answered: only while nothing has gone is its acknowledgement made anew.
            withdraw=_ANSWERS if standing.sent is not None else _ANSWERS | _WITH_FORWARD,
            caps=self.caps,
            effort=received.judgement.effort,
        )


def _left_alone(judgement: Judgement, sender: Sender) -> Entry:
    verdict = judgement.verdict
    return Entry(
        verdict=verdict,
        outcome=verdict.outcome,
        reasons=verdict.outcome_reasons,
        state=MessageState.IGNORED,
        headers=_headers(judgement, sender),
        effort=judgement.effort,
    )


def _headers(judgement: Judgement, sender: Sender) -> Headers:
    unpacked = judgement.unpacked
    proof = "; ".join(sender.how) or None
    body = unpacked.body
    return Headers(
        sender=sender.address or None,
        subject=unpacked.subject,
        sent_at=unpacked.date,
        authentication=proof,
        words=body.latest,
        below="\n\n".join(part for part in (body.signature, body.quoted) if part.strip()),
    )
