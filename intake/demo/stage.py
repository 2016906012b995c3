"""The demo's run: both servers, the service as its own process, one message after another, and what came of each."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path

from intake.demo.post_office import BORDER, COMMISSIONER, HOST, PASSWORD, SERVICE, STAFF, USER, PostOffice
from intake.demo.samples import DemoCase
from intake.errors import ConfigurationError, IntakeError, StorageError
from intake.ledger import FindingRow, JudgementRow, Ledger, MessageRow, OutgoingRow
from intake.model import MailKind, MessageState, OutgoingState, Policy, Status

_START_SECONDS = 60.0
_CASE_SECONDS = 180.0
_POLL_SECONDS = 0.15
_STOP_SECONDS = 15.0
_SETTLED = frozenset(
    {OutgoingState.SENT, OutgoingState.FAILED, OutgoingState.UNCERTAIN, OutgoingState.CANCELLED, OutgoingState.HELD}
)

_SETTINGS = """# The demo's own settings: servers on this machine only, nothing leaves it.
mode = "automatic"

[service]
address = "{service}"
name = "DHR enquiries (demo)"

[[mailboxes]]
host = "{host}"
port = {imap_port}
tls = "none"
username = "{user}"
password_file = "mailbox-password"
sweep_seconds = 5

[relay]
host = "{host}"
port = {smtp_port}
tls = "none"
auth = "none"

[recipients]
commissioner = "{commissioner}"
staff = ["{staff}"]

[timing]
settle_seconds = 0

[limits]
# All demo mail comes within a minute: the caps that stop a flood would stop the show.
replies_per_hour = 1000

[storage]
folder = "data"

[senders]
trusted_domains = ["*.gov.example"]
authserv_id = "{border}"

[logging]
format = "text"
"""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one message."""

    message: MessageRow
    judgement: JudgementRow | None
    mails: tuple[OutgoingRow, ...]

    @property
    def sent(self) -> frozenset[MailKind]:
        """The kinds of mail that left because of it."""
        return frozenset(
            mail.kind for mail in self.mails if mail.state is OutgoingState.SENT and mail.kind is not MailKind.NOTICE
        )

    def gaps(self) -> list[FindingRow]:
        """The required gaps that were found."""
        found = self.judgement.findings if self.judgement else ()
        return [finding for finding in found if finding.status == Status.GAP and finding.policy == Policy.REQUIRED]


class Stage:
    """A running demo. `play` posts a message and waits for what comes of it."""

    def __init__(self, folder: Path, office: PostOffice, ledger: Ledger, service: subprocess.Popen[bytes]) -> None:
        self.folder = folder
        self.office = office
        self.ledger = ledger
        self._service = service

    def play(self, case: DemoCase) -> Result:
        """Post one sample message and wait until it is judged and its mail has left."""
        raw = case.raw
        self.office.post(raw)
        wanted = str(BytesHeaderParser(policy=default).parsebytes(raw[:65536])["Message-ID"]).strip()
        return self.wait_for(wanted)

    def wait_for(self, message_id: str, seconds: float = _CASE_SECONDS) -> Result:
        """What became of the message with this Message-ID. Raises IntakeError when nothing does in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.require_running()
            row = next((m for m in self.ledger.queries.messages().rows if m.message_id == message_id), None)
            if row is not None and row.state is not MessageState.ARRIVED:
                result = self.result(row)
                if all(mail.state in _SETTLED for mail in result.mails):
                    return result
            time.sleep(_POLL_SECONDS)
        raise IntakeError("A sample message was not dealt with in time.", f"See {self.folder / 'service.log'}.")

    def result(self, row: MessageRow) -> Result:
        """What the ledger says of one message and the mail that it led to."""
        view = self.ledger.queries.message(row.id)
        judgement = view.judgements[-1] if view.judgements else None
        mails: tuple[OutgoingRow, ...] = ()
        if row.reference is not None:
            mails = tuple(m for m in self.ledger.queries.submission(row.reference).outgoing if m.answers == row.id)
        return Result(row, judgement, mails)

    def require_running(self) -> None:
        """Raise IntakeError when the service has ended."""
        if self._service.poll() is not None:
            raise IntakeError("The service ended by itself.", f"See {self.folder / 'service.log'}.")


@contextmanager
def set_the_stage(folder: Path) -> Iterator[Stage]:
    """Start the servers and the service; stop them, by their own process ids, whatever happens."""
    with PostOffice(folder) as office:
        settings = _SETTINGS.format(
            service=SERVICE, host=HOST, user=USER, border=BORDER, commissioner=COMMISSIONER, staff=STAFF,
            imap_port=office.imap_port, smtp_port=office.smtp_port,
        )  # fmt: skip
        (folder / "intake.toml").write_text(settings, encoding="utf-8")
        secret = folder / "mailbox-password"
        secret.touch(mode=0o600)
        secret.write_text(PASSWORD, encoding="utf-8")
        (folder / "data").mkdir(mode=0o700)
        with (folder / "service.log").open("wb") as log:
            service = subprocess.Popen(
                [sys.executable, "-m", "intake", "run", "--config", str(folder / "intake.toml")],
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for us: we stop it
            )
        try:
            with _opened(folder, service) as ledger:
                yield Stage(folder, office, ledger, service)
        finally:
            service.terminate()
            try:
                service.wait(timeout=_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                service.kill()
                service.wait()


def _opened(folder: Path, service: subprocess.Popen[bytes]) -> Ledger:
    """The service's ledger, once the service watches its mailbox."""
    url = f"sqlite:///{folder / 'data' / 'ledger.sqlite'}"
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and service.poll() is None:
        if (folder / "data" / "ledger.sqlite").exists():
            try:
                ledger = Ledger.open(url, migrate=False)
            except (ConfigurationError, StorageError):  # its tables are just being made
                ledger = None
            if ledger is not None:
                if ledger.arrivals.position("main", "INBOX") is not None:
                    return ledger
                ledger.close()
        time.sleep(_POLL_SECONDS)
    raise IntakeError("The service did not start.", f"See {folder / 'service.log'}.")
