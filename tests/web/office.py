"""An office of the tests' own: a real ledger with a few judged messages, and the pages over it."""

from __future__ import annotations

import re
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import uvicorn
from fastapi import FastAPI

from intake.credentials import Credentials
from intake.demo.letters import Letter
from intake.demo.mails import File, a_message, quoted_request
from intake.demo.report_builder import a_report
from intake.demo.reviews import NORTHMERE
from intake.demo.samples import demo_messages
from intake.demo.scans import Scan
from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader
from intake.ledger import WATCHED_FACT, Account, Delivery, NewArrival, Role, Session
from intake.model import OutgoingState
from intake.sandbox.sandbox import Sandbox
from intake.service.service import Threads
from intake.settings import Settings
from intake.settings.reading import parse_settings
from intake.web.application import create_app
from intake.web.passwords import hash_password
from intake.wiring.archive import Archive, open_archive
from intake.wiring.office import build_office
from intake.wiring.service import build_crew
from tests.servers.places import free_ports
from tests.service.world import named

PASSWORD = "three random words"
PEOPLE = {"rita": Role.READER, "cora": Role.CASEWORKER, "alan": Role.ADMINISTRATOR}
NEW_DAY = timedelta(days=1)
_BORDER = "mx.demo.example"
_SETTINGS = """
mode = "automatic"
[service]
address = "dhr-enquiries@demo.example"
name = "DHR enquiries"
[[mailboxes]]
host = "127.0.0.1"
tls = "none"
username = "intake"
password_file = "mailbox-password"
[relay]
host = "127.0.0.1"
tls = "none"
auth = "none"
[recipients]
commissioner = "dhr@commissioner.demo.example"
staff = ["team@demo.example"]
[timing]
settle_seconds = 0
[storage]
folder = "data"
[senders]
trusted_domains = ["*.gov.example"]
authserv_id = "mx.demo.example"
[web]
{web}
"""
# The first was forwarded, the second has had its reply, the third waits since its sender is not proved.
COMPLETE, GAPS, REVIEW = "DHR-2026-0001", "DHR-2026-0002", "DHR-2026-0003"
# Of the other office: a restriction, a faint scan, two reports in one mail; the fourth was asked for what it has not.
RESTRICTED, FAINT, RIVALS, ASKED = "DHR-2026-0001", "DHR-2026-0002", "DHR-2026-0003", "DHR-2026-0004"
RESTRICTION = "Please do not forward the report to anybody until we have spoken on the telephone."


def office_settings(folder: Path, web: str = "") -> Settings:
    (folder / "mailbox-password").write_text("secret")
    (folder / "mailbox-password").chmod(0o600)
    text = _SETTINGS.format(web=web)
    (folder / "intake.toml").write_text(text)
    return parse_settings(text, "intake.toml", folder)


def fill(folder: Path, sandbox: Sandbox) -> None:
    """Judge some of the demo's messages, and let their mail leave: the second one's forward uncertain."""
    settings = office_settings(folder)
    with open_archive(settings, migrate=True) as archive:
        _people(archive)
        crew = build_crew(settings, build_office(settings, archive, sandbox), Threads(), Credentials(settings))
        cases = {case.name: case for case in demo_messages()}
        for number, (name, proved) in enumerate(
            (("compliant", True), ("letter-missing", True), ("no-weblink", False), ("enquiry", True)), start=1
        ):
            arrive(archive, number, cases[name].raw, proved=proved)
            crew.processing.process_next()
        _deliver(archive)


def fill_with_doubts(folder: Path, sandbox: Sandbox) -> None:
    """An office in which four submissions wait, each for another reason, and a message was set aside."""
    settings = office_settings(folder)
    small = [a_report(review=named(name), pages=8) for name in ("Anna", "Bea", "Cora")]
    link = f"The report will be published at {NORTHMERE.weblink}"
    hands_in = f"Please find attached the final version of our Domestic Homicide Review report. {link}"
    faint = Letter(scan=Scan(dpi=45, skew=4, noise=110, quality=8))
    mails = [
        a_message(review=named("Anna"), report=small[0], number=1, quoted=quoted_request(NORTHMERE), body=(
            f"Dear team,\n\n{hands_in}\n\n{RESTRICTION}\n\nCould you ring me on Thursday?\n\nKind regards\nJoanna")),
        a_message(review=named("Bea"), report=a_report(review=named("Bea"), pages=8, letter=faint), number=2,
                  body=f"Dear team,\n\n{hands_in}\n\nKind regards\nJoanna"),
        a_message(review=named("Cora"), number=3, body=(
            f"Dear team,\n\nPlease find attached the final versions of our reports, Anna and Cora. {link}\n\nJoanna"),
            files=[File("DHR Cora final.pdf", small[2]), File("DHR Bea final.pdf", small[1])]),
        a_message(review=named("Dora"), number=4, report=a_report(review=named("Dora"), pages=8, letter=None),
                  body=f"Dear team,\n\n{hands_in}\n\nKind regards\nJoanna"),
    ]  # fmt: skip
    with open_archive(settings, migrate=True) as archive:
        _people(archive)
        crew = build_crew(settings, build_office(settings, archive, sandbox), Threads(), Credentials(settings))
        for number, raw in enumerate(mails, start=1):
            arrive(archive, number, raw, proved=True)
            crew.processing.process_next()
        _deliver(archive)
        unread = a_message(subject="A file that nobody could read", body="Dear team,\n\nHere it is.", number=9)
        arrive(archive, 9, unread, proved=True)
        claim = archive.ledger.claims.claim(now(), timedelta(minutes=5), "test")
        assert claim is not None
        archive.ledger.claims.set_aside(claim, "it took longer to read than is allowed", now())


def _people(archive: Archive) -> None:
    hasher = hash_password(PASSWORD)
    for name, role in PEOPLE.items():
        account = Account(
            name=name,
            display_name=f"{name.title()} Example",
            role=role,
            password_hash=hasher,
            disabled=False,
            created_at=now(),
        )
        archive.ledger.people.add(account)


def arrive(archive: Archive, uid: int, raw: bytes, *, proved: bool) -> int:
    if proved:
        found = re.search(rb"^From: .*?@([\w.-]+)", raw, re.MULTILINE)
        assert found is not None
        raw = b"Authentication-Results: %s; dmarc=pass header.from=%s\r\n" % (_BORDER.encode(), found[1]) + raw
    ledger, at = archive.ledger, now()
    position = ledger.arrivals.open_folder("main", "INBOX", 1, 1, at)
    ledger.arrivals.note_listed(position, [uid], uid + 1, at)
    stored = archive.store.put_bytes(raw)
    new = NewArrival(
        position=position, uid=uid, sha256=stored.sha256, size=stored.size, message_id=f"<{uid}@x>", internal_date=at
    )
    at_work(archive)
    return ledger.arrivals.record(new, at).id


def at_work(archive: Archive) -> None:
    """A service has just looked into the mailbox, and round."""
    at = now()
    archive.ledger.facts.set("swept:main", at.isoformat(), at)
    archive.ledger.facts.set(WATCHED_FACT, at.isoformat(), at)


def _deliver(archive: Archive) -> None:
    outbox, at = archive.ledger.outbox, now() + timedelta(seconds=1)
    for claim in outbox.claim(at, timedelta(minutes=5), 20, "test"):
        assert outbox.start_data(claim, at, timedelta(minutes=5))
        outbox.settle(claim, Delivery(outcome=OutgoingState.SENT, code=250, detail="OK"), at)


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def an_office(template: Path, folder: Path, sandbox: Sandbox, web: str = "") -> Iterator[tuple[FastAPI, Archive]]:
    """The application over a copy of the filled office, and its archive."""
    shutil.copytree(template / "data", folder / "data")
    settings = office_settings(folder, web)
    with open_archive(settings) as archive:
        office = build_office(settings, archive, sandbox)
        yield create_app(office, Reader(sandbox, ReadingBudget()), settings), archive


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """The application on a loopback port."""
    (port,) = free_ports(1)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        wait_until(lambda: server.started)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def wait_until(true: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Visitor:
    """A browser without a screen: keeps cookies, and sends the forms of the page before it."""

    def __init__(self, base: str) -> None:
        self.client = httpx.Client(base_url=base, trust_env=False, follow_redirects=True, timeout=30)

    def get(self, path: str) -> httpx.Response:
        return self.client.get(path)

    def sign_in(self, name: str = "cora", password: str = PASSWORD, target: str = "/") -> httpx.Response:
        page = self.get(f"/sign-in?target={target}")
        return self.send(page, name=name, password=password)

    def enter(self, archive: Archive, name: str = "cora") -> None:
        """Be signed in, without the time that a password takes."""
        token, at = secrets.token_urlsafe(32), now()
        session = Session(
            name=name, display_name=f"{name.title()} Example", role=PEOPLE[name], started_at=at, seen_at=at
        )
        archive.ledger.people.start_session(token, session, timedelta(hours=1))
        self.client.cookies.set("intake", token, domain="127.0.0.1")

    def send(self, page: httpx.Response, path: str | None = None, **typed: str) -> httpx.Response:
        """Send the page's form with what was typed into it."""
        return self.client.post(path or page.url.path, data=hidden(page.text) | typed)

    def do(self, path: str, **typed: str) -> httpx.Response:
        return self.send(self.get(path), path, **typed)


def hidden(html: str) -> dict[str, str]:
    """The main form's hidden fields (the first form is the header's)."""
    main = html[html.index("<main") :]
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main))
