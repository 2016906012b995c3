"""A desk for the state machine: the real ledger, store, judge and pipeline, without a mailbox and without a relay.

Reports are read once and remembered by their bytes, so that many histories can be tried in little time.
"""

from __future__ import annotations

import email
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from msgspec import structs

from intake.cases.history import recorded_verdict
from intake.documents.reader import Reader
from intake.judging.judge import Judge
from intake.ledger import Delivery, NewArrival, OutgoingRow, SubmissionRow, SubmissionView
from intake.model import Attachment, Document, MailKind, OutgoingState
from intake.sandbox.sandbox import Sandbox
from intake.service.processing import Processing
from intake.wiring.archive import open_archive
from intake.wiring.office import Office, build_decisions, build_office, build_rules
from intake.wiring.rules import seat
from intake.wiring.service import build_pipeline, build_shares
from tests.empty_ledger import put_empty_ledger
from tests.service.world import settings_of

LEASE = timedelta(minutes=10)


@dataclass
class RememberingReader:
    """The real reader; what it read of the same bytes before, it has at hand."""

    sandbox: Sandbox
    known: dict[str, Document]

    def read_all(self, attachments: Sequence[Attachment]) -> list[Document]:
        return [self._read(each) for each in attachments]

    def embedded(self, content: bytes, name: str = "") -> list[Attachment]:
        return Reader(self.sandbox).embedded(content, name)

    def recognise(self, attachment: Attachment, document: Document, pages: Sequence[int]) -> Document:
        return Reader(self.sandbox).recognise(attachment, document, pages)

    def _read(self, attachment: Attachment) -> Document:
        key = hashlib.sha256(attachment.content).hexdigest()
        if key not in self.known:
            self.known[key] = Reader(self.sandbox).read(attachment)
        return replace(self.known[key], name=attachment.name, inline=attachment.inline)


@dataclass
class Bench:
    """One installation over time; `now` moves when it is told to."""

    folder: Path
    sandbox: Sandbox
    documents: dict[str, Document]
    now: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    uid: int = 100
    ledger_url: str = ""  # "": a file in the folder

    def __post_init__(self) -> None:
        settings = settings_of(self.folder, 1, 1, "user", "secret", limits="replies_per_hour = 1000")
        self.settings = structs.replace(settings, storage=structs.replace(settings.storage, ledger=self.ledger_url))
        put_empty_ledger(self.settings.storage.ledger_url)
        self._archive = open_archive(self.settings, migrate=True)
        archive = self._archive.__enter__()
        made = build_office(self.settings, archive, self.sandbox)
        reader = RememberingReader(self.sandbox, self.documents)
        rules = build_rules(self.settings)
        judge = Judge(self.sandbox, lambda _turn: reader, rules, seat(self.sandbox, rules))
        self.office: Office = replace(made, judge=judge, occasions=replace(made.occasions, judge=judge))
        self.ledger = archive.ledger
        self.decisions = build_decisions(self.office)
        pipeline = build_pipeline(self.settings, self.office)
        self.processing = Processing(
            self.ledger, pipeline, LEASE, "one", lambda: self.now, 1 << 30, build_shares(self.settings)
        )
        self.ledger.arrivals.open_folder("main", "INBOX", 7, 100, self.now)

    def close(self) -> None:
        self._archive.__exit__(None, None, None)

    def passes(self, **amount: float) -> None:
        self.now += timedelta(**amount)

    def receives(self, raw: bytes) -> int:
        position = self.ledger.arrivals.position("main", "INBOX")
        assert position is not None
        self.uid += 1
        self.ledger.arrivals.note_listed(position, [self.uid], self.uid + 1, self.now)
        stored = self.office.archive.store.put_bytes(raw)
        message_id = str(email.message_from_bytes(raw, policy=default)["Message-ID"])
        arrival = NewArrival(
            position=position,
            uid=self.uid,
            sha256=stored.sha256,
            size=stored.size,
            message_id=message_id,
            internal_date=self.now,
        )
        return self.ledger.arrivals.record(arrival, self.now).id

    def judges(self) -> None:
        for _ in range(20):
            if self.processing.process_next() is None:
                return
            self.passes(seconds=1)

    def delivers(self, outcome: OutgoingState, data_started: bool = True) -> int:
        """Every mail that is due is tried, and each try ends so."""
        claims = self.ledger.outbox.claim(self.now, LEASE, 20, "one")
        for claim in claims:
            if data_started and self.ledger.outbox.start_data(claim, self.now, LEASE):
                again = self.now + timedelta(minutes=5) if outcome is OutgoingState.DEFERRED else None
                self.ledger.outbox.settle(claim, Delivery(outcome=outcome, next_attempt_at=again), self.now)
        return len(claims)

    def dies_while_delivering(self) -> None:
        """The process ends in the middle of handing mail over; its successor finds what it left."""
        for claim in self.ledger.outbox.claim(self.now, LEASE, 20, "one"):
            self.ledger.outbox.start_data(claim, self.now, LEASE)
        self.passes(minutes=11)
        self.ledger.outbox.recover(self.now, "one")

    def dies_while_judging(self) -> None:
        self.ledger.claims.claim(self.now, LEASE, "one")
        self.ledger.claims.free("one", self.now)

    # --- looking ------------------------------------------------------------------------------------------------

    def submissions(self) -> tuple[SubmissionRow, ...]:
        return self.ledger.queries.submissions(per_page=500).rows

    def view(self, reference: str) -> SubmissionView:
        return self.ledger.queries.submission(reference)

    def outgoing(self) -> list[OutgoingRow]:
        return list(self.ledger.queries.outgoing(per_page=500).rows)

    def manifest(self, mail: OutgoingRow) -> dict[str, Any]:
        """The manifest of a forward, as the Commissioner's office gets it."""
        message = email.message_from_bytes(self.office.archive.store.read(mail.sha256), policy=default)
        assert isinstance(message, EmailMessage)
        (found,) = [part for part in message.iter_attachments() if part.get_content_type() == "application/json"]
        told: dict[str, Any] = json.loads(found.get_content())
        return told

    def confirmed(self, view: SubmissionView) -> tuple[set[str], set[str]]:
        """The reports (SHA-256) and addresses that confirmed messages of a submission have brought."""
        own = {row.id for row in view.messages if row.confirmed}
        verdicts = [recorded_verdict(row) for row in view.judgements if row.message in own]
        reports = {file.sha256 for verdict in verdicts for file in verdict.files}
        return reports, {verdict.weblink for verdict in verdicts if verdict.weblink}


def sent(mail: OutgoingRow) -> bool:
    """Whether somebody may have it."""
    return mail.state in {OutgoingState.SENT, OutgoingState.UNCERTAIN, OutgoingState.DATA_STARTED}


def waits(mail: OutgoingRow) -> bool:
    """Whether it would leave by itself."""
    return mail.kind is not MailKind.NOTICE and mail.state in {OutgoingState.QUEUED, OutgoingState.DEFERRED}
