"""Draining a backlog of mail that is no submission, beside the bare fetching of the same mail with imap-tools."""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import structlog
from imap_tools import BaseMailBox, MailBoxUnencrypted

from tests.bench.measure import Row
from tests.servers.dovecot import Dovecot, MailUser
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import World, enquiry, new_sandbox

MESSAGES = 1000


def run() -> Iterator[Row]:
    """A thousand short messages: received, stored, judged and entered, against fetched and thrown away."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with Dovecot() as dovecot, SmtpSink() as sink, new_sandbox() as sandbox, tempfile.TemporaryDirectory() as name:
        world = World(Path(name), dovecot.add_user(), sink, sandbox)
        world.start()
        world.user.append_many([enquiry(number) for number in range(MESSAGES)])
        bare = _seconds_to_fetch(world.user)
        started = time.perf_counter()
        world.run()
        drained = time.perf_counter() - started
        balance = world.balance()
        if balance.ignored != MESSAGES:
            raise AssertionError(f"{balance.ignored} messages were dealt with")
    yield Row(f"backlog of {MESSAGES} messages", drained, "imap-tools, fetching alone", bare, "< 2 ×")


def _seconds_to_fetch(user: MailUser) -> float:
    started = time.perf_counter()
    mailbox: BaseMailBox = MailBoxUnencrypted(user.host, user.imap_port)
    with mailbox.login(user.user, user.password) as opened:
        found = sum(1 for mail in opened.fetch(mark_seen=False, bulk=False) if mail.uid)
    if found != MESSAGES:
        raise AssertionError(f"{found} messages were fetched")
    return time.perf_counter() - started
