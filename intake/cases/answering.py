"""Which mail leaves after a decision, and whether it waits: outcome and mode, made into composed mails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from intake.cases.history import Told
from intake.cases.standing import Standing
from intake.cases.working_days import later_by_working_days
from intake.correspondence import (
    CheckWords,
    Desk,
    Notice,
    Occasion,
    Templates,
    compose_acknowledgement,
    compose_forward,
    compose_notice,
    compose_receipt,
    compose_reply,
)
from intake.errors import IntakeError
from intake.ledger import NewMail
from intake.message_store import MessageStore
from intake.model import Attachment, MailKind, Mode, Outcome, OutgoingMail, Verdict
from intake.settings.sections import Trial

RELAY_LIMIT_FACT = "relay-size-limit"  # under which the ledger keeps what the relay said last
_PROMISED = "weblink-to-follow"
_SETTLES = frozenset({MailKind.REPLY})
_ONLY_TRIAL = "trial mode: only addresses on the allow-list get mail"
_SUPERVISED = "supervised mode: every email waits for a person"
_TOO_LARGE = "the email is larger than the relay takes"


@dataclass(frozen=True, slots=True)
class Postage:
    """What decides whether a composed mail may leave by itself."""

    mode: Mode
    trial: Trial  # where mail may go in trial mode
    settle: timedelta
    receipts: bool = False
    relay_limit: int | None = None  # bytes, where the relay said so


class Correspondent:
    """Composes the mail that an outcome calls for and stores it, so that the ledger need only name it."""

    def __init__(
        self, desk: Desk, templates: Templates, words: Mapping[str, CheckWords], store: MessageStore, postage: Postage
    ) -> None:
        self.desk = desk
        self.postage = postage
        self._templates = templates
        self._words = words
        self._store = store

    def limit_to(self, relay_limit: int | None) -> None:
        """The relay has said how large a mail it takes: what is composed from now on is measured by that."""
        self.postage = replace(self.postage, relay_limit=relay_limit)

    def answer(
        self,
        standing: Standing,
        told: Told,
        occasion: Occasion,
        report: Attachment | None,
        *,
        to_sender: bool,
        hold: str | None,
    ) -> list[NewMail]:
        """The mail that a case's standing calls for after one message; `to_sender`: they may be written to.

        Raises IntakeError when a forward is due and the report's bytes cannot be had.
        """
        mails = self._compose(standing, told, occasion, report, to_sender=to_sender)
        return [self._enclose(mail, occasion.now, hold, standing=standing) for mail in mails]

    def release(
        self, as_: Outcome, standing: Standing, occasion: Occasion, report: Attachment | None
    ) -> list[OutgoingMail]:
        """The mail that a person's release calls for, composed and nothing more."""
        verdict = replace(standing.verdict(), outcome=as_)
        if as_ is Outcome.COMPLIANT:
            return self._forwarded(verdict, occasion, report, to_sender=bool(occasion.reply_to))
        if as_ is Outcome.GAPS and occasion.reply_to:
            return [compose_reply(verdict, occasion, self._words, self._templates, gist=standing.gist)]
        return []

    def post(self, mails: Sequence[OutgoingMail], standing: Standing, now: datetime) -> list[NewMail]:
        """Store what a person sends: it leaves at once and whatever the mode, but never past the trial's list."""
        return [self._enclose(mail, now, None, by_person=True, standing=standing) for mail in mails]

    def would_hold(self, mail: OutgoingMail) -> str | None:
        """Why this mail would be held although a person sends it."""
        return self._hold(mail, by_person=True)

    def tell_staff(self, notice: Notice) -> NewMail:
        """A notice to staff."""
        return self._enclose(compose_notice(notice, self.desk, self._templates), notice.now, None, by_person=True)

    def too_large(self, mails: Sequence[NewMail]) -> bool:
        """Whether one of the mails is held because the relay would refuse it."""
        return any(mail.hold_reason == _TOO_LARGE for mail in mails)

    def _compose(
        self, standing: Standing, told: Told, occasion: Occasion, report: Attachment | None, *, to_sender: bool
    ) -> list[OutgoingMail]:
        verdict = standing.verdict(told.verdict)
        match standing.outcome:
            case Outcome.COMPLIANT if standing.sent is None:
                return self._forwarded(verdict, occasion, report, to_sender=to_sender)
            case Outcome.COMPLIANT if to_sender and _sent_again(told, standing):
                return [compose_acknowledgement(verdict, occasion, self._words, self._templates)]
            case Outcome.GAPS if to_sender:
                return [compose_reply(verdict, occasion, self._words, self._templates, gist=standing.gist)]
            case Outcome.REVIEW if self.postage.receipts and to_sender and told.confirmed:
                return [compose_receipt(verdict, occasion, self._templates)]
        return []

    def _forwarded(
        self, verdict: Verdict, occasion: Occasion, report: Attachment | None, *, to_sender: bool
    ) -> list[OutgoingMail]:
        if report is None:
            raise IntakeError(
                "The report's file could not be found again.", "Nothing was sent; a person needs to look."
            )
        mails = [compose_forward(verdict, occasion, self._words, self._templates, report)]
        if to_sender:
            mails.append(compose_acknowledgement(verdict, occasion, self._words, self._templates))
        return mails

    def _enclose(
        self,
        mail: OutgoingMail,
        now: datetime,
        hold: str | None,
        *,
        by_person: bool = False,
        standing: Standing | None = None,
    ) -> NewMail:
        """Store the content and say whether the mail waits: written before the ledger names it."""
        stored = self._store.put_bytes(mail.content)
        not_before = self._earliest(standing, now) if mail.kind in _SETTLES and not by_person else None
        report = standing.report if standing else None
        return NewMail.of(
            mail,
            stored.sha256,
            not_before=not_before,
            hold_reason=hold or self._hold(mail, by_person=by_person),
            report_sha256=report.sha256 if report else None,
            gist=standing.gist if standing and mail.kind is MailKind.REPLY else None,
        )

    def _earliest(self, standing: Standing | None, now: datetime) -> datetime:
        """When a reply may leave: after the settle time; a working day later where only a promise has to be kept."""
        promised = standing is not None and [gap.fault for gap in standing.required_gaps] == [_PROMISED]
        waits = promised and self.postage.settle
        return later_by_working_days(now, 1) if waits else now + self.postage.settle

    def _hold(self, mail: OutgoingMail, *, by_person: bool) -> str | None:
        if self.postage.relay_limit is not None and len(mail.content) > self.postage.relay_limit:
            return _TOO_LARGE
        if self.postage.mode is Mode.TRIAL and not all(map(self.postage.trial.allows, mail.recipients)):
            return _ONLY_TRIAL
        if self.postage.mode is Mode.SUPERVISED and not by_person:
            return _SUPERVISED
        return None


def _sent_again(told: Told, standing: Standing) -> bool:
    """Whether a message brings the very report that has gone already."""
    mine, known = told.verdict.report, standing.report
    return mine is not None and known is not None and mine.sha256 == known.sha256
