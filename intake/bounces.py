"""Delivery reports on our own mail: tied to the mail they speak of, and told apart by what they say (RFC 3464)."""

from __future__ import annotations

from datetime import datetime

from intake.ledger import Ledger
from intake.model import Unpacked

_FAILED = "failed"
_ACCEPTED = frozenset({"delivered", "relayed", "expanded"})


def settle(ledger: Ledger, unpacked: Unpacked, now: datetime) -> None:
    """Mark what bounced, and settle what a report proves to have arrived; a delay changes nothing."""
    message_id = next((value.strip() for name, value in unpacked.returned_headers if name.lower() == "message-id"), None)
    reports = unpacked.delivery_reports
    if not reports and message_id:  # an old-fashioned bounce: only the returned mail says what it is about
        ledger.evidence.tie_bounce(now, message_id=message_id)
    for report in reports:
        ours = {"message_id": message_id, "envelope_id": report.envelope_id or None}
        if report.action == _FAILED:
            ledger.evidence.tie_bounce(now, recipient=report.recipient, code=report.status, **ours)
        elif report.action in _ACCEPTED:
            ledger.evidence.settle(now, by="dsn", **ours)
