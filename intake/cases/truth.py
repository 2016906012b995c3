"""What has in truth been sent of a case, for staff: to the Commissioner and to the CSP, in sentences or in a line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime

from intake.judging.checks import find_check
from intake.ledger import OutgoingRow, SubmissionView
from intake.model import MailKind, OutgoingState, Policy, Status

_UNDER_WAY = frozenset({OutgoingState.SENDING, OutgoingState.DATA_STARTED})
_WAITS = frozenset({OutgoingState.QUEUED, OutgoingState.DEFERRED})
_SAID = {
    MailKind.REPLY: "was asked for what is missing",
    MailKind.ACKNOWLEDGEMENT: "was told that everything is in order",
    MailKind.RECEIPT: "was told that a colleague is looking",
}
# Enhanced status codes by what they come down to (RFC 3463, 3).
_WHY = (
    (re.compile(r"\b5\.1\.\d"), "recipient unknown"),
    (re.compile(r"\b5\.2\.[23]|\b5\.3\.4"), "too large for them"),
    (re.compile(r"\b5\.7\.\d"), "refused by their rules"),
    (re.compile(r"\b[45]\.4\.\d"), "their mail server was not reached"),
)
_LINE = {
    OutgoingState.HELD: "waits for a person’s release",
    OutgoingState.QUEUED: "waits to leave",
    OutgoingState.DEFERRED: "not taken yet; it will be tried again",
    OutgoingState.SENDING: "is being sent",
    OutgoingState.DATA_STARTED: "is being sent",
    OutgoingState.UNCERTAIN: "may have arrived",
}


def in_a_line(view: SubmissionView, shown: Callable[[datetime], str]) -> tuple[str, str]:
    """What went to the Commissioner and what to the CSP, each in a few words; `shown` writes a moment."""
    live = [mail for mail in view.outgoing if mail.state is not OutgoingState.CANCELLED]
    forwards = [mail for mail in live if mail.kind is MailKind.FORWARD]
    answers = [mail for mail in live if mail.kind in _SAID]
    return (
        _line(forwards[-1], "sent", shown) if forwards else "not sent",
        _line(answers[-1], _asked(view, answers[-1]), shown) if answers else "no answer yet",
    )


def _line(mail: OutgoingRow, done: str, shown: Callable[[datetime], str]) -> str:
    if mail.bounced_at is not None:
        return f"came back {shown(mail.bounced_at)}{_why(mail)}"
    if mail.state is OutgoingState.SENT:
        return f"{done} {_when(mail, shown)}"
    if mail.state is OutgoingState.FAILED:
        return f"failed{_why(mail)}"
    return _LINE[mail.state] if mail.kind is MailKind.FORWARD else f"answer {_LINE[mail.state]}"


def _why(mail: OutgoingRow) -> str:
    """What the other side said, in words."""
    said = " ".join(part for row in (mail, *mail.recipients) for part in _details(row) if part)
    why = next((words for pattern, words in _WHY if pattern.search(said)), "")
    code = f"refused with {mail.last_code}" if mail.last_code and not why else why
    return f" ({code})" if code else ""


def _details(row: object) -> tuple[str, ...]:
    return tuple(str(getattr(row, name, "") or "") for name in ("last_detail", "detail"))


def _asked(view: SubmissionView, mail: OutgoingRow) -> str:
    """What an answer said: the checks whose gaps a reply named, as they stood when it was written."""
    if mail.kind is MailKind.ACKNOWLEDGEMENT:
        return "told that all is in order"
    if mail.kind is MailKind.RECEIPT:
        return "told that a colleague is looking"
    then = [row for row in view.judgements if row.judged_at <= mail.created_at and row.findings]
    gaps = [each for each in then[-1].findings if each.status == Status.GAP] if then else []
    named = [find_check(each.check) for each in gaps if each.policy == Policy.REQUIRED]
    titles = [f"“{check.title}”" for check in named if check is not None]
    return f"asked for {' and '.join(titles)}" if titles else "asked for what is missing"


def what_was_sent(mails: Sequence[OutgoingRow], shown: Callable[[datetime], str]) -> tuple[str, str]:
    """One sentence on the Commissioner's office and one on the CSP; `shown` writes a moment."""
    return _to_commissioner(mails, shown), _to_csp(mails, shown)


def _to_commissioner(mails: Sequence[OutgoingRow], shown: Callable[[datetime], str]) -> str:
    forwards = [mail for mail in mails if mail.kind is MailKind.FORWARD and mail.state is not OutgoingState.CANCELLED]
    if not forwards:
        return "Its report has not gone to the Commissioner."
    latest = forwards[-1]
    arrived = [mail for mail in forwards if mail.state is OutgoingState.SENT and mail.bounced_at is None]
    if arrived and arrived[-1] is latest:
        return f"Its report went to the Commissioner on {_when(latest, shown)}."
    before = f" An earlier one went on {_when(arrived[-1], shown)}." if arrived else ""
    return f"{_fate(latest)}{before}"


def _fate(mail: OutgoingRow) -> str:
    if mail.bounced_at is not None:
        return "The forward to the Commissioner came back as undeliverable."
    if mail.state is OutgoingState.UNCERTAIN:
        return "Its report may have reached the Commissioner: the delivery is uncertain."
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
