"""A whole service between a real mailbox and a real relay, one pass at a time, and short ways to look at it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from intake.credentials import Credentials
from intake.ledger import Balance, Ledger, MessageRow, OutgoingRow
from intake.model import MailKind, OutgoingState
from intake.sandbox.sandbox import Sandbox
from intake.service.service import Crew, Service, Threads, utc_now
from intake.settings import Settings, parse_settings
from intake.wiring.archive import Archive, open_archive
from intake.wiring.office import Office, build_office
from intake.wiring.service import build_crew
from tests.builders import NORTHMERE, Review, a_message, a_report
from tests.empty_ledger import put_empty_ledger
from tests.servers.dovecot import MailUser
from tests.servers.smtp_sink import ReceivedMail, SmtpSink

SERVICE = "dhr@intake.example"
COMMISSIONER = "dhr@commissioner.example"
STAFF = "team@intake.example"
BORDER = "mx.intake.example"

_SETTINGS = """
mode = "{mode}"
[service]
address = "{service}"
[[mailboxes]]
host = "127.0.0.1"
port = {imap_port}
tls = "none"
username = "{user}"
password_file = "password"
timeout_seconds = 10
folders = {folders}
sent_folder = "{sent_folder}"
[relay]
host = "127.0.0.1"
port = {smtp_port}
tls = "none"
auth = "none"
timeout_seconds = {relay_timeout}
[recipients]
commissioner = "{commissioner}"
staff = ["{staff}"]
[timing]
settle_seconds = {settle}
stop_seconds = 5
[limits]
{limits}
[storage]
folder = "data"
{storage}
[senders]
trusted_domains = ["*.gov.example"]
authserv_id = "{border}"
[trial]
allow = {allow}
[logging]
format = "text"
{more}
"""


def settings_of(folder: Path, imap_port: int, smtp_port: int, user: str, password: str, **changes: Any) -> Settings:
    """Settings that name these servers, whose files lie in `folder`, where there is an empty data folder."""
    secret = folder / "password"
    secret.touch(mode=0o600)
    secret.write_text(password, encoding="utf-8")
    values = {
        "mode": "automatic",
        "service": SERVICE,
        "commissioner": COMMISSIONER,
        "staff": STAFF,
        "border": BORDER,
        "settle": 0,
        "allow": "[]",
        "limits": "replies_per_hour = 1000",
        "folders": '["INBOX"]',
        "sent_folder": "",
        "relay_timeout": 10,
        "more": "",
        "storage": "",
    }
    text = _SETTINGS.format(imap_port=imap_port, smtp_port=smtp_port, user=user, **(values | changes))
    (folder / "intake.toml").write_text(text, encoding="utf-8")
    (folder / "data").mkdir(mode=0o700, exist_ok=True)  # which root, as tests may be, would not make
    return _read(text, folder)


@lru_cache(maxsize=64)  # a test asks for the same many times
def _read(text: str, folder: Path) -> Settings:
    return parse_settings(text, "intake.toml", folder)


def stamped(raw: bytes, border: str = BORDER, result: str = "pass") -> bytes:
    """A message as the border server hands it on: with the result of its sender checks."""
    domain = raw.split(b"From:", 1)[1].split(b"\n", 1)[0].rpartition(b"@")[2].strip(b"> \r\n").decode()
    return f"Authentication-Results: {border}; dmarc={result} header.from={domain}\r\n".encode() + raw


def covering(review: Review, weblink: str | None = None) -> str:
    link = review.weblink if weblink is None else weblink
    place = f" The report will be published at:\n\n{link}" if link else ""
    return (
        f"Dear colleague,\n\nPlease find attached the final version of the {review.kind} report ({review.name}) on "
        f"behalf of {review.csp}, revised in the light of the Quality Assurance Panel's feedback letter.{place}"
    )


def submission(number: int = 1, review: Review = NORTHMERE, *, weblink: str | None = None, **changes: Any) -> bytes:
    """A small final submission; compliant unless something is left out (`report=`, `weblink=""`)."""
    usual: dict[str, Any] = {
        "subject": f"Final {review.reference} - {review.csp}",
        "body": covering(review, weblink),
        "review": review,
        "number": number,
    }
    report = changes.pop("report", None) or a_report(review=review, pages=8)
    return stamped(a_message(report=report, **(usual | changes)))


def named(name: str, review: Review = NORTHMERE) -> Review:
    """Another review of the same partnership."""
    return replace(review, name=name)


def enquiry(number: int = 50) -> bytes:
    body = "Dear team,\n\nCould you tell me when our report is likely to be considered by the Panel?\n\nMany thanks"
    return stamped(a_message(subject="When will our report be considered?", body=body, number=number))


@dataclass
class World:
    """One mailbox, one relay, one data folder; the service comes and goes."""

    folder: Path
    user: MailUser
    relay: SmtpSink
    sandbox: Sandbox
    changes: dict[str, Any] = field(default_factory=dict)
    clock: Callable[[], datetime] = utc_now

    @property
    def settings(self) -> Settings:
        usual: dict[str, Any] = {
            "imap_port": self.user.imap_port,
            "smtp_port": self.relay.port,
            "password": self.user.password,
        }
        return settings_of(self.folder, user=self.user.user, **(usual | self.changes))

    @contextmanager
    def office(self) -> Iterator[Office]:
        with self.archive() as archive:
            yield build_office(self.settings, archive, self.sandbox)

    @contextmanager
    def archive(self) -> Iterator[Archive]:
        put_empty_ledger(self.settings.storage.ledger_url)
        with open_archive(self.settings, migrate=True) as archive:
            yield archive

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        with self.archive() as archive:
            yield archive.ledger

    def run(self, passes: int = 1, since: datetime | None = None, change: Callable[[Crew], Crew] | None = None) -> None:
        """The service starts, makes so many passes, and ends."""
        with self.office() as office:
            for _ in range(passes):
                threads = Threads()
                crew = build_crew(self.settings, office, threads, Credentials(self.settings), self.clock)
                service = Service(change(crew) if change else crew, threads, 5, since)
                try:
                    asyncio.run(service.once())
                finally:
                    threads.close()

    def start(self) -> None:
        """The first start, which looks at nothing that is there."""
        self.run()

    def post(self, raw: bytes, folder: str = "INBOX", **options: Any) -> int:
        return self.user.append(raw, folder, **options)

    # --- looking ---------------------------------------------------------------------------------------------

    def messages(self) -> list[MessageRow]:
        with self.ledger() as ledger:
            return sorted(ledger.queries.messages(per_page=500).rows, key=lambda row: row.id)

    def states(self) -> list[str]:
        return [str(row.state) for row in self.messages()]

    def outgoing(self, *kinds: MailKind) -> list[OutgoingRow]:
        with self.ledger() as ledger:
            rows = sorted(ledger.queries.outgoing(per_page=500).rows, key=lambda row: row.id)
        return [row for row in rows if not kinds or row.kind in kinds]

    def states_of(self, kind: MailKind) -> list[OutgoingState]:
        return [row.state for row in self.outgoing(kind)]

    def sent(self, recipient: str | None = None) -> list[ReceivedMail]:
        mails = self.relay.messages()
        return [mail for mail in mails if recipient is None or recipient in mail.recipients]

    def balance(self, folder: str = "INBOX") -> Balance:
        with self.ledger() as ledger:
            return ledger.arrivals.balance("main", folder, self.clock())

    def sound(self) -> bool:
        with self.ledger() as ledger:
            return ledger.events.verify().sound

    def where(self, raw: bytes) -> list[str]:
        """The folders that hold exactly these bytes."""
        wanted = hashlib.sha256(crlf(raw)).hexdigest()
        return [
            name.replace(".", "/")
            for name in self.user.folders()
            if any(hashlib.sha256(crlf(mail.raw)).hexdigest() == wanted for mail in self.user.messages(name))
        ]


def crlf(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
