"""The demo's mail servers: an IMAP mailbox (pymap) and an SMTP server (aiosmtpd), on loopback only.

Mail for the service goes into its mailbox, with the result of the sender checks that a real border server would
add; every other mail is "delivered" by writing it into a folder, where it can be read.
"""

from __future__ import annotations

import imaplib
import logging
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from intake.errors import IntakeError

HOST = "127.0.0.1"
USER, PASSWORD = "intake", "demo-only"
SERVICE = "dhr-enquiries@demo.example"
COMMISSIONER = "dhr@commissioner.demo.example"
STAFF = "enquiries-team@demo.example"
BORDER = "mx.demo.example"
_START_SECONDS = 20.0
_LARGEST = 60_000_000


@dataclass(frozen=True, slots=True)
class Delivered:
    """One mail that left: the envelope's recipients and the message."""

    recipients: tuple[str, ...]
    subject: str
    headers: dict[str, str]
    path: Path


class PostOffice:
    """Both servers, as a context manager. `delivered` are the mails that left, in order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._imap: subprocess.Popen[bytes] | None = None
        self._smtp: Controller | None = None
        self.imap_port = 0
        self.smtp_port = 0
        self.delivered: list[Delivered] = []

    def __enter__(self) -> Self:
        (self._folder / "delivered").mkdir(parents=True)
        self.imap_port = free_port()
        with (self._folder / "imap-server.log").open("wb") as log:
            self._imap = subprocess.Popen(
                [
                    *(sys.executable, "-c", "from pymap.main import main; main()"),
                    *("--host", HOST, "--port", str(self.imap_port), "--no-tls", "--no-service", "admin"),
                    *("dict", "--demo-user", USER, "--demo-password", PASSWORD),
                ],
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,
            )
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # aiosmtpd's
        self._smtp = Controller(_Counter(self), hostname=HOST, port=0, data_size_limit=_LARGEST)
        self.smtp_port = free_port()
        self._smtp.port = self.smtp_port
        self._smtp.start()
        self._wait_for_imap()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp is not None:
            self._smtp.stop()
        if self._imap is not None:
            self._imap.terminate()
            try:
                self._imap.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._imap.kill()
                self._imap.wait()

    def post(self, raw: bytes) -> None:
        """Put a message into the service's mailbox, as its border server would."""
        stamped = f"Authentication-Results: {BORDER}; dmarc=pass header.from={_from_domain(raw)}\r\n".encode() + raw
        client = imaplib.IMAP4(HOST, self.imap_port)
        try:
            client.login(USER, PASSWORD)
            status, answer = client.append("INBOX", "", imaplib.Time2Internaldate(time.time()), stamped)
            if status != "OK":
                raise IntakeError(f"The demo's mailbox refused a message: {answer!r}.")
        finally:
            with suppress(OSError, imaplib.IMAP4.error):
                client.logout()

    def keep(self, recipients: tuple[str, ...], raw: bytes) -> None:
        """Write a mail that left into the folder."""
        parsed = BytesHeaderParser(policy=default).parsebytes(raw)
        path = self._folder / "delivered" / f"{len(self.delivered) + 1:02d}-to-{recipients[0].replace('/', '_')}.eml"
        path.write_bytes(raw)
        headers = {name.lower(): str(value) for name, value in parsed.items()}
        self.delivered.append(Delivered(recipients, headers.get("subject", ""), headers, path))

    def _wait_for_imap(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection((HOST, self.imap_port), timeout=1):
                return
            if self._imap is not None and self._imap.poll() is not None:
                break
            time.sleep(0.05)
        raise IntakeError("The demo's IMAP server did not start.", f"See {self._folder / 'imap-server.log'}.")


class _Counter:
    """Takes mail over SMTP: into the service's mailbox, or out into the folder."""

    def __init__(self, office: PostOffice) -> None:
        self._office = office

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802, ARG002 - aiosmtpd's form
        content = envelope.original_content or b""
        outside = tuple(address for address in envelope.rcpt_tos if address.lower() != SERVICE)
        loop: Any = server.loop
        if len(outside) < len(envelope.rcpt_tos):
            await loop.run_in_executor(None, self._office.post, content)
        if outside:
            await loop.run_in_executor(None, self._office.keep, outside, content)
        return "250 Message accepted"


def _from_domain(raw: bytes) -> str:
    message = BytesHeaderParser(policy=default, _class=EmailMessage).parsebytes(raw[:65536])
    header = message["From"]
    addresses = getattr(header, "addresses", ())
    return addresses[0].domain if addresses else "unknown.invalid"


def free_port() -> int:
    """A port on loopback that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
