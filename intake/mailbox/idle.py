"""Hearing of new mail at once: IMAP IDLE (RFC 2177) on a thread and a connection of its own.

It only says that there is something to look at; the timed sweep stays the truth. A server that hangs, says BYE or
breaks off is noticed at the latest when an IDLE ends, since each is ended by us and the server's answer awaited.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from io import BufferedReader
from typing import cast

import structlog
from imap_tools import BaseMailBox

from intake.credentials import Credentials
from intake.errors import IntakeError, MailboxError
from intake.mailbox.connection import troubles
from intake.mailbox.mailbox import Mailbox
from intake.settings import MailboxSettings

FIRST_WAIT = 1.0
LONGEST_WAIT = 60.0

log = structlog.get_logger()


class IdleWatcher(threading.Thread):
    """Calls `on_news()` (on this thread) after each connect and whenever the folder gets mail.

    `last_heard` is when the server last proved to be there; `problem` says what is wrong, "" while it listens.
    """

    def __init__(
        self,
        settings: MailboxSettings,
        credentials: Credentials,
        folder: str,
        on_news: Callable[[], None],
    ) -> None:
        super().__init__(name=f"idle-{settings.name}", daemon=True)
        self.last_heard: datetime | None = None
        self.problem = "It has not connected yet."
        self.settings = settings
        self._credentials = credentials
        self._folder = folder
        self._on_news = on_news
        self._stopping = threading.Event()
        self._line: BaseMailBox | None = None
        self._wake_reader, self._wake_writer = os.pipe()

    def run(self) -> None:
        wait = FIRST_WAIT
        while not self._stopping.is_set():
            before = self.last_heard
            try:
                self._listen()
            except IntakeError as error:
                self._note(error.message)
            except Exception as error:  # noqa: BLE001 - a library's surprise must not end the listening for good
                self._note(f"Listening failed ({type(error).__name__}).")
            wait = FIRST_WAIT if self.last_heard != before else min(wait * 2, LONGEST_WAIT)
            self._stopping.wait(wait)
        os.close(self._wake_reader)

    def stop(self, timeout: float = 2.0) -> None:
        """End it. Returns when the thread has ended, or after `timeout`."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        os.close(self._wake_writer)  # wakes the poll
        if not self.is_alive():
            return
        self.join(timeout / 2)
        line = self._line
        if self.is_alive() and line is not None:
            # Wakes it out of waiting for an answer that does not come; closing would itself wait for the reader.
            with contextlib.suppress(OSError):
                line.client.sock.shutdown(socket.SHUT_RDWR)
            self.join(timeout / 2)

    def _note(self, problem: str) -> None:
        if problem != self.problem and not self._stopping.is_set():
            log.warning("idle-lost", mailbox=self.settings.name, problem=problem)
        self.problem = problem

    def _listen(self) -> None:
        mailbox = Mailbox(self.settings, self._credentials)
        try:
            mailbox.connect()
            self._line = line = mailbox.line
            if "IDLE" not in mailbox.capabilities:
                raise MailboxError("The server offers no IDLE.", "The sweeps find new mail all the same.")
            mailbox.select(self._folder, readonly=True)
            self._heard()
            self._on_news()  # something may have come while nobody listened
            while not self._stopping.is_set():
                with troubles(self.settings):
                    news = self._idle_once(line)
                self._heard()
                if news and not self._stopping.is_set():
                    self._on_news()
        finally:
            self._line = None
            mailbox.close()

    def _heard(self) -> None:
        if self.problem:
            log.info("idle-listening", mailbox=self.settings.name)
        self.last_heard, self.problem = datetime.now(UTC), ""

    def _idle_once(self, line: BaseMailBox) -> bool:
        """One IDLE: True when the server told of mail. Raises when the connection is gone."""
        line.idle.start()  # type: ignore[no-untyped-call]
        if not _has_more(line):
            poller = select.poll()
            poller.register(line.client.sock.fileno(), select.POLLIN)
            poller.register(self._wake_reader, select.POLLIN | select.POLLHUP)
            poller.poll(self.settings.idle_seconds * 1000)
        # A BYE or an end of file looks like silence until the server's own answer to DONE is awaited.
        _, told = line.idle.stop()  # type: ignore[no-untyped-call]
        return any(b" EXISTS" in response for response in told if response)


def _has_more(line: BaseMailBox) -> bool:
    """Did the server's last packet hold more than we have read? The socket alone would not tell."""
    sock = line.client.sock
    timeout = sock.gettimeout()
    sock.settimeout(0)
    try:
        with contextlib.suppress(OSError):
            return bool(cast("BufferedReader", line.client.file).peek(1))
        return False
    finally:
        sock.settimeout(timeout)
