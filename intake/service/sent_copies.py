"""Settling what is uncertain by the copy that the mail system itself put into the Sent folder.

A mail that a person sends again keeps its Message-ID, and the copy of the first time stays where it is: only one that
came since this time's first attempt says anything.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog

from intake.ledger import Ledger, OutgoingRow, Proof
from intake.mailbox import MailboxAccess
from intake.model import OutgoingState

log = structlog.get_logger()
_MOST = 20  # looked for in one sweep
_CLOCKS_DIFFER = timedelta(minutes=2)


def settle_by_sent_copies(ledger: Ledger, mailbox: MailboxAccess, folder: str, now: datetime) -> int:
    """Look for each uncertain mail in the folder; how many were found there. Raises MailboxError."""
    uncertain = ledger.queries.outgoing(states=(OutgoingState.UNCERTAIN,), per_page=_MOST).rows
    if not uncertain:
        return 0
    mailbox.select(folder, readonly=True)
    settled = 0
    for mail in uncertain:
        if _has_copy(mailbox, mail):
            settled += ledger.evidence.settle(now, Proof.SENT_COPY, message_id=mail.message_id)
            log.info("sent-copy-found", mail=mail.id)
    return settled


def _has_copy(mailbox: MailboxAccess, mail: OutgoingRow) -> bool:
    copies = (mailbox.look(uid) for uid in mailbox.find_by_message_id(mail.message_id))
    since = mail.first_attempt_at and mail.first_attempt_at - _CLOCKS_DIFFER
    return any(copy is not None and (since is None or copy.internal_date >= since) for copy in copies)
