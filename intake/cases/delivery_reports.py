"""Delivery reports on our own mail: tied to the mail they speak of, and told apart by what they say (RFC 3464)."""

from __future__ import annotations

from datetime import datetime

from intake.ledger import Ledger, Proof
from intake.model import Unpacked

_FAILED = "failed"
_ACCEPTED = frozenset({"delivered", "relayed", "expanded"})


def settle(ledger: Ledger, unpacked: Unpacked, message: int, now: datetime) -> None:
    """Mark what bounced, and settle what a report proves to have arrived; a delay changes nothing.

    `message` is the report's own number in the ledger.
    """
    returned = next((value.strip() for name, value in unpacked.returned_headers if name.lower() == "message-id"), None)
    if (
        not unpacked.delivery_reports and returned
    ):  # an old-fashioned bounce: only the returned mail says what it is about
        ledger.evidence.tie_bounce(now, message_id=returned, message=message)
    for report in unpacked.delivery_reports:
        envelope = report.envelope_id or None
        if report.action == _FAILED:
            ledger.evidence.tie_bounce(
                now,
                message_id=returned,
                envelope_id=envelope,
                recipient=report.recipient or None,
                code=_code(report.status),
                message=message,
            )
        elif report.action in _ACCEPTED:
            ledger.evidence.settle(now, Proof.DSN, message_id=returned, envelope_id=envelope)


def _code(status: str) -> int | None:
    """An enhanced status as one number: 5.1.1 is 511 (RFC 3463)."""
    digits = status.replace(".", "")
    return int(digits) if digits.isdigit() and len(digits) <= 6 else None
