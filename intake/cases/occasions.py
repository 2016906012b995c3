"""What a mail about a case needs to know: whom it answers, which version, what went before; and the report's bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from intake.cases.hearing import Heard
from intake.cases.history import SentMail
from intake.cases.standing import Standing
from intake.correspondence import Desk, Occasion, Replaced, already_copied
from intake.judging.judge import Judge, find_attachment
from intake.ledger import SubmissionView
from intake.message_store import MessageStore
from intake.model import Address, Attachment, Unpacked
from intake.senders import Sender

_NOBODY = Address("")


@dataclass(frozen=True, slots=True)
class Occasions:
    """Makes the occasions of mails, and finds the bytes of reports, for one desk."""

    store: MessageStore
    judge: Judge
    desk: Desk
    zone: ZoneInfo

    def make(
        self, reference: str, heard: Heard, unpacked: Unpacked, sender: Sender, times: tuple[datetime, datetime]
    ) -> Occasion:
        """The occasion of a mail that answers this message of a case; `times` are when it arrived, and now."""
        received_at, now = times
        standing, mine = heard.standing, heard.told.verdict.report
        sent, earlier = standing.sent, standing.replaces
        again = sent is not None and mine is not None and mine.sha256 == sent.report
        return Occasion(
            desk=self.desk,
            reference=reference,
            version=standing.version,
            received_at=received_at.astimezone(self.zone),
            now=now.astimezone(self.zone),
            sender=unpacked.sender or _NOBODY,
            # Where a person has settled who it is, no proof is asked for any more.
            reply_to=(sender.release_to if heard.told.confirmed else sender.reply_to) or "",
            subject=unpacked.subject,
            message_id=unpacked.message_id,
            references=unpacked.references,
            already_copied=already_copied(unpacked, self.desk.commissioner_address),
            went_on=(sent.settled_at or now).astimezone(self.zone) if again and sent else None,
            replaces=self._replaced(earlier) if earlier else None,
        )

    def _replaced(self, earlier: SentMail) -> Replaced:
        when = earlier.settled_at.astimezone(self.zone) if earlier.settled_at else None
        return Replaced(version=earlier.version, went_on=when)

    def report(self, view: SubmissionView | None, standing: Standing) -> Attachment | None:
        """The bytes of the report that stands, from whichever of the submission's messages brought them."""
        for message in reversed(view.messages if view else ()):
            if (
                message.sha256
                and message.sha256 in self.store
                and (message.confirmed or message.id == standing.report_message)
            ):
                found = find_attachment(self.judge.open(self.store.read(message.sha256)), standing.report)
                if found is not None:
                    return found
        return None
