"""Today's rules over the stored messages: which verdicts would be others now. Sends nothing and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from intake.cases.recorded import recorded_verdict
from intake.cases.standing import join
from intake.errors import NotFound
from intake.judging.judge import Judge
from intake.ledger import JudgementRow, Ledger, MessageRow
from intake.message_store import MessageStore
from intake.model import MessageState, Outcome, Verdict
from intake.senders.safety import Safety

_JUDGED = (MessageState.PROCESSED, MessageState.IGNORED)
_PAGE = 200
# What only the moment itself could tell, and no rule changes: carried over from the record.
_OF_THE_MOMENT = ("it continues a submission that", "the submission is ")


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
        except NotFound:
            yield Replayed(row.id, row.reference, was, was, (), missing=True)
            return
        verdict = self._judge(row, latest, raw)
        yield Replayed(row.id, row.reference, was, f"{verdict.kind} → {verdict.outcome}", _changes(latest, verdict))

    def _judge(self, row: MessageRow, latest: JudgementRow, raw: bytes) -> Verdict:
        """The pipeline's steps, with what stood in the ledger when the message came."""
        judgement = self.judge.judge(raw)
        if judgement.verdict.outcome is Outcome.IGNORE:
            return judgement.verdict
        earlier = self._earlier(row)
        standing = join(earlier, judgement.verdict)
        sender = self.safety.sender(judgement.unpacked, raw)
        kept = tuple(reason for reason in latest.reasons if reason.startswith(_OF_THE_MOMENT))
        held = (row.hold_outgoing,) if row.hold_outgoing else ()
        doubts = (*held, *self.safety.doubts(sender, raw, judgement.unpacked.attachments), *kept, *standing.doubts)
        return replace(judgement, verdict=standing.verdict).with_doubts(doubts).verdict

    def _earlier(self, row: MessageRow) -> Verdict | None:
        if row.reference is None:
            return None
        judgements = self.ledger.queries.submission(row.reference).judgements
        before = [entry for entry in judgements if entry.message < row.id and entry.findings]
        return recorded_verdict(before[-1]) if before else None


def _changes(latest: JudgementRow, verdict: Verdict) -> tuple[tuple[str, str, str], ...]:
    was = {finding.check: _told(finding.status, finding.fault) for finding in latest.findings}
    now = {finding.check: _told(finding.status, finding.fault) for finding in verdict.findings}
    return tuple(
        (check, was.get(check, "not checked"), now.get(check, "not checked"))
        for check in dict.fromkeys([*was, *now])
        if was.get(check) != now.get(check)
    )


def _told(status: str, fault: str | None) -> str:
    return f"{status} ({fault})" if fault else str(status)
