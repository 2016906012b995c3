"""Where a judged message belongs: a new submission, or one that is there already.

Thread, reference and Message-ID say *perhaps*; what the message says of whose case it is must not contradict. What
comes from outside the case's own organisation is shown to staff there, and becomes part of it by a person alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from rapidfuzz import fuzz

from intake.cases.history import Case, case_of
from intake.cases.standing import stand
from intake.judging.doubts import doubt
from intake.judging.judge import Judgement
from intake.ledger import SERVICE, Candidate, Hints, Ledger, SubmissionRow, SubmissionView, references_in
from intake.model import CaseIdentity, Doubt, Kind, SubmissionState
from intake.senders import Sender
from intake.senders.domains import organisation_of

_JUDGED_AGAIN = "judged-again"
_WEBLINK = "weblink"
_ENDED = frozenset({SubmissionState.WITHDRAWN, SubmissionState.CLOSED})
_ALIKE = 85.0  # per cent: one name written two ways ("Northmere CSP", "The Northmere C.S.P."); see the tests
_EXACT = 100.0
_UNLIKE = 60.0  # per cent: below this two names are not slips of each other
_BARE = re.compile(r"[A-Z]{2,10}-\d{4}-\d{4,6}")
_NUMBER = re.compile(r"0*(\d+)")
_FILLERS = re.compile(
    r"\b(?:the|csp|community|safety|partnership|board|council|county|city|borough|of|and|safer|strategic|dhr|review"
    r"|domestic|homicide|adult|case)\b"
)


class Same(StrEnum):
    """Whether two claims of whose case it is can be one."""

    YES = "yes"
    UNCLEAR = "unclear"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Received:
    """A message that was judged, with who sent it. `submission` is the reference that it was placed under before."""

    id: int
    message_id: str
    hold: str | None
    submission: str | None
    judgement: Judgement
    sender: Sender
    mailbox: str = ""
    round: int = 1


@dataclass(frozen=True, slots=True)
class Place:
    """The submission that a message belongs to; `row` is None for a new one.

    `own_organisation`: the sender's organisation is the case's. `doubts` are what the placing itself leaves open;
    `completes`: the submission waits for just what the message brings, which makes certain what it is. `placed`: a
    person stands for the message; `closed` is what people have settled about it.
    """

    reference: str
    row: SubmissionRow | None = None
    joined_by: str = "new"
    case: Case = field(default_factory=Case)
    view: SubmissionView | None = None
    own_organisation: bool = True
    doubts: tuple[Doubt, ...] = ()
    completes: bool = False
    placed: bool = False
    closed: frozenset[Doubt] = frozenset()


@dataclass(frozen=True, slots=True)
class Placing:
    """Finds the place of messages among the submissions."""

    ledger: Ledger

    def find(self, received: Received) -> Place | None:
        """The submission that this message continues; None where it makes a new one."""
        if received.submission:
            row = self.ledger.submissions.get(received.submission)
            return self._joined(received, Candidate(submission=row, by=_JUDGED_AGAIN))
        for candidate in self.ledger.submissions.candidates(_hints(received)):
            row = candidate.submission
            if not self._may_point(candidate, received.sender):
                continue
            same = same_case(received.judgement.verdict.identity, CaseIdentity(row.csp, row.case_name))
            if same is Same.NO:
                continue
            text = f"it points to {row.reference}, whose partnership or case is written differently"
            unclear = (doubt("case-unclear", text),) if same is Same.UNCLEAR else ()
            return self._joined(received, candidate, unclear)
        return self._waiting(received)

    def _may_point(self, candidate: Candidate, sender: Sender) -> bool:
        """Whether the hint counts: what anybody could guess or copy counts from the case's own organisation alone."""
        if candidate.by in {"thread", "earlier-message", "report"}:
            return True  # an unpublished report's very bytes cannot be guessed either
        if candidate.by == "reference" and not _BARE.fullmatch(candidate.submission.reference):
            return True  # its check letters cannot be guessed
        return self._own(candidate.submission, sender)

    @staticmethod
    def _own(row: SubmissionRow, sender: Sender) -> bool:
        mine = organisation_of(sender.domain)
        return bool(mine) and mine == organisation_of(row.sender_domain or "")

    def _joined(self, received: Received, candidate: Candidate, unclear: tuple[Doubt, ...] = ()) -> Place:
        row = candidate.submission
        view = self.ledger.queries.submission(row.reference)
        before = case_of(view).without(received.id)
        placed = any(message.id == received.id and message.confirmed for message in view.messages)
        own = placed or self._own(row, received.sender)
        found = list(unclear)
        if not own:
            text = f"it points to {row.reference}, which came from another organisation"
            found.append(doubt("other-organisation", text))
        if row.on_hold:
            found.append(doubt("on-hold", "the submission is on hold"))
        if row.state in _ENDED and candidate.by != _JUDGED_AGAIN:
            found.append(doubt("case-ended", f"the submission is already {row.state}"))
        completes = received.judgement.classification.completes
        return Place(
            reference=row.reference,
            row=row,
            joined_by=candidate.by,
            case=before,
            view=view,
            own_organisation=own,
            doubts=tuple(found),
            completes=own and completes and _WEBLINK in _asked_for(before),
            placed=placed,
            closed=closed_by_people(view, received.id),
        )

    def _waiting(self, received: Received) -> Place | None:
        """A web address without a word of what it belongs to: certain where just one submission waits for it."""
        judgement, sender = received.judgement, received.sender
        if not judgement.classification.completes or not sender.address:
            return None
        waiting = [
            candidate
            for candidate in self.ledger.submissions.waiting_for(sender.address)
            if _asked_for(case_of(self.ledger.queries.submission(candidate.submission.reference))) == [_WEBLINK]
            and same_case(
                judgement.verdict.identity, CaseIdentity(candidate.submission.csp, candidate.submission.case_name)
            )
            is not Same.NO
        ]
        return self._joined(received, waiting[0]) if len(waiting) == 1 else None


def closed_by_people(view: SubmissionView, message: int, at: datetime | None = None) -> frozenset[Doubt]:
    """What people have settled about a message (until then): judging it again does not open that anew."""
    mine = (row for row in view.doubts if row.message == message and row.closed_by not in {None, SERVICE})
    return frozenset(row.doubt for row in mine if at is None or (row.closed_at is not None and row.closed_at <= at))


def alone(judgement: Judgement) -> tuple[Doubt, ...]:
    """What is open where a message makes a submission of its own."""
    verdict = judgement.verdict
    if verdict.kind is Kind.FOLLOW_UP and verdict.report is None:
        return (doubt("answers-unknown", "it answers a submission that is not known here"),)
    named = references_in(judgement.unpacked.subject)
    if named:
        return (doubt("unplaced", f"it names {named[0]}, and is not known to belong to it"),)
    return ()


def _asked_for(case: Case) -> list[str]:
    """The checks that a case still lacks."""
    return [gap.check for gap in stand(case).required_gaps]


def _hints(received: Received) -> Hints:
    """What may tie a message to a submission: its Message-ID, thread, references, report and case."""
    unpacked, verdict = received.judgement.unpacked, received.judgement.verdict
    return Hints(
        references=references_in(unpacked.subject),
        thread_ids=(*unpacked.in_reply_to, *unpacked.references),
        message_id=received.message_id or None,
        message=received.id,
        report=verdict.report.sha256 if verdict.report else None,
        csp=verdict.identity.csp,
        case=verdict.identity.case,
    )


def same_case(one: CaseIdentity, other: CaseIdentity) -> Same:
    """Whether two claims can be of one case: what one of them leaves out contradicts nothing."""
    # A partnership's name is written in many ways; a case's few letters are another case's with one of them changed.
    found = {_same(one.csp, other.csp, enough=_ALIKE), _same(one.case, other.case, enough=_EXACT)}
    if Same.NO in found:
        return Same.NO
    return Same.UNCLEAR if Same.UNCLEAR in found else Same.YES


def _same(one: str | None, other: str | None, *, enough: float) -> Same:
    first, second = _folded(one), _folded(other)
    if not first or not second or first == second:
        return Same.YES
    if any(part.isdigit() for part in (*first.split(), *second.split())):
        return Same.NO  # numbered cases are told by their numbers: one digit makes another
    likeness = max(fuzz.ratio(first, second), fuzz.token_set_ratio(first, second))
    if likeness >= enough and enough < _EXACT:
        return Same.YES
    return Same.UNCLEAR if likeness >= _UNLIKE else Same.NO


def _folded(name: str | None) -> str:
    apart = _NUMBER.sub(r" \1 ", (name or "").casefold().replace("&", " and "))  # "DHR07" is DHR 7
    plain = re.sub(r"[\W_]+", " ", apart)
    return " ".join(_FILLERS.sub(" ", plain).split()) or plain.strip()
