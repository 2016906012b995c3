"""The headers that every outgoing mail carries, and the fixed Message-ID.

Automatic mail says so in every way that receivers know (RFC 3834, 5; X-Auto-Response-Suppress for Exchange), so
that nothing answers it by itself, but never asks for delivery reports to be suppressed: bounces are needed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from email.utils import format_datetime

from intake.correspondence.mime import Enclosure, address_header, assemble, id_header, text_header, usable_address
from intake.correspondence.occasion import Desk
from intake.correspondence.subject import header_text
from intake.errors import IntakeError
from intake.model import MailKind, Mode, Outcome, OutgoingMail

SUPPRESS = "OOF, AutoReply, RN, NRN"  # never All, DR or NDR (MS-OXCMAIL): those would suppress bounces
_ANSWERS = {MailKind.REPLY, MailKind.ACKNOWLEDGEMENT, MailKind.RECEIPT}
# A mail says what it is sent for: staff may have released what the checks alone left open.
_OUTCOMES = {
    MailKind.REPLY: Outcome.GAPS,
    MailKind.ACKNOWLEDGEMENT: Outcome.COMPLIANT,
    MailKind.FORWARD: Outcome.COMPLIANT,
    MailKind.RECEIPT: Outcome.REVIEW,
}


def derive_message_id(desk: Desk, kind: MailKind, reference: str, version: int, *details: str) -> str:
    """The same mail always gets the same Message-ID, so that a repeated one is recognised as a repeat.

    It is made with the installation's secret: whoever names one in a delivery report has had the mail.
    """
    parts = (reference, str(version), kind.value, *details)
    digest = hmac.new(desk.secret, "\n".join(parts).encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:24]
    label = re.sub(r"[^A-Za-z0-9-]+", "-", reference) or "service"
    return f"<{label}.{version}.{kind.value}.{digest}@{desk.message_id_domain}>"


def labels_of(kind: MailKind, reference: str, version: int) -> list[tuple[str, str]]:
    """The headers that receivers can sort by."""
    outcome = _OUTCOMES.get(kind)
    return [
        ("X-Intake-Reference", reference),
        ("X-Intake-Version", str(version) if version else ""),
        ("X-Intake-Outcome", outcome.value if outcome else ""),
    ]


def build_mail(
    desk: Desk,
    kind: MailKind,
    *,
    to: Sequence[tuple[str, str]],
    subject: str,
    message_id: str,
    now: datetime,
    answers: Iterable[str] = (),
    labels: Sequence[tuple[str, str]] = (),
    words: tuple[str, str],
    enclosures: Sequence[Enclosure] = (),
) -> OutgoingMail:
    """Puts headers, words and files together. `answers` is the thread, oldest first, the answered message last."""
    thread = list(answers)
    line = header_text(f"[TRIAL] {subject}" if desk.mode is Mode.TRIAL else subject)
    if not to:
        raise IntakeError("An email could not be written because it has no recipient.", "Add one in the configuration.")
    headers = [
        address_header("From", [(desk.service_name, desk.service_address)]),
        address_header("To", to),
        address_header("Reply-To", [(desk.service_name, desk.service_address)]),
        text_header("Subject", line),
        ("Date", format_datetime(now)),
        ("Message-ID", message_id),
        id_header("In-Reply-To", thread[-1:]),
        id_header("References", thread),
        ("Auto-Submitted", "auto-replied" if kind in _ANSWERS else "auto-generated"),
        ("X-Auto-Response-Suppress", SUPPRESS),
        ("X-Intake-Marker", f"{kind.value}@{desk.message_id_domain}"),
        *(text_header(name, value) for name, value in labels if value),
        ("Content-Language", "en-GB"),
    ]
    return OutgoingMail(
        kind=kind,
        sender=desk.return_path,
        recipients=tuple(usable_address(address) for _, address in to),
        subject=line,
        message_id=message_id,
        content=assemble(headers, message_id, *words, enclosures),
    )
