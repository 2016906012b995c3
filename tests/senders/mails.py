"""Incoming headers as border servers leave them, topmost first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from intake.model import Address, Unpacked
from intake.senders import Sender, SenderRules, doubts

BORDER = "mx1.homeoffice.example"
SERVER = "mx.homeoffice.example"
COUNCIL = "dhr@northmere.gov.uk"
INNER = "inner.homeoffice.example"
BY_POSITION = SenderRules(trusted_domains=("*.gov.uk", "nhs.net"), border_host=BORDER, inner_hosts=(INNER,))
BOTH = replace(BY_POSITION, authserv_id=SERVER)
PINNED = replace(BOTH, border_host="")
RECEIVED_AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


def received(by: str, of: str = "mail.northmere.gov.uk") -> tuple[str, str]:
    return "Received", f"from {of} ({of} [192.0.2.7]) by {by} with ESMTPS id 4XyZ; Mon, 23 Nov 2026 09:00:00 +0000"


def results(text: str, server: str = SERVER) -> tuple[str, str]:
    return "Authentication-Results", f"{server}; {text}" if server else text


def signature(
    domain: str = "northmere.gov.uk", covering: str = "from", more: str = "", at: datetime = RECEIVED_AT
) -> tuple[str, str]:
    """A DKIM signature as it stands in the header; whether it is good is the border's to say."""
    made = f"t={at.timestamp():.0f}; {more}"
    return "DKIM-Signature", f"v=1; a=rsa-sha256; d={domain}; s=one; {made}h={covering}; bh=AA=; b=AA="


def told(sender: Sender) -> tuple[str, ...]:
    """What staff read about a sender."""
    return tuple(doubt.summary for doubt in doubts(sender))


def a_message(
    *headers: tuple[str, str],
    sender: str | None = COUNCIL,
    reply_to: tuple[str, ...] = (),
    authors: int = 1,
) -> Unpacked:
    """A message with these trace headers, whose From line follows them."""
    lines = (("From", f"DHR team <{sender}>"),) * authors
    return Unpacked(
        headers=(*headers, *lines),
        sender=Address(sender) if sender and authors == 1 else None,
        reply_to=tuple(Address(address) for address in reply_to),
    )


def a_proved_message(sender: str = COUNCIL, reply_to: tuple[str, ...] = (), authors: int = 1) -> Unpacked:
    """A message that passed DMARC for its own From domain at our border."""
    domain = sender.rpartition("@")[2]
    return a_message(
        results(f"dmarc=pass header.from={domain}"), received(BORDER), sender=sender, reply_to=reply_to, authors=authors
    )
