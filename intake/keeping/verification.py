"""Proof that what was kept is what arrived, and that what was forwarded is what arrived."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from intake.errors import Damaged, NotFound, Overstep
from intake.ledger import ChainReport, Ledger, OutgoingRow
from intake.message_store import MessageStore, StoreReport
from intake.model import MailKind, OutgoingState, Unpacked
from intake.sandbox.sandbox import Sandbox

_PDF = "application/pdf"
_PAGE = 100
_LEFT = (OutgoingState.SENT, OutgoingState.UNCERTAIN, OutgoingState.FAILED)


@dataclass(frozen=True, slots=True)
class ForwardReport:
    """The forwards that were compared; `different` and `unreadable` name their numbers in the outbox."""

    same: int
    different: tuple[int, ...]
    unreadable: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Verification:
    """Everything that was compared. `deleted` counts files that were deleted on purpose."""

    store: StoreReport
    deleted: int
    chain: ChainReport
    forwards: ForwardReport

    @property
    def sound(self) -> bool:
        return self.store.sound and self.chain.sound and not self.forwards.different and not self.forwards.unreadable


def verify(ledger: Ledger, store: MessageStore, sandbox: Sandbox) -> Verification:
    """Compare every file with its hash, every event with the one before, every forward with what was received."""
    deleted = ledger.retention.deleted()
    expected = set(ledger.queries.stored()) - deleted
    return Verification(
        store=store.verify(expected),
        deleted=len(deleted),
        chain=ledger.events.verify(),
        forwards=_compare_forwards(ledger, store, sandbox, deleted),
    )


def _compare_forwards(ledger: Ledger, store: MessageStore, sandbox: Sandbox, deleted: set[str]) -> ForwardReport:
    same, different, unreadable, page = 0, [], [], 1
    while rows := ledger.queries.outgoing(states=_LEFT, kind=MailKind.FORWARD, page=page, per_page=_PAGE).rows:
        for mail in rows:
            if mail.sha256 in deleted or mail.reference is None:
                continue
            try:
                if _is_what_arrived(ledger, store, sandbox, mail):
                    same += 1
                else:
                    different.append(mail.id)
            except (NotFound, Damaged, Overstep):
                unreadable.append(mail.id)
        page += 1
    return ForwardReport(same, tuple(different), tuple(unreadable))


def _is_what_arrived(ledger: Ledger, store: MessageStore, sandbox: Sandbox, mail: OutgoingRow) -> bool:
    """Whether each PDF in the forward is, byte for byte, a file of one of the submission's messages."""
    forwarded = _digests(_open(store, sandbox, mail.sha256), only_pdf=True)
    if not forwarded:
        return False
    missing = forwarded
    for message in ledger.queries.submission(mail.reference or "").messages:
        if missing and message.sha256 and message.sha256 in store:
            missing = missing - _digests(_open(store, sandbox, message.sha256), only_pdf=False)
    return not missing


def _open(store: MessageStore, sandbox: Sandbox, sha256: str) -> Unpacked:
    return sandbox.run("intake.unpacking.message:unpack", store.read(sha256), returns=Unpacked)


def _digests(unpacked: Unpacked, *, only_pdf: bool) -> set[str]:
    files = (file for file in unpacked.attachments if not only_pdf or file.declared_type == _PDF)
    return {hashlib.sha256(file.content).hexdigest() for file in files}
