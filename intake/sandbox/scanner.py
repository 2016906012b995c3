"""Asks a virus scanner (clamd) about a file: one short conversation over its socket for each question.

The answer is *clean* only when a scanner with fresh signatures has read every byte and found nothing. A scanner that is
away, slow, out of date or too small for the file means that the file waits for a person; it never means *clean*.
"""

from __future__ import annotations

import contextlib
import io
import math
import re
import socket
import struct
import time
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from intake.errors import ConfigurationError
from intake.model import Doubt

_PIECE = 256 * 1024
_LONGEST_ANSWER = 4096
_FORMAT = "%a %b %d %H:%M:%S %Y"
_FRESH_FOR = 300.0  # seconds that a VERSION answer is relied on


class ScanState(StrEnum):
    """What a scan came to; only *clean* lets a file go on."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNAVAILABLE = "unavailable"
    TOO_LARGE = "too-large"


@dataclass(frozen=True, slots=True)
class Scan:
    """One file's result. `name` is the signature that matched; `detail` is for the log."""

    state: ScanState
    name: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ScannerVersion:
    """What the scanner says of itself; the signatures' date is None when it has none to tell."""

    engine: str
    database: str = ""
    database_date: datetime | None = None


class ScannerUnavailableError(Exception):
    """The scanner could not be reached, broke off, or answered nonsense."""


class Scanner:
    """clamd at `unix:/path` or `tcp:host:port`. Blocking: call it on a thread. Safe to share between threads."""

    def __init__(
        self,
        address: str,
        *,
        timeout_seconds: float = 120,
        signatures_max_age_days: int = 7,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._target = _target(address)
        self._timeout = timeout_seconds
        self._max_age = timedelta(days=signatures_max_age_days)
        self._now = now
        self._fresh_until = 0.0

    def scan(self, content: bytes, until: float = math.inf) -> Scan:
        """What the scanner says of these bytes; asked no longer than `until`, on the monotonic clock."""
        try:
            if problem := self._outdated():
                return Scan(ScanState.UNAVAILABLE, detail=problem)
            return self._verdict(self._stream(content, until))
        except (OSError, ScannerUnavailableError) as error:
            return Scan(ScanState.UNAVAILABLE, detail=str(error) or type(error).__name__)

    def ping(self) -> bool:
        """Does a scanner answer?"""
        try:
            return self._ask(b"PING") == "PONG"
        except (OSError, ScannerUnavailableError):
            return False

    def version(self) -> ScannerVersion:
        """The engine and the age of its signatures. Raises ScannerUnavailableError."""
        try:
            answer = self._ask(b"VERSION")
        except OSError as error:
            raise ScannerUnavailableError(str(error)) from error
        engine, _, rest = answer.partition("/")
        database, _, date = rest.partition("/")
        if not engine.startswith("ClamAV"):
            raise ScannerUnavailableError("the scanner's answer to VERSION is not clamd's")
        return ScannerVersion(engine, database, _date(date))

    def problem(self) -> str:
        """Why the scanner cannot be relied on now, one sentence; "" when it can."""
        self._fresh_until = 0.0
        try:
            return self._outdated()
        except (OSError, ScannerUnavailableError) as error:
            return f"The virus scanner does not answer ({error})."

    def finds_in(self, size: int) -> bool:
        """Does it find the harmless test file inside a file of this size?

        With a MaxFileSize below the file's size clamd answers OK without having read it: `doctor` asks this with the
        size of the largest file that may be forwarded.
        """
        try:
            return self._verdict(self._stream(_test_archive(size))).state is ScanState.INFECTED
        except (OSError, ScannerUnavailableError):
            return False

    # --- inside -----------------------------------------------------------------------------------------

    def _outdated(self) -> str:
        """Why its signatures are no good, "" when they are; asked again after a while."""
        if time.monotonic() < self._fresh_until:
            return ""
        date = self.version().database_date
        if date is None:
            return "The virus scanner does not say how old its signatures are."
        age = self._now() - date
        if age > self._max_age:
            return f"The virus scanner's signatures are {age.days} days old."
        self._fresh_until = time.monotonic() + _FRESH_FOR
        return ""

    def _verdict(self, answer: str) -> Scan:
        if answer == "stream: OK":
            return Scan(ScanState.CLEAN)
        if found := re.fullmatch(r"stream: (.+) FOUND", answer):
            return Scan(ScanState.INFECTED, re.sub(r"[^\w.:()-]", "?", found[1])[:100])
        if "size limit exceeded" in answer:
            return Scan(ScanState.TOO_LARGE, detail="larger than the scanner's StreamMaxLength")
        return Scan(ScanState.UNAVAILABLE, detail="the scanner could not finish")

    def _stream(self, content: bytes, until: float = math.inf) -> str:
        """INSTREAM: pieces with their length in front, an empty one at the end."""
        deadline = min(time.monotonic() + self._timeout, until)
        with self._connection(deadline) as line:
            try:
                line.sendall(b"zINSTREAM\0")
                view = memoryview(content)
                for start in range(0, len(view), _PIECE):
                    piece = view[start : start + _PIECE]
                    line.settimeout(_left(deadline))
                    line.sendall(struct.pack("!I", len(piece)))
                    line.sendall(piece)
                line.sendall(struct.pack("!I", 0))
            except (BrokenPipeError, ConnectionResetError):
                return self._last_words(line, deadline)
            return _answer(line, deadline)

    def _last_words(self, line: socket.socket, deadline: float) -> str:
        """Clamd hangs up in the middle of a file that is too long for it, and its reason may be lost on the way."""
        with contextlib.suppress(OSError, ScannerUnavailableError):
            return _answer(line, deadline)
        if self.ping():
            return "INSTREAM size limit exceeded. ERROR"
        raise ScannerUnavailableError("the scanner broke off")

    def _ask(self, command: bytes) -> str:
        deadline = time.monotonic() + min(self._timeout, 10)
        with self._connection(deadline) as line:
            line.sendall(b"z" + command + b"\0")
            return _answer(line, deadline)

    def _connection(self, deadline: float) -> socket.socket:
        if isinstance(self._target, tuple):
            return socket.create_connection(self._target, timeout=_left(deadline))
        line = socket.socket(socket.AF_UNIX)
        try:
            line.settimeout(_left(deadline))
            line.connect(self._target)
        except OSError:
            line.close()
            raise
        return line


def scan_doubts(scans: Iterable[Scan]) -> tuple[Doubt, ...]:
    """Why nothing may leave by itself; none when every file is clean."""
    found: list[Doubt] = []
    for scan in scans:
        match scan.state:
            case ScanState.CLEAN:
                continue
            case ScanState.INFECTED:
                text = f"The virus scanner found something harmful ({scan.name}): please do not open anything."
                found.append(Doubt("scanner-found", "safety", text))
            case ScanState.TOO_LARGE:
                found.append(Doubt("scanner-too-large", "safety", "A file is too large for the virus scanner."))
            case ScanState.UNAVAILABLE:
                found.append(Doubt("scanner-away", "safety", "The virus scanner could not check every file."))
    return tuple(dict.fromkeys(found))


def _target(address: str) -> str | tuple[str, int]:
    if address.startswith("unix:/"):
        return address.removeprefix("unix:")
    host, _, port = address.removeprefix("tcp:").rpartition(":")
    if not address.startswith("tcp:") or not host or not port.isascii() or not port.isdigit():
        raise ConfigurationError(
            "scanner.address is neither a socket nor a host.",
            'Write it as "unix:/run/clamav/clamd.ctl" or "tcp:127.0.0.1:3310".',
        )
    return host.strip("[]"), int(port)


def _test_archive(size: int) -> bytes:
    """A ZIP of about this size that holds EICAR's test file, put together here so that no scanner reports this one."""
    eicar = b"X5O!P%@AP[4" + b"\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!" + b"$H+H*"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("filling", bytes(max(0, size - 500)))
        archive.writestr("test", eicar)
    return packed.getvalue()


def _date(text: str) -> datetime | None:
    """Clamd writes the date as ctime() does, in its own zone: up to half a day off, which does not matter here."""
    try:
        return datetime.strptime(" ".join(text.split()), _FORMAT).replace(tzinfo=UTC)
    except ValueError:
        return None


def _answer(line: socket.socket, deadline: float) -> str:
    received = b""
    while b"\0" not in received:
        line.settimeout(_left(deadline))
        more = line.recv(_LONGEST_ANSWER)
        if not more:
            raise ScannerUnavailableError("the scanner hung up without an answer")
        received += more
        if len(received) > _LONGEST_ANSWER:
            raise ScannerUnavailableError("the scanner's answer has no end")
    return received.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("the scanner took too long")
    return left
