"""One verified, logged-in IMAP connection, and its troubles as MailboxError in plain words.

imap-tools verifies no certificate by default and keeps the capabilities from before the login; both are put right
here, where every connection of the program is made.
"""

from __future__ import annotations

import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Iterator

from imap_tools import BaseMailBox, ImapToolsError, MailBox, MailBoxUnencrypted
from imap_tools.errors import UnexpectedCommandStatusError

from intake.credentials import (
    Credentials,
    TokenRefused,
    network_trouble,
    oauthbearer_string,
    refusal_hint,
    tls_context,
    xoauth2_string,
)
from intake.errors import MailboxError
from intake.settings import MailboxSettings, Secret, is_loopback

BROKEN = (imaplib.IMAP4.abort, OSError, EOFError)
RESPONSE_CODE = re.compile(r"\[([A-Z-]{2,30})[] ]")


class LoginRefused(MailboxError):
    """The server did not accept the name with this password or token."""


def open_connection(settings: MailboxSettings, credentials: Credentials) -> BaseMailBox:
    """Connect and log in. A token that was kept and is refused is fetched anew once.

    Raises MailboxError, and ConfigurationError where the settings or a secret file are at fault.
    """
    if settings.auth == "password":
        return _connected(settings, credentials.password(settings.password_file, "the mailbox's password"))
    token = _token(credentials)
    try:
        return _connected(settings, token)
    except LoginRefused:
        credentials.forget_token(token)
        return _connected(settings, _token(credentials))


def _token(credentials: Credentials) -> Secret:
    try:
        return credentials.access_token()
    except TokenRefused as error:
        raise MailboxError(error.message, error.hint) from error


def _connected(settings: MailboxSettings, secret: Secret) -> BaseMailBox:
    with troubles(settings):
        mailbox = _dialled(settings)
    try:
        with troubles(settings):
            _keep_alive(mailbox.client.sock)
            _log_in(mailbox.client, settings, secret)
            # Most servers offer more once one is logged in: MOVE and UIDPLUS among it.
            mailbox.client._get_capabilities()  # noqa: SLF001 - imaplib has no other way to ask again
    except BaseException:
        hang_up(mailbox)
        raise
    return mailbox


def _dialled(settings: MailboxSettings) -> BaseMailBox:
    host, port, timeout = settings.host, settings.port, settings.timeout_seconds
    if settings.tls == "none":
        if not is_loopback(host):
            raise MailboxError(f"An unencrypted connection to {host} is refused.", "Set tls to implicit or starttls.")
        return MailBoxUnencrypted(host, port, timeout)
    context = tls_context(settings.ca_file)
    if settings.tls == "implicit":
        return MailBox(host, port, timeout, ssl_context=context)
    return StartTlsMailBox(settings, context)


class StartTlsMailBox(BaseMailBox):
    """STARTTLS as a demand: where it is not offered, nothing is sent."""

    def __init__(self, settings: MailboxSettings, context: ssl.SSLContext) -> None:
        self._settings = settings
        self._context = context
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        client = imaplib.IMAP4(self._settings.host, self._settings.port, self._settings.timeout_seconds)
        with contextlib.ExitStack() as undo:
            undo.callback(_shut, client)
            # A greeting of PREAUTH forbids STARTTLS: one way to strip it (RFC 9051, 7.1.4).
            if "STARTTLS" not in client.capabilities or client.state != "NONAUTH":
                raise MailboxError(
                    f"{server(self._settings)} offers no STARTTLS, so nothing was sent to it.",
                    'Use tls = "implicit" (port 993) if the server has it; otherwise somebody may be listening in.',
                )
            client.starttls(self._context)
            undo.pop_all()
        return client


def _log_in(client: imaplib.IMAP4, settings: MailboxSettings, secret: Secret) -> None:
    name = settings.username
    try:
        if settings.auth == "xoauth2":
            # The second challenge carries the error; an empty answer lets the server end with its NO.
            client.authenticate("XOAUTH2", Answering(xoauth2_string(name, secret), b""))
        elif settings.auth == "oauthbearer":
            bearer = oauthbearer_string(name, secret, settings.host, settings.port)
            client.authenticate("OAUTHBEARER", Answering(bearer, b"\x01"))  # RFC 7628, 3.2.3
        elif "AUTH=PLAIN" in client.capabilities:
            client.authenticate("PLAIN", Answering(f"\0{name}\0{secret.reveal()}".encode(), None))
        elif "LOGINDISABLED" in client.capabilities:
            raise MailboxError(f"{server(settings)} takes no passwords.", "Sign in with OAuth2: see [oauth].")
        else:
            client.login(name, secret.reveal())
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, UnicodeError) as error:
        code = RESPONSE_CODE.search(str(error))
        raise LoginRefused(
            f"{server(settings)} refused the login of mailbox {settings.name}{f' ({code[1]})' if code else ''}.",
            refusal_hint(
                str(error), "Check username and the password's file, or [oauth], and that the account may use IMAP."
            ),
        ) from None  # the library's own error may repeat what was sent


class Answering:
    """Answers a server's first challenge with the proof and any later one with `then` (None: give up)."""

    def __init__(self, first: bytes, then: bytes | None) -> None:
        self._answers: list[bytes | None] = [first, then]

    def __call__(self, _challenge: bytes) -> bytes | None:
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]


def _keep_alive(line: socket.socket) -> None:
    """A half-open connection is noticed by the kernel within about two minutes."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, option):
            line.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def hang_up(mailbox: BaseMailBox) -> None:
    """Close the line at once, without a word."""
    _shut(mailbox.client)


def _shut(client: imaplib.IMAP4) -> None:
    with contextlib.suppress(OSError, ValueError):
        client.shutdown()


def server(settings: MailboxSettings) -> str:
    """How messages name it."""
    return f"{settings.host}:{settings.port}"


@contextlib.contextmanager
def troubles(settings: MailboxSettings) -> Iterator[None]:
    """Errors of the libraries and the network come out as MailboxError, without what the server said in full."""
    try:
        yield
    except imaplib.IMAP4.readonly as error:
        raise MailboxError(
            f"A folder of mailbox {settings.name} may only be read.", "Check its permissions."
        ) from error
    except BROKEN as error:
        raise MailboxError(*network_trouble(error, server(settings))) from error
    except UnexpectedCommandStatusError as error:
        raise MailboxError(f"{server(settings)} refused a command{_code(error)}.", "It will be tried again.") from error
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        told = f"{server(settings)} gave an unexpected answer."
        raise MailboxError(told, refusal_hint(str(error), "It will be tried again.")) from error


def _code(error: UnexpectedCommandStatusError) -> str:
    code = RESPONSE_CODE.search(str(error.command_result))
    return f" ({code[1]})" if code else ""
