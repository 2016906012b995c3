"""A session with the relay: connected, verified, logged in; and what the relay offers."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from datetime import datetime

import aiosmtplib

from intake.credentials import (
    Credentials,
    TokenRefused,
    certificate_expiry,
    network_trouble,
    refusal_hint,
    tls_context,
)
from intake.delivery.envelope import cleaned
from intake.errors import RelayError
from intake.settings import RelaySettings, is_loopback

# In order of preference; each is tried at most once, so that a wrong password does not lock the account.
PASSWORD_METHODS = ("plain", "login", "cram-md5")


@dataclass(frozen=True, slots=True)
class RelayFacts:
    """What the relay says of itself. `size_limit` is None where it names none."""

    size_limit: int | None
    dsn: bool
    eight_bit: bool
    utf8: bool
    starttls: bool
    auth: tuple[str, ...]
    banner: str
    certificate_expires: datetime | None
    tls_version: str


@dataclass(slots=True)
class Session:
    """One connection, ready for mail."""

    client: aiosmtplib.SMTP
    facts: RelayFacts
    used_at: float = 0.0
    mails: int = 0

    async def quit(self) -> None:
        """Take leave, if the relay still listens."""
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await self.client.quit(timeout=2)
        self.client.close()

    def abort(self) -> None:
        """Break off: what was not written yet is never written."""
        transport = self.client.transport
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()
        self.client.close()


async def open_session(settings: RelaySettings, credentials: Credentials) -> Session:
    """Connect, verify, log in. Raises RelayError, and ConfigurationError where settings or secrets are at fault."""
    server = f"{settings.host}:{settings.port}"
    if settings.tls == "none" and not is_loopback(settings.host):
        raise RelayError(
            f"An unencrypted connection to {settings.host} is refused.", "Set relay.tls to starttls or implicit."
        )
    client = aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        local_hostname=settings.hostname or None,
        timeout=settings.timeout_seconds,
        use_tls=settings.tls == "implicit",
        start_tls=False,
        tls_context=await asyncio.to_thread(tls_context, settings.ca_file),
    )
    try:
        banner = (await client.connect()).message
        await client.ehlo()
        offered = client.supports_extension("starttls")
        if settings.tls == "starttls":
            await _start_tls(client, server, offered=offered)
        await _log_in(client, settings, credentials, server)
        return Session(client, _facts(client, banner, starttls=offered))
    except aiosmtplib.SMTPResponseException as error:
        client.close()
        told = cleaned(error.message)
        raise RelayError(
            f"{server} is not ready to take mail: {error.code} {told}", "It will be tried again."
        ) from error
    except (aiosmtplib.SMTPException, OSError) as error:
        client.close()
        raise RelayError(*network_trouble(error, server)) from error
    except BaseException:
        client.close()
        raise


async def _start_tls(client: aiosmtplib.SMTP, server: str, *, offered: bool) -> None:
    if not offered:
        raise RelayError(
            f"{server} offers no STARTTLS, so nothing was sent to it.",
            'Use tls = "implicit" (port 465) if the relay has it; otherwise somebody may be listening in.',
        )
    await client.starttls()
    await client.ehlo()  # RFC 3207, 4.2: what was said before does not count


async def _log_in(client: aiosmtplib.SMTP, settings: RelaySettings, credentials: Credentials, server: str) -> None:
    if settings.auth == "none":
        return
    methods = ("xoauth2",) if settings.auth == "xoauth2" else PASSWORD_METHODS
    method = next((each for each in methods if each in client.server_auth_methods), None)
    if method is None:
        raise RelayError(f"{server} offers no login by {settings.auth}.", "Check relay.auth, and that tls is not none.")
    try:
        if method == "xoauth2":
            await _log_in_with_token(client, settings.username, credentials)
            return
        password = credentials.password(settings.password_file, "the relay's password").reveal()
        if method == "plain":
            await client.auth_plain(settings.username, password)
        elif method == "login":
            await client.auth_login(settings.username, password)
        else:
            await client.auth_crammd5(settings.username, password)
    except aiosmtplib.SMTPAuthenticationError as error:
        raise RelayError(
            f"{server} refused our login ({error.code}).",
            refusal_hint(
                error.message,
                "Check relay.username and its password's file, or [oauth], and that the account may send by SMTP.",
            ),
        ) from None  # the library's own error may repeat what was sent


async def _log_in_with_token(client: aiosmtplib.SMTP, username: str, credentials: Credentials) -> None:
    for last in (False, True):
        try:
            token = await credentials.access_token_async()
        except TokenRefused as error:
            raise RelayError(error.message, error.hint) from error
        try:
            await client.auth_xoauth2(username, token.reveal())
        except aiosmtplib.SMTPAuthenticationError:
            credentials.forget_token(token)
            if last or not client.is_connected:
                raise
        else:
            return


def _facts(client: aiosmtplib.SMTP, banner: str, *, starttls: bool) -> RelayFacts:
    announced = client.esmtp_extensions.get("size", "").strip()
    limit = int(announced) if announced.isascii() and announced.isdigit() else 0
    tls = client.get_transport_info("ssl_object")
    return RelayFacts(
        size_limit=limit or None,  # RFC 1870, 4: zero means that there is none
        dsn=client.supports_extension("dsn"),
        eight_bit=client.supports_extension("8bitmime"),
        utf8=client.supports_extension("smtputf8"),
        starttls=starttls,
        auth=tuple(sorted(set(client.server_auth_methods))),
        banner=cleaned(banner),
        certificate_expires=certificate_expiry(client.get_transport_info("peercert")),
        tls_version=(tls.version() or "") if tls is not None else "",
    )
