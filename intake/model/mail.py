"""What leaves, and how far the service sends it by itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mode(StrEnum):
    """How far the service acts by itself."""

    TRIAL = "trial"  # mail goes only to an allow-list
    SUPERVISED = "supervised"  # every outgoing mail waits for a person's release
    AUTOMATIC = "automatic"


class MailKind(StrEnum):
    """What an outgoing mail is for."""

    REPLY = "reply"  # to the CSP: gaps
    ACKNOWLEDGEMENT = "acknowledgement"  # to the CSP: compliant, forwarded
    RECEIPT = "receipt"  # to the CSP: "we have it, a colleague is looking"
    FORWARD = "forward"  # to the Commissioner
    NOTICE = "notice"  # to staff


class OutgoingState(StrEnum):
    """Where an outgoing mail stands in the outbox."""

    HELD = "held"  # waits for a person's release
    QUEUED = "queued"
    SENDING = "sending"  # claimed under a lease
    DATA_STARTED = "data-started"  # committed before DATA: from here a crash means *uncertain*
    SENT = "sent"
    DEFERRED = "deferred"  # refused for now (4xx, no connection): tried again later
    FAILED = "failed"
    UNCERTAIN = "uncertain"  # may have been accepted: never blindly resent
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """One mail, ready to send: `content` is the whole RFC 5322 message, fixed from here on."""

    kind: MailKind
    sender: str  # envelope sender; "" is the null sender
    recipients: tuple[str, ...]
    subject: str
    message_id: str
    content: bytes
