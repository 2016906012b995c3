"""Whom the relay takes mail from and for: tried up to the point where the mail itself would follow, then taken back."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import aiosmtplib

from intake.credentials import Credentials, network_trouble
from intake.delivery.envelope import cleaned
from intake.delivery.session import Session, open_session
from intake.doctor.check import Result, Surroundings, failure, not_checked, ok, warning
from intake.errors import RelayError
from intake.settings import Settings

# A login is wanted before mail is taken (RFC 4954, 6); some relays say so in words alone.
_LOGIN_CODES = frozenset({530, 538})
_LOGIN_WORDS = ("authentication required", "must authenticate", "authenticate first", "not authenticated", "smtp auth")
_RELAYING_WORDS = ("relay", "5.7.54")
_FOR_GOOD = 500


@dataclass(frozen=True, slots=True)
class Party:
    """An address, and what it is to us."""

    role: str
    address: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """What the relay said to it."""

    party: Party
    code: int
    text: str
    sending: bool  # it is the sender's address that was refused

    @property
    def for_good(self) -> bool:
        return self.code >= _FOR_GOOD


def parties(settings: Settings) -> tuple[Party, tuple[Party, ...]]:
    """Who sends, and who gets mail beside the CSPs."""
    staff = tuple(Party("staff", address) for address in settings.recipients.staff)
    return Party("sender", settings.envelope_sender), (Party("Commissioner", settings.recipients.commissioner), *staff)


async def offer(
    settings: Settings, credentials: Credentials, sender: Party, recipients: Sequence[Party]
) -> tuple[Refusal, ...]:
    """MAIL, RCPT for each, then RSET: nothing is sent. Raises RelayError, ConfigurationError."""
    session = await open_session(settings.relay, credentials)
    try:
        refused = await _offered(session, sender, recipients)
        await session.client.rset()
    except (aiosmtplib.SMTPException, OSError) as error:
        raise RelayError(*network_trouble(error, f"{settings.relay.host}:{settings.relay.port}")) from error
    finally:
        await session.quit()
    return refused


async def _offered(session: Session, sender: Party, recipients: Sequence[Party]) -> tuple[Refusal, ...]:
    try:
        await session.client.mail(sender.address)
    except aiosmtplib.SMTPSenderRefused as error:
        return (Refusal(sender, error.code, cleaned(error.message), sending=True),)
    refused = []
    for party in recipients:
        try:
            await session.client.rcpt(party.address)
        except aiosmtplib.SMTPRecipientRefused as error:
            refused.append(Refusal(party, error.code, cleaned(error.message), sending=False))
    return tuple(refused)


def told(refusal: Refusal, *, logged_in: bool) -> tuple[str, str]:
    """What was refused, and what to do about it."""
    said = f"{refusal.code} {refusal.text}".strip()
    words = refusal.text.lower()
    party = refusal.party
    if refusal.code in _LOGIN_CODES or (not logged_in and any(each in words for each in _LOGIN_WORDS)):
        return f"The relay needs a login before it takes mail: {said}", "Set relay.auth, with username and password."
    if refusal.sending:
        message = f"The relay takes no mail from {party.address}: {said}"
        hint = "Have it allow this sender for the account we log in with, or set relay.envelope_sender."
    else:
        message = f"The relay takes no mail for the {party.role}’s address {party.address}: {said}"
        hint = f"Check the address in [recipients] {party.role.lower()}."
        if any(each in words for each in _RELAYING_WORDS):
            hint = "Have it relay mail of this machine or account to other domains."
    if not refusal.for_good:
        hint = "It said so only for now: try again in a few minutes. Mail is tried again automatically."
    return message, hint


def check_envelope(around: Surroundings) -> Iterator[Result]:
    """Offer the relay our sender, the Commissioner and staff, and take it back."""
    settings = around.settings
    if settings.by_graph:
        yield not_checked("Microsoft Graph says whom it takes mail for only when an email is sent.")
        return
    sender, recipients = parties(settings)
    refused = asyncio.run(offer(settings, around.credentials, sender, recipients))
    for refusal in refused:
        message, hint = told(refusal, logged_in=settings.relay.auth != "none")
        yield failure(message, hint) if refusal.for_good else warning(message, hint)
    if not refused:
        yield ok(
            f"It takes mail from {sender.address} for the Commissioner and "
            f"{len(recipients) - 1} address{'es' if len(recipients) != 2 else ''} of staff (tried without sending any)."
        )
