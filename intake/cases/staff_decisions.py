"""What a person decides on a case: what it goes past, whether it can be done, and the mail that it calls for.

Pages and terminal use this one place, so that a decision means the same in both. What cannot be carried out is
refused with a sentence that names the way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from intake.cases.answering import Correspondent
from intake.cases.correcting import SEEN_BY_US, correction
from intake.cases.feasible import refusal, replied
from intake.cases.hearing import Heard
from intake.cases.history import Case, OpenDoubt, case_of
from intake.cases.occasions import Occasions
from intake.cases.standing import Standing, contributing, stand, state_of
from intake.errors import NotFound, UsageError
from intake.judging.judge import Judge
from intake.ledger import Act, Ledger, Stands, SubmissionRow, SubmissionView
from intake.message_store import MessageStore
from intake.model import (
    Attachment,
    FileFacts,
    Finding,
    MailKind,
    Outcome,
    OutgoingMail,
    OutgoingState,
    Status,
    SubmissionState,
)
from intake.senders.safety import Safety

_SENDER = "sender"


def _as_composed(mail: OutgoingMail) -> OutgoingMail:
    return mail


@dataclass(frozen=True, slots=True)
class Past:
    """What a decision would go past, for a person to see before they send it."""

    doubts: tuple[OpenDoubt, ...]
    gaps: tuple[Finding, ...]
    on_hold: bool
    sent: bool  # this very report went to the Commissioner already


@dataclass(frozen=True, slots=True)
class StaffDecisions:
    """Composes and records what staff decide."""

    ledger: Ledger
    store: MessageStore
    judge: Judge
    safety: Safety
    correspondent: Correspondent
    occasions: Occasions

    def past(self, reference: str) -> Past:
        """What a release of this submission goes past. Raises NotFound."""
        view = self.ledger.queries.submission(reference)
        return self._past(view, stand(case_of(view)))

    def past_correction(self, reference: str, check: str, status: Status) -> Past:
        """What correcting a check and sending at once what follows goes past."""
        view = self.ledger.queries.submission(reference)
        made = correction(view, check, status)
        past = self._past(view, made.standing)
        return past if made.leads_to is Outcome.COMPLIANT else replace(past, gaps=())

    def _past(self, view: SubmissionView, standing: Standing) -> Past:
        return Past(
            doubts=standing.doubts,
            gaps=standing.required_gaps,
            on_hold=view.submission.on_hold,
            sent=standing.sent is not None,
        )

    def release(
        self,
        reference: str,
        as_: Outcome,
        act: Act,
        reword: Callable[[OutgoingMail], OutgoingMail] = _as_composed,
        *,
        report: str | None = None,
    ) -> SubmissionRow:
        """Decide a submission as compliant, gaps or ignore, and queue the mail that this calls for.

        `reword` may give a mail another text before it is kept; `report` names the one to forward where there are
        several, by its file name or the beginning of its SHA-256.
        Raises NotFound, Conflict (somebody decided meanwhile) or UsageError (it cannot be carried out).
        """
        view = self.ledger.queries.submission(reference)
        if as_ not in {Outcome.COMPLIANT, Outcome.GAPS, Outcome.IGNORE}:
            raise UsageError(f"A submission cannot be released as {as_}.", "Choose compliant, gaps or ignore.")
        if act.expected not in {None, view.submission.row_version}:
            return self.ledger.actions.release(reference, as_, act)  # raises Conflict: nothing is composed for it
        if as_ is Outcome.IGNORE:
            return self._leave_out(view, act)
        standing = _chosen(stand(case_of(view)), view, report)
        mails = [reword(mail) for mail in self._compose(view, standing, as_, act.at)]
        queued = self.correspondent.post(mails, standing, act.at)
        stands, answers = _stands(standing, view.submission), _answered(view, standing)
        # Each message is answered once by the program; what a person sends to put that right comes beside it.
        beside = as_ is Outcome.GAPS and replied(view, answers) is not None
        return self.ledger.actions.release(
            reference,
            as_,
            act,
            mails=queued,
            answers=None if beside else answers,
            confirm=[told.message for told in contributing(case_of(view))],
            stands=replace(
                stands,
                outcome=as_,
                state=SubmissionState.OPEN if as_ is Outcome.COMPLIANT else SubmissionState.WAITING_FOR_CSP,
            ),
        )

    def compose(self, reference: str, as_: Outcome, now: datetime, *, report: str | None = None) -> list[OutgoingMail]:
        """The mail that a release would send, neither sent nor kept (a preview)."""
        view = self.ledger.queries.submission(reference)
        return self._compose(view, _chosen(stand(case_of(view)), view, report), as_, now)

    def settle(self, reference: str, which: str, act: Act) -> SubmissionRow:
        """Close one open doubt by its number or code, or all of them; where none is left, the submission goes on.

        Raises UsageError for a doubt that a check leaves open: there the check itself is corrected.
        """
        view = self.ledger.queries.submission(reference)
        open_rows = [row for row in view.doubts if row.closed_at is None]
        wanted = [row for row in open_rows if which in {"all", str(row.id), row.code}]
        if not wanted:
            raise NotFound(
                f"{view.submission.reference} has no open doubt {which[:40]}.", command="intake show lists them."
            )
        if any(row.code == "check-unsure" for row in wanted):
            raise UsageError(
                "A check that could not be decided is corrected, not settled.",
                "Correct the check, or release the submission.",
                f"intake override {view.submission.reference} CHECK --as met|gap",
            )
        ids = [row.id for row in wanted]
        raised = {row.message for row in wanted if row.source == _SENDER and row.message is not None}
        still = {row.message for row in open_rows if row.source == _SENDER and row.id not in ids}
        self.ledger.actions.settle_doubts(reference, ids, act, confirm=sorted(raised - still))
        return self._go_on(reference, act)

    def unhold(self, reference: str, act: Act) -> SubmissionRow:
        """End a hold: what it kept back leaves, and what came meanwhile goes on where nothing else is in doubt."""
        self.ledger.actions.unhold(reference, act)
        return self._go_on(reference, act)

    def override(self, reference: str, check: str, status: Status, act: Act) -> SubmissionRow:
        """Replace one check's result by a person's; the submission then waits for a decision."""
        made = correction(self.ledger.queries.submission(reference), check, status)
        stands = replace(made.standing.verdict(made.own), outcome=Outcome.REVIEW)
        return self.ledger.corrections.override(
            reference, made.message, act, check=check, before=made.before, own=made.own, stands=stands
        )

    def compose_corrected(
        self, reference: str, check: str, status: Status, now: datetime
    ) -> tuple[Outcome, list[OutgoingMail]]:
        """What a submission comes to once a check is corrected so, and the mail that sending it then would send."""
        view = self.ledger.queries.submission(reference)
        made = correction(view, check, status)
        return made.leads_to, self._compose(view, made.standing, made.leads_to, now)

    def correct_and_send(
        self,
        reference: str,
        check: str,
        status: Status,
        act: Act,
        reword: Callable[[OutgoingMail], OutgoingMail] = _as_composed,
    ) -> SubmissionRow:
        """Correct one check and send at once what follows. Nothing is recorded where that could not be sent."""
        leads_to, mails = self.compose_corrected(reference, check, status, act.at)
        for mail in mails:
            reword(mail)
        corrected = self.override(reference, check, status, act)
        return self.release(reference, leads_to, replace(act, expected=corrected.row_version), reword)

    def join(self, message: int, reference: str, act: Act) -> SubmissionRow:
        """A message goes to another submission, placed there by a person. Joining it back undoes this."""
        source = self._submission_of(message)
        target = self.ledger.queries.submission(reference)
        moved = next((told for told in case_of(source).told if told.message == message), None)
        if moved is None:
            raise UsageError("This message has not been judged.", "Run its checks first.", "intake retry does that.")
        joined = case_of(target).hears(replace(moved, confirmed=True, left_out=False), ())
        left = self._left_of(source, message)
        row = self.ledger.corrections.join(message, reference, act, _stands(stand(joined), target.submission), left)
        self._go_on(source.submission.reference, act)
        return row

    def split(self, message: int, act: Act) -> SubmissionRow:
        """A message becomes a submission of its own; the one that it leaves stands as if it had never come."""
        source = self._submission_of(message)
        case = case_of(source)
        moved = tuple(replace(told, confirmed=True) for told in case.told if told.message == message)
        own = stand(Case(told=moved))
        made = self.ledger.corrections.split(
            message,
            act,
            self.ledger.claims.another_reference(act.at),
            _stands(own, None),
            self._left_of(source, message),
        )
        self._go_on(source.submission.reference, act)
        return made

    def _submission_of(self, message: int) -> SubmissionView:
        row = self.ledger.queries.message(message).message
        if row.reference is None:
            raise UsageError(
                "This message belongs to no submission.", "Run its checks first.", "intake retry does that."
            )
        return self.ledger.queries.submission(row.reference)

    def _left_of(self, source: SubmissionView, message: int) -> Stands:
        left = stand(case_of(source).without(message))
        return _stands(left, source.submission)

    def _leave_out(self, view: SubmissionView, act: Act) -> SubmissionRow:
        """What raised the open doubts is no part of the case; what came before stays as it was."""
        case = case_of(view)
        doubted = {each.message for each in case.doubts if each.message is not None}
        out = [told.message for told in case.told if told.message in doubted] or [told.message for told in case.told]
        kept = replace(case, doubts=(), told=tuple(told for told in case.told if told.message not in out))
        if not any(told.confirmed for told in kept.told):
            out, kept = [told.message for told in case.told], replace(kept, told=())
        stands, reference = _stands(stand(kept), view.submission), view.submission.reference
        self.ledger.actions.release(reference, Outcome.IGNORE, act, leave_out=out, stands=stands)
        return self._go_on(reference, act)

    def _go_on(self, reference: str, act: Act) -> SubmissionRow:
        """Where nothing is in doubt any more and something is still to be sent, the latest message is judged again.

        Judging is what composes and sends: here, too, it acts only where every account closes.
        """
        view = self.ledger.queries.submission(reference)
        case = case_of(view)
        standing, counting = stand(case), contributing(case)
        if counting and not standing.doubts and _calls_for_mail(case, standing):
            again = replace(act, expected=None)
            self.ledger.actions.judge_again(counting[-1].message, again)
        return view.submission

    def _compose(self, view: SubmissionView, standing: Standing, as_: Outcome, now: datetime) -> list[OutgoingMail]:
        answered = _answered(view, standing)
        message = next((each for each in view.messages if each.id == answered), None)
        if message is None or not message.sha256:
            raise UsageError(
                f"{view.submission.reference} has not been judged.",
                "Run its message’s checks first.",
                "intake retry does that.",
            )
        if message.sha256 not in self.store:
            raise _no_longer_kept()
        raw = self.store.read(message.sha256)
        unpacked = self.judge.open(raw)
        sender = self.safety.sender(unpacked, raw)
        before = replied(view, answered)
        refused = refusal(standing, as_, addressed=bool(sender.release_to), before=before)
        if refused is not None:
            raise refused
        told = next(each for each in case_of(view).told if each.message == answered)
        # A person's release goes out whatever went before: it is never the answer to a second copy.
        heard = Heard(told=told, standing=replace(standing, sent=None), raised=())
        occasion = self.occasions.make(view.submission.reference, heard, unpacked, sender, (message.arrived_at, now))
        occasion = replace(
            occasion,
            reply_to=sender.release_to or "",
            released=True,
            corrects=_asked_wrongly(view, standing),
            others_left=any(each.doubt.code == "rival-reports" for each in standing.doubts),
        )
        report = self._report(view, standing) if as_ is Outcome.COMPLIANT else None
        return self.correspondent.release(as_, standing, occasion, report)

    def _report(self, view: SubmissionView, standing: Standing) -> Attachment:
        found = self.occasions.report(view, standing)
        if found is None:
            raise _no_longer_kept()
        return found


def _no_longer_kept() -> UsageError:
    return UsageError(
        "The report's file is no longer kept.",
        "Ask the CSP to send it again, or deliver it another way and release this as ignore.",
    )


def _answered(view: SubmissionView, standing: Standing) -> int | None:
    """The message that a release answers: the one that the report came with, else the latest that counts."""
    if standing.report_message is not None:
        return standing.report_message
    counting = contributing(case_of(view))
    return counting[-1].message if counting else None


def _calls_for_mail(case: Case, standing: Standing) -> bool:
    """Whether what it stands at has not been said yet: a forward that did not go, a reply that was not sent."""
    if standing.outcome is Outcome.COMPLIANT:
        return standing.sent is None
    asked = {mail.gist for mail in case.mails if mail.state is not OutgoingState.CANCELLED}
    return standing.outcome is Outcome.GAPS and standing.gist not in asked


def _chosen(standing: Standing, view: SubmissionView, wanted: str | None) -> Standing:
    """The standing with the report that a person chose among those of the message."""
    if not wanted:
        return standing
    latest = max((row for row in view.judgements if row.message == standing.report_message), key=lambda row: row.round)
    named = [file for file in latest.files if file.name == wanted or file.sha256.startswith(wanted.lower())]
    if len(named) != 1:
        raise UsageError("This submission has no file of that name.", command="intake show lists its files.")
    file = named[0]
    facts = FileFacts(file.name, file.size, file.sha256, file.media_type, file.page_count, "report")
    return replace(standing, report=facts)


def _asked_wrongly(view: SubmissionView, standing: Standing) -> bool:
    """Whether a reply about this very report asked for what a person has since found to be there."""
    report = standing.report.sha256 if standing.report else None
    sent = {OutgoingState.SENT, OutgoingState.UNCERTAIN}
    asked = any(
        mail.kind is MailKind.REPLY and mail.state in sent and mail.report_sha256 == report for mail in view.outgoing
    )
    found = (each for each in standing.findings if each.status is Status.MET)
    return asked and any(each.summary.startswith(SEEN_BY_US) for each in found)


def _stands(standing: Standing, row: SubmissionRow | None) -> Stands:
    """The standing as the ledger keeps it; what ended by a person's word stays so."""
    return Stands(
        outcome=standing.outcome,
        state=state_of(standing),
        version=max(standing.version, row.version if row else 1),
        csp=standing.identity.csp or (row.csp if row else None),
        case_name=standing.identity.case or (row.case_name if row else None),
        weblink=standing.weblink,
        report_sha256=standing.report.sha256 if standing.report else None,
        judged=max(standing.sources.values(), default=None),
    )
