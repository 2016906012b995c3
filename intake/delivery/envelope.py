"""The envelope: addresses that are safe to write, the delivery-report options, and what a reply may tell."""

from __future__ import annotations

import re

# Narrower than the standard allows, on purpose: no quoting, no routes, nothing that could end a command early.
ADDRESS = re.compile(r"[^\s<>()\[\]\\,;:\"@\x00-\x20\x7f]+@[^\s<>()\[\]\\,;:\"@_\x00-\x20\x7f]+")
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,60}")
LONGEST_ENVELOPE_ID = 100  # RFC 3461, 4.4
LONGEST_TEXT = 300


def usable(address: str) -> bool:
    """May this address be written into a command?"""
    return bool(ADDRESS.fullmatch(address)) and len(address) <= 254


def xtext(text: str) -> str:
    """RFC 3461, 4: what is not plainly printable, and + and =, as +HH."""
    return "".join(
        chr(byte) if 33 <= byte <= 126 and byte not in b"+=" else f"+{byte:02X}" for byte in text.encode("utf-8")
    )


def mail_report_options(envelope_id: str) -> list[str]:
    """Ask that a report carry our id and only the headers of what it speaks of: the mail may be large."""
    written = xtext(envelope_id)
    return ["RET=HDRS", *([f"ENVID={written}"] if written and len(written) <= LONGEST_ENVELOPE_ID else [])]


def recipient_report_options(address: str, *, success: bool) -> list[str]:
    """Ask for a report on failure and delay, and on success when wished."""
    options = ["NOTIFY=FAILURE,DELAY" + (",SUCCESS" if success else "")]
    return [*options, f"ORCPT=rfc822;{xtext(address)}"] if address.isascii() else options


def sender_with_id(sender: str, envelope_id: str) -> str:
    """An envelope sender of this mail's own, so that any bounce names it (VERP); unchanged where that cannot be."""
    local, at, domain = sender.rpartition("@")
    if not local or not SAFE_ID.fullmatch(envelope_id) or len(local) + len(envelope_id) > 63:
        return sender
    return f"{local}+{envelope_id}{at}{domain}"


def sender_without_id(address: str, sender: str) -> str:
    """The id in an address that `sender_with_id()` made of `sender`; "" when it is not one."""
    local, _, domain = sender.lower().rpartition("@")
    found = re.fullmatch(rf"{re.escape(local)}\+([a-z0-9.-]+)@{re.escape(domain)}", address, re.IGNORECASE)
    return found[1] if found else ""


def cleaned(text: str) -> str:
    """A server's words, fit for the ledger and a screen: one line, printable, short."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.split())[:LONGEST_TEXT]
