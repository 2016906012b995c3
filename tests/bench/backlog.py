"""Draining a backlog of mail that is no submission, beside the bare fetching of the same mail with imap-tools.

On this machine's own line fetching costs next to nothing and storing, opening and judging is all there is to see. A
mailbox is elsewhere: the rows with a delay put both behind a line on which every answer takes that long.
"""

from __future__ import annotations

import logging
import random
import tempfile
import time
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from pathlib import Path

import structlog
from imap_tools import BaseMailBox, MailBoxUnencrypted

from intake.wiring.children import start_sandbox
from tests.bench.measure import Row
from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import Fault, FaultProxy
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import World, enquiry

SHORT, USUAL = 1000, 300
ROUND_TRIP = 0.02  # seconds: another town, or a cloud in the same part of the world
PICTURE = 90_000  # bytes: the logo and the pictures that signatures bring


def run() -> Iterator[Row]:
    """Received, stored, judged and entered, against fetched and thrown away: mails of a line, and usual ones."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    short, usual = [enquiry(number) for number in range(SHORT)], [_usual(number) for number in range(USUAL)]
    far = f", {ROUND_TRIP * 1000:.0f} ms away"
    yield _drain(f"backlog of {SHORT} short messages", short)
    yield _drain(f"backlog of {SHORT} short messages{far}", short, ROUND_TRIP)
    yield _drain(f"backlog of {USUAL} usual messages", usual)
    yield _drain(f"backlog of {USUAL} usual messages{far}", usual, ROUND_TRIP)


def _usual(number: int) -> bytes:
    """A question as it comes: text and HTML, a logo, and the thread so far below."""
    message = EmailMessage()
    message["From"], message["To"] = "officer@northmere.gov.example", "dhr@intake.example"
    message["Subject"], message["Message-ID"] = "When does the Panel meet?", f"<usual-{number}@northmere.gov.example>"
    words = "Could you tell us when the next Panel meets?\n\nKind regards\n\nOn 3 May 2026, somebody wrote:\n"
    message.set_content(words + "> We shall let you know.\n" * 400)
    message.add_alternative(f"<p>{words}</p>" + "<blockquote>We shall let you know.</blockquote>" * 400, subtype="html")
    message.add_attachment(random.Random(number).randbytes(PICTURE), "image", "png", filename="logo.png")
    return message.as_bytes(policy=policy.SMTP)


def _drain(name: str, messages: list[bytes], round_trip: float = 0.0) -> Row:
    with (
        Dovecot() as dovecot,
        SmtpSink() as sink,
        start_sandbox() as sandbox,
        FaultProxy(dovecot.imap_port) as line,
        tempfile.TemporaryDirectory() as folder,
    ):
        user = dovecot.add_user()
        world = World(Path(folder), user, sink, sandbox, {"imap_port": line.port})
        world.start()
        user.append_many(messages)
        line.spoil(Fault(delay=round_trip / 2))  # each way
        bare = _seconds_to_fetch(line, user.user, user.password, len(messages))
        started = time.perf_counter()
        world.run()
        drained = time.perf_counter() - started
        balance = world.balance()
        if balance.ignored != len(messages):
            raise AssertionError(f"{balance.ignored} messages were dealt with")
    return Row(name, drained, "imap-tools, fetching alone", bare, "2 × or less")


def _seconds_to_fetch(line: FaultProxy, user: str, password: str, expected: int) -> float:
    started = time.perf_counter()
    mailbox: BaseMailBox = MailBoxUnencrypted(line.host, line.port)
    with mailbox.login(user, password) as opened:
        found = sum(1 for mail in opened.fetch(mark_seen=False, bulk=False) if mail.uid)
    if found != expected:
        raise AssertionError(f"{found} messages were fetched")
    return time.perf_counter() - started
