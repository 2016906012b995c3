"""Draining a backlog of mail that is no submission, beside the bare fetching of the same mail with imap-tools."""

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
from tests.servers.dovecot import Dovecot, MailUser
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import World, enquiry

SHORT, USUAL = 1000, 300
PICTURE = 90_000  # bytes: the logo and the pictures that signatures bring


def run() -> Iterator[Row]:
    """Received, stored, judged and entered, against fetched and thrown away: mails of a line, and usual ones."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield _drain(f"backlog of {SHORT} short messages", [enquiry(number) for number in range(SHORT)])
    yield _drain(f"backlog of {USUAL} usual messages", [_usual(number) for number in range(USUAL)])


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


def _drain(name: str, messages: list[bytes]) -> Row:
    with Dovecot() as dovecot, SmtpSink() as sink, start_sandbox() as sandbox, tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), dovecot.add_user(), sink, sandbox)
        world.start()
        world.user.append_many(messages)
        bare = _seconds_to_fetch(world.user, len(messages))
        started = time.perf_counter()
        world.run()
        drained = time.perf_counter() - started
        balance = world.balance()
        if balance.ignored != len(messages):
            raise AssertionError(f"{balance.ignored} messages were dealt with")
    return Row(name, drained, "imap-tools, fetching alone", bare, "2 × or less")


def _seconds_to_fetch(user: MailUser, expected: int) -> float:
    started = time.perf_counter()
    mailbox: BaseMailBox = MailBoxUnencrypted(user.host, user.imap_port)
    with mailbox.login(user.user, user.password) as opened:
        found = sum(1 for mail in opened.fetch(mark_seen=False, bulk=False) if mail.uid)
    if found != expected:
        raise AssertionError(f"{found} messages were fetched")
    return time.perf_counter() - started
