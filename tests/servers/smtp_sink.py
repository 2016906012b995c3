"""Postfix's smtp-sink: a real SMTP server that keeps every mail it was given, and refuses or stalls on demand."""

from __future__ import annotations

import contextlib
import re
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.servers import places
from tests.servers.process import ServerProcess


@dataclass(frozen=True)
class ReceivedMail:
    """One mail as the sink took it: envelope and bytes (CRLF, without the sink's own Received header)."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes


class SmtpSink:
    """Offers PIPELINING, 8BITMIME, ENHANCEDSTATUSCODES and DSN; neither SIZE nor STARTTLS (see Postfix and Relay).

    Commands are named as in SMTP: CONNECT, EHLO, MAIL, RCPT, DATA, "." (the end of the mail), RSET, QUIT.
    """

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.folder = places.own_folder("sink")
        self.port = places.free_ports(1)[0]
        (self.folder / "mail").mkdir()
        places.give(self.folder)
        self._process: ServerProcess | None = None

    def start(
        self,
        *,
        refuse: Iterable[str] = (),
        defer: Iterable[str] = (),
        hang_up: Iterable[str] = (),
        delays: Mapping[str, float] | None = None,
        refusal: str = "550 5.1.1 No such person here",
        deferral: str = "451 4.3.0 Try again later",
    ) -> Self:
        """Start, or start again with other manners; the port and the mail kept so far stay.

        `refuse`: answer these commands with 5xx; `defer`: with 4xx; `hang_up`: drop the connection at them;
        `delays`: wait that many whole seconds before answering them.
        """
        self.halt()
        root = places.unpacked("postfix")
        options = ["-B", refusal, "-b", deferral]
        for flag, commands in (("-f", refuse), ("-r", defer), ("-q", hang_up)):
            if chosen := ",".join(commands):
                options += [flag, chosen]
        for command, seconds in (delays or {}).items():
            options += ["-W", f"{command}:{seconds:g}"]
        self._process = ServerProcess(
            [str(root / "usr/sbin/smtp-sink"), *options, "-d", "mail/%s.", f"{self.host}:{self.port}", "100"],
            folder=self.folder,
            log=self.folder / "log",
            account=places.server_account(),
            environment={"LD_LIBRARY_PATH": places.library_path(root)},
        )
        if "CONNECT" in {*refuse, *defer, *hang_up, *(delays or {})}:
            time.sleep(0.2)
        else:
            self._process.wait_for(self.port)
        return self

    def halt(self) -> None:
        """Stop listening; `start()` brings it back on the same port. A mail that is half received is forgotten."""
        if self._process is not None:
            self._process.pause()
            unfinished = self._unfinished()
            self._process.kill()
            self._process = None
            for file in unfinished:
                file.unlink(missing_ok=True)

    def stop(self) -> None:
        """Stop for good."""
        self.halt()
        shutil.rmtree(self.folder, ignore_errors=True)

    def pause(self) -> None:
        """Freeze it: connections stay open, nothing answers."""
        if self._process is not None:
            self._process.pause()

    def resume(self) -> None:
        if self._process is not None:
            self._process.resume()

    def messages(self) -> list[ReceivedMail]:
        """Every mail whose final dot arrived, oldest first, also when the answer to the dot was a refusal."""
        files = set((self.folder / "mail").iterdir())
        finished = files - self._unfinished()  # asked for in this order, so that a file left over is whole
        there = [file for file in finished if file.exists()]
        return [parse_dump(file.read_bytes()) for file in sorted(there, key=lambda file: file.stat().st_mtime_ns)]

    def wait_for(self, count: int, seconds: float = 10) -> list[ReceivedMail]:
        """The mail, once there are at least `count`. Raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while len(mail := self.messages()) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(mail)} of {count} mails arrived within {seconds} s")
            time.sleep(0.02)
        return mail

    def forget(self) -> None:
        """Throw away the mail kept so far."""
        for file in (self.folder / "mail").iterdir():
            file.unlink()

    def _unfinished(self) -> set[Path]:
        """Files that the sink has open: mail still on its way. It removes them itself when the client breaks off."""
        if self._process is None:
            return set()
        opened = set()
        for descriptor in Path(f"/proc/{self._process.pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                opened.add(descriptor.readlink())
        return {file for file in (self.folder / "mail").iterdir() if file in opened}

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()


def parse_dump(dump: bytes) -> ReceivedMail:
    """Read one of smtp-sink's files: its X- lines, its Received header, the mail with bare LF, one blank line."""
    envelope, received, mail = dump.partition(b"\nReceived: ")
    if not received:
        raise ValueError("not a file of smtp-sink")
    while mail.partition(b"\n")[2].startswith(b"\t"):
        mail = mail.partition(b"\n")[2]
    raw = mail.partition(b"\n")[2].removesuffix(b"\n").replace(b"\n", b"\r\n")
    senders = re.findall(rb"^X-Mail-Args: <([^>]*)>", envelope, re.MULTILINE)
    recipients = re.findall(rb"^X-Rcpt-Args: <([^>]*)>", envelope, re.MULTILINE)
    return ReceivedMail(senders[0].decode(), tuple(address.decode() for address in recipients), raw)
