"""Places where the program may be stopped dead: every write, flush, rename, commit, IMAP command and SMTP step, and
each side of the request by which Microsoft Graph sends.

The places are put into the program from outside, and numbered as they are passed. At the number asked for the
process kills itself with SIGKILL: nothing is closed, flushed or said.
"""

from __future__ import annotations

import imaplib
import os
import signal
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiosmtplib
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine

from intake.graph import GraphLine
from intake.ledger.database import Database, Writer
from intake.message_store import folder as message_store


class Places:
    """Counts the places that are passed, and dies at the one asked for: by its number (0: never) or by its name."""

    def __init__(self, die_at: int | str = 0, log: Path | None = None) -> None:
        self.passed: list[str] = []
        self._die_at = die_at
        self._log = log

    def here(self, name: str) -> bool:
        """Pass a place; True where this is the last one, for those that still break something on their way out."""
        self.passed.append(name)
        return self._die_at in {len(self.passed), name}

    def __call__(self, name: str) -> None:
        if self.here(name):
            self.die()

    def die(self) -> None:
        if self._log is not None:
            self._log.write_text(self.passed[-1], encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)


def install(places: Places) -> None:
    """Put the places into this process, for good."""
    _store(places)
    _ledger(places)
    _imap(places)
    _smtp(places)
    _graph(places)


def _store(places: Places) -> None:
    def write(descriptor: int, content: bytes | memoryview) -> int:
        if places.here("store: write, half done"):
            os.write(descriptor, bytes(content)[: len(content) // 2])
            places.die()
        done = os.write(descriptor, content)
        places("store: written")
        return done

    def fsync(descriptor: int) -> None:
        places("store: before fsync")
        os.fsync(descriptor)
        places("store: after fsync")

    known = {name: getattr(os, name) for name in dir(os) if not name.startswith("__")}
    message_store.os = SimpleNamespace(**{**known, "write": write, "fsync": fsync})  # type: ignore[attr-defined, assignment]
    rename = Path.rename

    def renamed(self: Path, target: Path) -> Path:
        places("store: before rename")
        moved = rename(self, target)
        places("store: after rename")
        return moved

    Path.rename = renamed  # type: ignore[method-assign, assignment]


def _ledger(places: Places) -> None:
    write = Database.write

    @contextmanager
    def written(self: Database) -> Iterator[Writer]:
        places("ledger: before a transaction")
        with write(self) as writer:
            yield writer
        places("ledger: after commit")

    Database.write = written  # type: ignore[method-assign]

    def committing(connection: Connection) -> None:
        if not connection.get_execution_options().get("intake_read"):
            places("ledger: before commit")

    event.listen(Engine, "commit", committing)


def _imap(places: Places) -> None:
    send = imaplib.IMAP4.send
    complete = imaplib.IMAP4._command_complete  # type: ignore[attr-defined]

    def sent(self: imaplib.IMAP4, data: bytes) -> None:
        name = "IMAP: " + b" ".join(data.split()[1:3] if b" UID " in data else data.split()[1:2]).decode(
            "ascii", "replace"
        )
        places(f"{name}, before")
        send(self, data)
        places(f"{name}, sent")

    def completed(self: imaplib.IMAP4, name: str, tag: bytes) -> Any:
        answer = complete(self, name, tag)
        places(f"IMAP: {name}, answered")
        return answer

    imaplib.IMAP4.send = sent  # type: ignore[method-assign, assignment]
    imaplib.IMAP4._command_complete = completed  # type: ignore[attr-defined]


def _smtp(places: Places) -> None:
    protocol = aiosmtplib.protocol.SMTPProtocol
    write, read = protocol.write, protocol.read_response

    def written(self: Any, data: bytes) -> None:
        name = f"SMTP: {_step(data)}"
        if places.here(f"{name}, half sent"):
            write(self, data[: len(data) // 2])
            places.die()
        write(self, data)
        places(f"{name}, sent")

    async def answered(self: Any, *arguments: Any, **more: Any) -> Any:
        response = await read(self, *arguments, **more)
        places("SMTP: answered")
        return response

    protocol.write = written  # type: ignore[method-assign]
    protocol.read_response = answered  # type: ignore[method-assign]


def _graph(places: Places) -> None:
    send = GraphLine.send_once

    def sent(self: GraphLine, *given: Any, **more: Any) -> Any:
        places("Graph: before the request that sends")
        answer = send(self, *given, **more)
        places("Graph: the request that sends, answered")
        return answer

    GraphLine.send_once = sent  # type: ignore[method-assign]


def _step(data: bytes) -> str:
    if data.endswith(b".\r\n") and len(data) <= 5:
        return "final dot"
    word = data.split(None, 1)[0].upper() if data.strip() else b""
    return word.decode() if word in {b"EHLO", b"MAIL", b"RCPT", b"DATA", b"RSET", b"QUIT"} else "content"


def in_child(work: Callable[[], None], places: Places, output: Path) -> int:
    """Run `work` in a child of its own with the places in it; its wait status."""

    def placed() -> None:
        install(places)
        work()

    return os.waitpid(forked(placed, output), 0)[1]


def forked(work: Callable[[], None], output: Path) -> int:
    """A process of its own that does the work and nothing after it; its id."""
    child = os.fork()
    if child:
        return child
    status = 70
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        work()
        status = 0
    except BaseException:  # noqa: BLE001 - said in the output, then the child ends whatever it was
        traceback.print_exc()
    finally:
        os._exit(status)
