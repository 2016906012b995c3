"""After a restore: what the mailbox knows and the older ledger does not, brought together before anything leaves.

The ledger of a backup is older than the world. Messages that were filed since are moved back into the watched folder,
where they are judged again while all mail is held; held mail whose copy stands in the Sent folder has left.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from intake.errors import MessageVanished
from intake.ledger import Ledger, Proof
from intake.mailbox import MailboxAccess
from intake.model import OutgoingState
from intake.settings import MailboxSettings

log = structlog.get_logger()

RESTORED_FACT = "restored-backup-made"
_MARGIN = timedelta(days=1)  # IMAP searches by day, in the server's own zone
_OPEN = (OutgoingState.HELD, OutgoingState.UNCERTAIN)
_PAGE = 200


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What was found out about one mailbox."""

    moved_back: int  # messages that arrived after the backup was made, and had been filed
    settled: int  # held mails whose copy is in the Sent folder


def reconcile(
    ledger: Ledger,
    settings: MailboxSettings,
    mailbox: MailboxAccess,
    sent_folder: str,
    *,
    made: datetime,
    now: datetime,
) -> Reconciled:
    """Compare one connected mailbox with the ledger. May be repeated. Raises MailboxError."""
    present = set(mailbox.folders())
    filing = settings.filing
    targets = dict.fromkeys((filing.compliant, filing.gaps, filing.review, filing.duplicate, filing.set_aside))
    moved = sum(
        _move_back(ledger, mailbox, folder, settings.folders[0], made) for folder in targets if folder in present
    )
    settled = _settle(ledger, mailbox, sent_folder, now) if sent_folder in present else 0
    log.info("mailbox-reconciled", mailbox=settings.name, moved_back=moved, settled=settled)
    return Reconciled(moved, settled)


def _move_back(ledger: Ledger, mailbox: MailboxAccess, folder: str, target: str, made: datetime) -> int:
    mailbox.select(folder)
    moved = 0
    for listed in mailbox.list_since((made - _MARGIN).date()):
        digest = hashlib.sha256()
        try:
            for piece in mailbox.fetch(listed.uid, listed.size):
                digest.update(piece)
        except MessageVanished:
            continue
        if not ledger.arrivals.knows(digest.hexdigest()):
            moved += mailbox.move(listed.uid, target)
    return moved


def _settle(ledger: Ledger, mailbox: MailboxAccess, sent_folder: str, now: datetime) -> int:
    mailbox.select(sent_folder, readonly=True)
    rows = ledger.queries.outgoing(states=_OPEN, per_page=_PAGE)
    names = [row.message_id for row in rows.rows]
    for page in range(2, rows.pages + 1):
        names += [row.message_id for row in ledger.queries.outgoing(states=_OPEN, page=page, per_page=_PAGE).rows]
    there = (name for name in names if mailbox.find_by_message_id(name))
    return sum(ledger.evidence.settle(now, Proof.SENT_COPY, message_id=name) for name in there)
