"""Incoming headers as border servers leave them, topmost first."""

from __future__ import annotations

from intake.model import Address, Unpacked
from intake.senders import SenderRules

BORDER = "mx1.homeoffice.example"
SERVER = "mx.homeoffice.example"
COUNCIL = "dhr@northmere.gov.uk"
PINNED = SenderRules(trusted_domains=("*.gov.uk", "nhs.net"), authserv_id=SERVER)
BY_POSITION = SenderRules(trusted_domains=("*.gov.uk", "nhs.net"), border_host=BORDER)
BOTH = SenderRules(trusted_domains=("*.gov.uk", "nhs.net"), authserv_id=SERVER, border_host=BORDER)


def received(by: str, of: str = "mail.northmere.gov.uk") -> tuple[str, str]:
    return "Received", f"from {of} ({of} [192.0.2.7]) by {by} with ESMTPS id 4XyZ; Mon, 23 Nov 2026 09:00:00 +0000"


def results(text: str, server: str = SERVER) -> tuple[str, str]:
    return "Authentication-Results", f"{server}; {text}" if server else text


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
