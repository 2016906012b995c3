"""An SMTP relay that asks for STARTTLS and a login (password or XOAUTH2) and announces SIZE, for tests without root.

Postfix is the real one; this stands in where its master cannot run or a login is wanted.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import shutil
import ssl
from collections.abc import Collection
from pathlib import Path
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import MISSING, AuthResult, Envelope, LoginPassword, Session

from tests.servers import places
from tests.servers.smtp_sink import ReceivedMail
from tests.servers.tls import Certificate, issue_certificate


class Relay:
    """Keeps the mail it was given in `received`. `tokens` is what it lets in beside its own password.

    `refusals` holds what it answers to an address, as sender or recipient, that it does not take.
    """

    host = "127.0.0.1"
    user = "intake@intake.test"
    password = "secret"

    def __init__(
        self, *, size_limit: int = 31_457_280, starttls: bool = True, login: bool = True, tokens: Collection[str] = ()
    ) -> None:
        self.folder = places.own_folder("relay")
        self.port = places.free_ports(1)[0]
        self.tokens = set(tokens)
        self.received: list[ReceivedMail] = []
        self.refusals: dict[str, str] = {}
        self._certificate: Certificate = issue_certificate(self.folder)
        self.ca_file: Path = self._certificate.ca
        context = None
        if starttls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self._certificate.certificate, self._certificate.key)
        self._controller = Controller(
            self,
            hostname=self.host,
            port=self.port,
            tls_context=context,
            require_starttls=starttls,
            auth_required=login,
            auth_require_tls=starttls,
            authenticator=self._check_password,
            data_size_limit=size_limit,
        )

    def start(self) -> Self:
        self._controller.start()
        return self

    def stop(self) -> None:
        # aiosmtpd stops its loop at once; connections that just ended want a moment to be closed.
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.1), self._controller.loop).result(5)
        self._controller.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- what aiosmtpd calls --------------------------------------------------------------------------------

    async def handle_MAIL(  # noqa: N802 - its name
        self, _server: object, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - its name
        self, _server: object, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        self.received.append(ReceivedMail(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw))
        return "250 2.0.0 Kept"

    async def auth_XOAUTH2(self, server: Any, args: list[str]) -> AuthResult:  # noqa: N802 - its name
        given = args[1] if len(args) > 1 else await server.challenge_auth("", encode_to_b64=False)
        if given is MISSING:
            return AuthResult(success=False, handled=True)
        try:
            text = base64.b64decode(given, validate=True).decode() if isinstance(given, str) else bytes(given).decode()
        except (binascii.Error, UnicodeDecodeError):
            return AuthResult(success=False, handled=False)
        token = text.partition("auth=Bearer ")[2].partition("\x01")[0]
        return AuthResult(success=token in self.tokens, handled=False)

    def _check_password(
        self, _server: object, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        known = LoginPassword(self.user.encode(), self.password.encode())
        return AuthResult(success=data == known, handled=False)
