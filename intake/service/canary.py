"""The canary: a test message of our own, sent through the relay and looked for in the mailbox.

It carries the service's own mark, so that it is known at the headers, never judged as a submission and never
answered. That it does not come back is the alarm: then real mail may not come either.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

import structlog

from intake.ledger import Ledger, MessageRow, NewMail
from intake.message_store import MessageStore
from intake.model import Kind, MailKind, MessageState
from intake.settings import Settings

log = structlog.get_logger()

SENT_FACT = "canary-sent"
RETURNED_FACT = "canary-returned"
ALARM = "canary"
_SUBJECT = "Test message of the intake service: please leave it alone"
_TEXT = (
    "This message was sent by the intake service to itself, to prove that mail still comes and goes.\n"
    "The service files it away by itself. There is nothing to do.\n"
)


class Canary:
    """Sends test messages and knows them again. Blocking: call it on the ledger's thread."""

    def __init__(self, settings: Settings, ledger: Ledger, store: MessageStore) -> None:
        self._section = settings.canary
        self._from = settings.service.address
        self._to = settings.canary.address or settings.service.address
        self._domain = settings.message_id_domain
        self._envelope_sender = settings.envelope_sender
        self._filing = {box.name: box.filing.canary for box in settings.mailboxes}
        self._clock_seconds = settings.alarms.clock_seconds
        self._ledger = ledger
        self._store = store

    def look(self, now: datetime) -> None:
        """Note one that came back, raise the alarm for one that did not, send the next when it is time."""
        if not self._section.enabled:
            return
        sent = self._ledger.facts.get(SENT_FACT)
        if sent is not None and not self._is_back(sent.value, sent.since, now):
            return
        if sent is None or now - sent.since >= timedelta(minutes=self._section.every_minutes):
            self._send(now)

    def _is_back(self, message_id: str, sent_at: datetime, now: datetime) -> bool:
        """Whether this one is settled: returned, or so late that the next may be sent."""
        returned = self._ledger.facts.get(RETURNED_FACT)
        if returned is not None and returned.value == message_id:
            return True
        row = self._find(message_id, sent_at)
        if row is not None and row.state is not MessageState.ARRIVED:
            self._note(row, sent_at, now)
            return True
        late = now - sent_at > timedelta(minutes=self._section.wait_minutes)
        if late:
            reason = f"The test message sent on {sent_at:%d %b at %H:%M} UTC has not come back: mail may be stuck."
            self._ledger.facts.alarm(ALARM, now, on=True, reason=reason)
        return late

    def _find(self, message_id: str, sent_at: datetime) -> MessageRow | None:
        rows = self._ledger.queries.messages(since=sent_at, per_page=500).rows
        return next((row for row in rows if row.message_id == message_id), None)

    def _note(self, row: MessageRow, sent_at: datetime, now: datetime) -> None:
        self._ledger.facts.set(RETURNED_FACT, row.message_id, now)
        took = (row.arrived_at - sent_at).total_seconds()
        log.info("canary-returned", message=row.id, seconds=round(took))
        reason = ""
        if row.kind != Kind.OWN_MAIL:
            reason = "The test message came back, but was not known as our own."
        elif row.internal_date is not None and (sent_at - row.internal_date).total_seconds() > self._clock_seconds:
            reason = "The test message reached the mail server before it was sent: this machine's clock is ahead."
        self._ledger.facts.alarm(ALARM, now, on=bool(reason), reason=reason)
        target = self._filing.get(row.mailbox)
        if target and not reason:
            self._ledger.filings.require(row.id, target, now)

    def _send(self, now: datetime) -> None:
        mail = self._compose(now)
        stored = self._store.put_bytes(mail.as_bytes())
        # Remembered first: after a crash in between it counts as lost, which a person then hears of.
        self._ledger.facts.set(SENT_FACT, mail["Message-ID"], now)
        entry = NewMail(
            kind=MailKind.NOTICE,
            sender=self._envelope_sender,
            recipients=(self._to,),
            subject=_SUBJECT,
            message_id=mail["Message-ID"],
            sha256=stored.sha256,
            size=stored.size,
        )
        self._ledger.outbox.queue(entry, now)
        log.info("canary-sent")

    def _compose(self, now: datetime) -> EmailMessage:
        mail = EmailMessage()
        name = f"canary.{secrets.token_hex(12)}@{self._domain}"
        mail["From"], mail["To"], mail["Subject"] = self._from, self._to, _SUBJECT
        mail["Date"], mail["Message-ID"] = format_datetime(now), f"<{name}>"
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5.1
        mail["X-Auto-Response-Suppress"] = "OOF, AutoReply, RN, NRN"
        mail["X-Intake-Marker"] = name
        mail.set_content(_TEXT)
        return mail
