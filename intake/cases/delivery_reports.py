"""Delivery reports on our own mail: tied to the mail they speak of, and told apart by what they say (RFC 3464).

A report is believed for the names it holds: Message-IDs and envelope ids are made with the installation's secret, so
that only who had the mail can name it. One that names none of ours moves nothing; staff hear of it once a day.
"""

from __future__ import annotations

import re
from datetime import datetime

from intake.correspondence import NoticeKind
from intake.ledger import Ledger, NewNotice, Proof
from intake.model import Unpacked

_FAILED = "failed"
_COPIED = re.compile(r"^[> \t]*Message-ID:[ \t]*(<[^<>\s]{3,300}>)", re.IGNORECASE | re.MULTILINE)
_MOST_TEXT = 100_000
_MOST_NAMES = 20
_ACCEPTED = frozenset({"delivered", "relayed", "expanded"})


def settle(ledger: Ledger, unpacked: Unpacked, message: int, now: datetime) -> None:
    """Mark what bounced, and settle what a report proves to have arrived; a delay changes nothing.

    `message` is the report's own number in the ledger.
    """
    names = _returned(unpacked)
    envelopes = {report.envelope_id or None for report in unpacked.delivery_reports} or {None}
    known = [each for each in names if ledger.evidence.knows(message_id=each)]
    if not known and not any(ledger.evidence.knows(envelope_id=each) for each in envelopes):
        _tell_of_stray(ledger, message, now)
        return
    returned = known[0] if known else None
    if not unpacked.delivery_reports and returned:
        # An old-fashioned bounce: only the returned mail says what it is about.
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


def _returned(unpacked: Unpacked) -> list[str]:
    """The Message-IDs of the mail that came back: of its header, or of the copy that some servers write as text."""
    named = [value.strip() for name, value in unpacked.returned_headers if name.lower() == "message-id"]
    copied = [] if named else _COPIED.findall(f"{unpacked.body.latest}\n{unpacked.body.quoted}"[:_MOST_TEXT])
    return list(dict.fromkeys([*named, *copied]))[:_MOST_NAMES]


def _tell_of_stray(ledger: Ledger, message: int, now: datetime) -> None:
    """Forged senders bring such reports by the hundred: the first of a day is told."""
    key = f"{NoticeKind.STRAY_REPORT}:{now:%Y-%m-%d}"
    reason = f"It is message {message}: intake show {message}"
    ledger.notices.add(NewNotice(kind=NoticeKind.STRAY_REPORT, key=key, message=message, reasons=(reason,)), now)


def _code(status: str) -> int | None:
    """An enhanced status as one number: 5.1.1 is 511 (RFC 3463)."""
    digits = status.replace(".", "")
    return int(digits) if digits.isdigit() and len(digits) <= 6 else None
