"""What has in truth been sent of a case, in sentences for staff: to the Commissioner and to the CSP."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from intake.ledger import OutgoingRow
from intake.model import MailKind, OutgoingState

_UNDER_WAY = frozenset({OutgoingState.SENDING, OutgoingState.DATA_STARTED})
_WAITS = frozenset({OutgoingState.QUEUED, OutgoingState.DEFERRED})
_SAID = {
    MailKind.REPLY: "was asked for what is missing",
    MailKind.ACKNOWLEDGEMENT: "was told that everything is in order",
    MailKind.RECEIPT: "was told that a colleague is looking",
}


def what_was_sent(mails: Sequence[OutgoingRow], shown: Callable[[datetime], str]) -> tuple[str, str]:
    """One sentence on the Commissioner's office and one on the CSP; `shown` writes a moment."""
    return _to_commissioner(mails, shown), _to_csp(mails, shown)


def _to_commissioner(mails: Sequence[OutgoingRow], shown: Callable[[datetime], str]) -> str:
    forwards = [mail for mail in mails if mail.kind is MailKind.FORWARD and mail.state is not OutgoingState.CANCELLED]
    if not forwards:
        return "No report of it has gone to the Commissioner."
    latest = forwards[-1]
    arrived = [mail for mail in forwards if mail.state is OutgoingState.SENT and mail.bounced_at is None]
    if arrived and arrived[-1] is latest:
        return f"A report of it went to the Commissioner on {_when(latest, shown)}."
    before = f" An earlier one went on {_when(arrived[-1], shown)}." if arrived else ""
    return f"{_fate(latest)}{before}"


def _fate(mail: OutgoingRow) -> str:
    if mail.bounced_at is not None:
        return "The forward to the Commissioner came back as undeliverable."
    if mail.state is OutgoingState.UNCERTAIN:
        return "A report of it may have reached the Commissioner: the delivery is uncertain."
    if mail.state is OutgoingState.FAILED:
        return "The forward to the Commissioner could not be delivered."
    if mail.state is OutgoingState.HELD:
        return "The forward to the Commissioner waits for a person’s release."
    return "The forward to the Commissioner is on its way."


def _to_csp(mails: Sequence[OutgoingRow], shown: Callable[[datetime], str]) -> str:
    answers = [mail for mail in mails if mail.kind in _SAID and mail.state is not OutgoingState.CANCELLED]
    if not answers:
        return "The CSP has had no answer."
    latest = answers[-1]
    if latest.state is OutgoingState.SENT and latest.bounced_at is None:
        return f"The CSP {_SAID[latest.kind]} on {_when(latest, shown)}."
    if latest.state is OutgoingState.HELD:
        return "An answer to the CSP waits for a person’s release."
    if latest.state in _WAITS | _UNDER_WAY:
        return "An answer to the CSP is on its way."
    return "An answer to the CSP may not have arrived."


def _when(mail: OutgoingRow, shown: Callable[[datetime], str]) -> str:
    return shown(mail.settled_at) if mail.settled_at else "an unknown day"
