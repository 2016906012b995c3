"""A person's decision on a submission that waits: the mail it calls for, composed from what the ledger keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from intake.cases.answering import Correspondent
from intake.cases.matching import Place, Placing
from intake.cases.recorded import recorded_verdict
from intake.errors import UsageError
from intake.judging.judge import Judge, find_attachment
from intake.ledger import Act, Ledger, SubmissionRow
from intake.message_store import MessageStore
from intake.model import Attachment, Outcome, OutgoingMail
from intake.senders.safety import Safety


def _as_composed(mail: OutgoingMail) -> OutgoingMail:
    return mail


@dataclass(frozen=True, slots=True)
class Releasing:
    """Composes and records releases."""

    ledger: Ledger
    store: MessageStore
    judge: Judge
    placing: Placing
    safety: Safety
    correspondent: Correspondent

    def release(
        self, reference: str, as_: Outcome, act: Act, reword: Callable[[OutgoingMail], OutgoingMail] = _as_composed
    ) -> SubmissionRow:
        """Decide a submission as compliant, gaps or ignore, and queue the mail that this calls for.

        `reword` may give a mail another text before it is kept.
        Raises NotFound, Conflict (somebody decided meanwhile) or UsageError (nothing to send it with).
        """
        if as_ not in {Outcome.COMPLIANT, Outcome.GAPS, Outcome.IGNORE}:
            raise UsageError(f"A submission cannot be released as {as_}.", "Choose compliant, gaps or ignore.")
        if act.expected not in {None, self.ledger.submissions.get(reference).row_version}:
            return self.ledger.actions.release(reference, as_, act)  # raises Conflict: nothing is composed for it
        composed = [] if as_ is Outcome.IGNORE else self.compose(reference, as_, act.at)
        mails = self.correspondent.post([reword(mail) for mail in composed], act.at)
        return self.ledger.actions.release(reference, as_, act, mails=mails)

    def compose(self, reference: str, as_: Outcome, now: datetime) -> list[OutgoingMail]:
        """The mail that a release would send, neither sent nor kept (a preview)."""
        view = self.ledger.queries.submission(reference)
        judged = next((entry for entry in reversed(view.judgements) if entry.findings), None)
        if judged is None:
            raise UsageError(f"{reference} has not been judged.", "Use `intake retry` on its message first.")
        verdict = recorded_verdict(judged)
        message = next(entry for entry in view.messages if entry.id == judged.message)
        raw = self.store.read(message.sha256 or "")
        unpacked = self.judge.open(raw)
        sender = self.safety.sender(unpacked, raw)
        target = sender.release_to
        if as_ is Outcome.GAPS and not target:
            raise UsageError(
                "There is no address that a reply could go to.", "Write to the CSP yourself, then release it as ignore."
            )
        earlier = tuple(entry.sha256 for entry in reversed(view.messages) if entry.sha256)
        place = Place(reference, view.submission.version, view.submission, earlier_messages=earlier)
        occasion = self.placing.occasion(place, unpacked, sender, message.arrived_at, now)
        occasion = replace(occasion, reply_to=target or "", released=True)
        report: Attachment | None = find_attachment(unpacked, verdict.report)
        if report is None and verdict.report is not None:
            report = self.placing.report(place, verdict)
        verdict = replace(verdict, outcome=as_)
        return self.correspondent.release(as_, verdict, occasion, report, to_sender=bool(target))
