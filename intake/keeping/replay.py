"""Today's rules over the stored messages: which verdicts would be others now. Sends nothing and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from intake.cases.hearing import hear
from intake.cases.history import Case, case_of, recorded_verdict
from intake.cases.matching import Place, Received, closed_by_people
from intake.errors import Damaged, NotFound
from intake.judging.doubts import declared
from intake.judging.judge import Judge
from intake.ledger import JudgementRow, Ledger, MessageRow
from intake.message_store import MessageStore
from intake.model import Doubt, MessageState, Outcome, Verdict
from intake.senders.safety import Safety

_JUDGED = (MessageState.PROCESSED, MessageState.IGNORED)
_PAGE = 200
_BY_PERSON = "person"


@dataclass(frozen=True, slots=True)
class Replayed:
    """One message: what was decided, what would be decided today, and each check that comes out otherwise."""

    message: int
    reference: str | None
    was: str  # kind and outcome
    now: str
    checks: tuple[tuple[str, str, str], ...]  # check, was, now
    missing: bool = False  # its bytes are no longer kept

    @property
    def flips(self) -> bool:
        return self.was != self.now or bool(self.checks)


@dataclass(frozen=True, slots=True)
class Replay:
    """What judging needs, without a pen."""

    ledger: Ledger
    store: MessageStore
    judge: Judge
    safety: Safety

    def run(self, since: datetime | None = None) -> Iterator[Replayed]:
        """Every judged message, oldest first."""
        first = self.ledger.queries.messages(states=_JUDGED, since=since, per_page=_PAGE)
        for number in range(first.pages, 0, -1):
            page = self.ledger.queries.messages(states=_JUDGED, since=since, page=number, per_page=_PAGE)
            for row in reversed(page.rows):
                yield from self._again(row)

    def _again(self, row: MessageRow) -> Iterator[Replayed]:
        judgements = self.ledger.queries.message(row.id).judgements
        if not judgements or row.sha256 is None:
            return
        latest = judgements[-1]
        was = f"{latest.kind} → {latest.outcome}"
        try:
            raw = self.store.read(row.sha256)
        except (NotFound, Damaged):
            yield Replayed(row.id, row.reference, was, was, (), missing=True)
            return
        own, outcome = self._judge(row, latest, raw)
        checks = _changes(recorded_verdict(latest), own)
        yield Replayed(row.id, row.reference, was, f"{own.kind} → {outcome}", checks)

    def _judge(self, row: MessageRow, latest: JudgementRow, raw: bytes) -> tuple[Verdict, Outcome]:
        """The pipeline's steps, with what stood in the ledger when the message came."""
        judgement = self.judge.judge(raw)
        if judgement.verdict.outcome is Outcome.IGNORE:
            return judgement.verdict, Outcome.IGNORE
        sender = self.safety.sender(judgement.unpacked, raw)
        received = Received(row.id, row.message_id or "", row.hold_outgoing, row.reference, judgement, sender)
        unsafe = self.safety.doubts(sender, raw, judgement.unpacked.attachments)
        heard = hear(received, self._place(row, latest), unsafe, self.ledger.queries.addresses_let_pass())
        if row.joined_by == _BY_PERSON:
            return heard.told.verdict, Outcome(latest.outcome)  # where it stands is a person's word
        return heard.told.verdict, heard.standing.outcome

    def _place(self, row: MessageRow, latest: JudgementRow) -> Place:
        case, closed = Case(), frozenset[Doubt]()
        if row.reference is not None:
            view = self.ledger.queries.submission(row.reference)
            case = case_of(view, before=row.id, at=latest.judged_at)
            closed = closed_by_people(view, row.id, latest.judged_at)
        return Place(
            reference=row.reference or "",
            case=case,
            own_organisation=row.confirmed,
            doubts=_of_the_moment(latest),
            completes=bool(case.told) and latest.certainty == "certain",
            placed=row.confirmed,
            closed=closed,
        )


def _of_the_moment(latest: JudgementRow) -> tuple[Doubt, ...]:
    """What only the moment itself could tell, and no rule changes: carried over from the record."""
    recorded = recorded_verdict(latest)
    if not recorded.doubts and latest.outcome == Outcome.REVIEW:  # from before doubts were recorded
        return tuple(Doubt("earlier-reason", "case", reason) for reason in latest.reasons)
    return tuple(each for each in recorded.doubts if declared(each.code).momentary)


def _changes(was: Verdict, now: Verdict) -> tuple[tuple[str, str, str], ...]:
    before = {finding.check: _told(finding.status, finding.fault) for finding in was.findings}
    after = {finding.check: _told(finding.status, finding.fault) for finding in now.findings}
    return tuple(
        (check, before.get(check, "not checked"), after.get(check, "not checked"))
        for check in dict.fromkeys([*before, *after])
        if before.get(check) != after.get(check)
    )


def _told(status: str, fault: str | None) -> str:
    return f"{status} ({fault})" if fault else str(status)
