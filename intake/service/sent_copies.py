"""Settling what is uncertain by the copy that the mail server itself put into the Sent folder."""

from __future__ import annotations

from datetime import datetime

import structlog

from intake.ledger import Ledger, Proof
from intake.mailbox import MailboxAccess
from intake.model import OutgoingState

log = structlog.get_logger()
_MOST = 20  # looked for in one sweep


def settle_by_sent_copies(ledger: Ledger, mailbox: MailboxAccess, folder: str, now: datetime) -> int:
    """Look for each uncertain mail in the folder; how many were found there. Raises MailboxError."""
    uncertain = ledger.queries.outgoing(states=(OutgoingState.UNCERTAIN,), per_page=_MOST).rows
    if not uncertain:
        return 0
    mailbox.select(folder, readonly=True)
    settled = 0
    for mail in uncertain:
        if mailbox.find_by_message_id(mail.message_id):
            settled += ledger.evidence.settle(now, Proof.SENT_COPY, message_id=mail.message_id)
            log.info("sent-copy-found", mail=mail.id)
    return settled
