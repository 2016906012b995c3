"""What the ledger's tests say in a word: a message arrives, is judged, a mail is queued, a mail is delivered."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from intake.ledger import (
    Act,
    Arrival,
    Committed,
    Delivery,
    Headers,
    Joining,
    Judgement,
    Ledger,
    MailClaim,
    MessageClaim,
    NewArrival,
    NewMail,
    Position,
)
from intake.model import (
    CaseIdentity,
    Certainty,
    Evidence,
    FileFacts,
    Finding,
    Kind,
    MailKind,
    MessageState,
    Outcome,
    OutgoingState,
    Policy,
    Status,
    SubmissionState,
    Verdict,
)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LEASE = timedelta(minutes=10)
SENDER = "clerk@northmere.gov.uk"
COMMISSIONER = "reports@commissioner.example"


def later(**amount: float) -> datetime:
    return NOW + timedelta(**amount)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def act(by: str = "A. Caseworker", reason: str = "seen", *, at: datetime = NOW, expected: int | None = None) -> Act:
    return Act(by=by, reason=reason, at=at, expected=expected)


def a_mail(kind: MailKind = MailKind.REPLY, name: str = "1", **changes: Any) -> NewMail:
    recipients = (COMMISSIONER,) if kind is MailKind.FORWARD else (SENDER,)
    mail = NewMail(
        kind=kind,
        sender="intake@example.org",
        recipients=recipients,
        subject="About a report",
        message_id=f"<{name}.{kind}@intake.example.org>",
        sha256=digest(f"{kind} {name}"),
        size=1000,
        report_sha256=digest(f"report {name}") if kind is MailKind.FORWARD else None,
    )
    return replace(mail, **changes)


def a_verdict(outcome: Outcome = Outcome.GAPS, **changes: Any) -> Verdict:
    report = FileFacts("Final Report.pdf", 1_000_000, digest("report"), "application/pdf", 120, "report")
    status = Status.GAP if outcome is Outcome.GAPS else Status.MET
    finding = Finding(
        check="weblink",
        status=status,
        policy=Policy.REQUIRED,
        certainty=Certainty.CERTAIN,
        summary="No address was given.",
        fault="weblink-missing" if status is Status.GAP else None,
        remedy="Tell us the address.",
        evidence=(Evidence("Final Report.pdf", 3, "a line of the report"),),
    )
    verdict = Verdict(
        kind=Kind.FINAL_SUBMISSION,
        certainty=Certainty.CERTAIN,
        reasons=("It holds the feedback letter.",),
        outcome=outcome,
        outcome_reasons=("One gap.",),
        findings=(finding,),
        identity=CaseIdentity("Northmere CSP", "Ada"),
        report=report,
        files=(report,),
        rules_version="rules-1",
    )
    return replace(verdict, **changes)


@dataclass
class Desk:
    """A ledger with one watched folder, and short ways to work it."""

    ledger: Ledger
    uids: itertools.count[int] = field(default_factory=lambda: itertools.count(100))

    @property
    def position(self) -> Position:
        return self.ledger.arrivals.open_folder("dhr", "INBOX", 7, 100, NOW)

    def arrives(self, text: str, uid: int | None = None, *, now: datetime = NOW, **changes: Any) -> Arrival:
        number = next(self.uids) if uid is None else uid
        self.ledger.arrivals.note_listed(self.position, [number], number + 1, now)
        arrival = NewArrival(
            position=self.position,
            uid=number,
            sha256=digest(text),
            size=len(text),
            message_id=f"<{text}@northmere.gov.uk>",
            internal_date=now,
        )
        return self.ledger.arrivals.record(replace(arrival, **changes), now)

    def claims(self, now: datetime = NOW, worker: str = "one") -> MessageClaim:
        claim = self.ledger.claims.claim(now, LEASE, worker)
        assert claim is not None
        return claim

    def judgement(self, claim: MessageClaim, outcome: Outcome = Outcome.GAPS, **changes: Any) -> Judgement:
        """What makes a new submission with the mail that its outcome brings."""
        reference = self.ledger.claims.reserve_reference(claim, NOW)
        states = {Outcome.GAPS: SubmissionState.WAITING_FOR_CSP, Outcome.REVIEW: SubmissionState.REVIEW}
        mails = {
            Outcome.GAPS: (a_mail(MailKind.REPLY, reference),),
            Outcome.COMPLIANT: (a_mail(MailKind.FORWARD, reference), a_mail(MailKind.ACKNOWLEDGEMENT, reference)),
        }
        state = states.get(outcome, SubmissionState.OPEN)
        judgement = Judgement(
            verdict=a_verdict(outcome),
            outcome=outcome,
            reasons=("One gap.",),
            state=MessageState.PROCESSED,
            headers=Headers(sender=SENDER, subject="Final report", sent_at=NOW),
            submission=Joining(reference=reference, state=state, joined_by="new"),
            filing="Processed",
            mails=mails.get(outcome, ()),
        )
        return replace(judgement, **changes)

    def submits(self, text: str, outcome: Outcome = Outcome.GAPS, *, now: datetime = NOW, **changes: Any) -> Committed:
        """A message arrives and makes a new submission."""
        self.arrives(text, now=now)
        claim = self.claims(now)
        committed = self.ledger.judgements.commit(claim, self.judgement(claim, outcome, **changes), now)
        assert committed.done
        return committed

    def joins(self, text: str, reference: str, outcome: Outcome = Outcome.GAPS, **changes: Any) -> Committed:
        """A message arrives and joins a submission as its next version."""
        self.arrives(text)
        claim, row = self.claims(), self.ledger.submissions.get(reference)
        name = f"{reference}.{row.version + 1}"
        states = {Outcome.GAPS: SubmissionState.WAITING_FOR_CSP, Outcome.REVIEW: SubmissionState.REVIEW}
        joining = Joining(
            reference=reference,
            state=states.get(outcome, SubmissionState.OPEN),
            joined_by="thread",
            expected=row.row_version,
            version=row.version + 1,
        )
        mails = {Outcome.GAPS: (a_mail(MailKind.REPLY, name),), Outcome.COMPLIANT: (a_mail(MailKind.FORWARD, name),)}
        judgement = self.judgement(claim, outcome, submission=joining, mails=mails.get(outcome, ()))
        return self.ledger.judgements.commit(claim, replace(judgement, **changes), NOW)

    def takes(self, now: datetime = NOW, worker: str = "one") -> MailClaim:
        (claim,) = self.ledger.outbox.claim(now, LEASE, 1, worker)
        return claim

    def delivers(self, outcome: OutgoingState, now: datetime = NOW, **facts: Any) -> MailClaim:
        """The next mail goes through all the steps of an attempt that ends so."""
        claim = self.takes(now)
        assert self.ledger.outbox.start_data(claim, now, LEASE)
        assert self.ledger.outbox.settle(claim, Delivery(outcome=outcome, **facts), now) is not None
        return claim

    def state_of(self, mail: int) -> OutgoingState:
        return self.ledger.queries.mail(mail).state
