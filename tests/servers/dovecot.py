"""Dovecot on free loopback ports: IMAP, IMAPS and LMTP, with users made as tests need them."""

from __future__ import annotations

import imaplib
import itertools
import os
import re
import shutil
import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from tests.servers import places
from tests.servers.dovecot_config import Layout, settings_23, settings_24
from tests.servers.process import ServerProcess
from tests.servers.tls import issue_certificate

HOST = "127.0.0.1"


@dataclass(frozen=True)
class StoredMail:
    """One mail as it lies in a folder."""

    uid: int
    raw: bytes
    flags: frozenset[str]
    internaldate: datetime


class Dovecot:
    """A whole server. `start()` it, or use it as a context manager; `stop()` removes its folder."""

    host = HOST
    user = "intake"
    password = "secret"

    def __init__(self, *, introspection_url: str | None = None, certificate_days: float = 30) -> None:
        self.folder = places.own_folder("dovecot")
        self.imap_port, self.imaps_port, self.lmtp_port = places.free_ports(3)
        root = places.unpacked("dovecot")
        tls = issue_certificate(self.folder, days=certificate_days)
        self.ca_file = tls.ca
        self._log = self.folder / "log"
        self._environment = {"LD_LIBRARY_PATH": places.library_path(root)}
        self._layout = Layout(
            folder=self.folder,
            root=root,
            account=places.server_account(),
            tls=tls,
            imap_port=self.imap_port,
            imaps_port=self.imaps_port,
            lmtp_port=self.lmtp_port,
            introspection_url=introspection_url,
            environment=self._environment,
        )
        self._write_settings()
        self._numbers = itertools.count(1)
        self._process: ServerProcess | None = None
        self.add_user(self.user)

    # --- life -----------------------------------------------------------------------------------------

    def start(self) -> Self:
        command = [str(self._layout.root / "usr/sbin/dovecot"), "-F", "-c", str(self.folder / "dovecot.conf")]
        self._process = ServerProcess(
            command,
            folder=self.folder / "run",
            log=self._log,
            account=self._layout.account,
            environment=self._environment,
        )
        self._process.wait_for(self.imap_port, self.imaps_port, self.lmtp_port)
        return self

    def halt(self) -> None:
        """Stop the server; mail and ports stay, `start()` brings it back."""
        if self._process is not None:
            self._process.stop()
            self._process = None

    def stop(self) -> None:
        """End the server for good."""
        if self._process is not None:
            self._process.kill()
            self._process = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def restart(self) -> None:
        self.halt()
        self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open, nothing answers (a hung server)."""
        self._running.pause()

    def resume(self) -> None:
        self._running.resume()

    def kill_connections(self) -> None:
        """Drop every client connection at once, without a word; the server goes on."""
        for pid in self._session_processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue

    def log_text(self) -> str:
        return self._log.read_text(errors="replace") if self._log.is_file() else ""

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- users and mail ----------------------------------------------------------------------------------

    def add_user(self, name: str | None = None, password: str = "secret") -> MailUser:
        """Make a user; without a name, one that no other test has."""
        name = name or f"u{next(self._numbers)}"
        account = self._layout.account
        home = self.folder / "mail" / name
        entry = self._layout.users / name
        entry.write_text(f"{name}:{{PLAIN}}{password}:{account.uid}:{account.gid}::{home}::\n")
        entry.chmod(0o644)
        return MailUser(self, name, password)

    def account(self) -> MailUser:
        """The user that is always there."""
        return MailUser(self, self.user, self.password)

    def append(
        self,
        raw: bytes,
        folder: str = "INBOX",
        flags: Iterable[str] = (),
        internaldate: datetime | None = None,
    ) -> int:
        """Put a mail into a folder of the user that is always there; its UID."""
        return self.account().append(raw, folder, flags, internaldate)

    def messages(self, folder: str = "INBOX") -> list[StoredMail]:
        """What lies in a folder of the user that is always there."""
        return self.account().messages(folder)

    # --- inside -------------------------------------------------------------------------------------------

    @property
    def _running(self) -> ServerProcess:
        if self._process is None:
            raise RuntimeError("this Dovecot is not running")
        return self._process

    def _write_settings(self) -> None:
        run = self.folder / "run"
        for folder in (run, self.folder / "state", self.folder / "mail", self._layout.users):
            folder.mkdir()
        # The unpacked libraries look for these two in the folder they run in: see RELOCATED in scripts/servers.py.
        (run / "modules").symlink_to(self._layout.root / "usr/lib/dovecot/modules")
        (run / "doveconf").symlink_to(self._layout.root / "usr/bin/doveconf")
        files = settings_24(self._layout) if self._is_24() else settings_23(self._layout)
        for name, content in files.items():
            (self.folder / name).write_text(content)
        places.give(self.folder)

    def _is_24(self) -> bool:
        stamp = (places.SERVERS / "dovecot.stamp").read_text()
        version = re.search(r"^dovecot-core_(?:\d+%3a)?(\d+)\.(\d+)", stamp, re.MULTILINE)
        if version is None:
            raise FileNotFoundError("dovecot.stamp does not name dovecot-core's version")
        return (int(version[1]), int(version[2])) >= (2, 4)

    def _session_processes(self) -> Iterator[int]:
        group = self._running.pid
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ")
                same_group = os.getpgid(int(entry.name)) == group
            except (OSError, ProcessLookupError):
                continue
            if same_group and re.match(rb"dovecot/imap(-login)?\b", command):
                yield int(entry.name)


@dataclass(frozen=True)
class MailUser:
    """One user's mailbox, looked at from outside the program under test."""

    server: Dovecot
    user: str
    password: str

    @property
    def host(self) -> str:
        return self.server.host

    @property
    def imap_port(self) -> int:
        return self.server.imap_port

    @property
    def imaps_port(self) -> int:
        return self.server.imaps_port

    @property
    def ca_file(self) -> Path:
        return self.server.ca_file

    @contextmanager
    def connect(self) -> Iterator[imaplib.IMAP4]:
        """A logged-in connection of the standard library."""
        with imaplib.IMAP4(self.host, self.imap_port, timeout=30) as client:
            client.login(self.user, self.password)
            yield client

    def append(
        self,
        raw: bytes,
        folder: str = "INBOX",
        flags: Iterable[str] = (),
        internaldate: datetime | None = None,
    ) -> int:
        """Put a mail into a folder, made if absent; its UID."""
        when = imaplib.Time2Internaldate(internaldate or datetime.now(UTC))
        with self.connect() as client:
            if folder != "INBOX":
                client.create(quoted(folder))
            status, answer = client.append(quoted(folder), f"({' '.join(flags)})", when, raw)
            found = re.search(rb"APPENDUID \d+ (\d+)", answer[0] or b"")
        if status != "OK" or found is None:
            raise RuntimeError(f"APPEND to {folder} was refused: {answer!r}")
        return int(found[1])

    def append_many(self, mails: Iterable[bytes], folder: str = "INBOX") -> None:
        """Put many mails into a folder over one connection."""
        with self.connect() as client:
            if folder != "INBOX":
                client.create(quoted(folder))
            for raw in mails:
                status, answer = client.append(quoted(folder), "", imaplib.Time2Internaldate(datetime.now(UTC)), raw)
                if status != "OK":
                    raise RuntimeError(f"APPEND to {folder} was refused: {answer!r}")

    def messages(self, folder: str = "INBOX") -> list[StoredMail]:
        """What lies in a folder, oldest UID first; empty when there is no such folder. Changes no flag."""
        with self.connect() as client:
            status, _ = client.select(quoted(folder), readonly=True)
            if status != "OK":
                return []
            _, answer = client.uid("FETCH", "1:*", "(UID FLAGS INTERNALDATE BODY.PEEK[])")
        return [stored_mail(item) for item in answer if isinstance(item, tuple)]

    def folders(self) -> list[str]:
        with self.connect() as client:
            _, answer = client.list()
        names = [re.search(rb'\) \S+ "?([^"]+)"?$', line) for line in answer if isinstance(line, bytes)]
        return sorted(name[1].decode() for name in names if name)

    def remove(self, uid: int, folder: str = "INBOX") -> None:
        """Delete one mail for good, as another client would."""
        with self.connect() as client:
            client.select(quoted(folder))
            client.uid("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
            client.uid("EXPUNGE", str(uid))

    def move(self, uid: int, source: str, target: str) -> None:
        """Move one mail, as a person would."""
        with self.connect() as client:
            client.create(quoted(target))
            client.select(quoted(source))
            status, answer = client.uid("MOVE", str(uid), quoted(target))
        if status != "OK":
            raise RuntimeError(f"MOVE was refused: {answer!r}")

    def uid_validity(self, folder: str = "INBOX") -> int:
        with self.connect() as client:
            _, answer = client.status(quoted(folder), "(UIDVALIDITY)")
        found = re.search(rb"UIDVALIDITY (\d+)", answer[0] or b"")
        if found is None:
            raise RuntimeError(f"no UIDVALIDITY for {folder}: {answer!r}")
        return int(found[1])

    def change_uid_validity(self, folder: str = "INBOX") -> None:
        """Give a folder a new UIDVALIDITY, its mail unchanged, as a restored server would."""
        maildir = self.server.folder / "mail" / self.user / "Maildir"
        if folder != "INBOX":
            maildir = maildir / f".{folder}"
        before = self.uid_validity(folder)
        for index in maildir.glob("dovecot.index*"):
            index.unlink()
        uidlist = maildir / "dovecot-uidlist"
        uidlist.write_text(re.sub(r"V\d+", f"V{before + 1000}", uidlist.read_text(), count=1))

    def go_back_to(self, uidnext: int, folder: str = "INBOX") -> None:
        """Forget all mail from a UID on and count on from there, as a server restored from a careless backup would."""
        maildir = self.server.folder / "mail" / self.user / "Maildir"
        maildir = maildir if folder == "INBOX" else maildir / f".{folder}"
        for index in maildir.glob("dovecot.index*"):
            index.unlink()
        uidlist = maildir / "dovecot-uidlist"
        header, *lines = uidlist.read_text().splitlines()
        kept = []
        for line in lines:
            number, _, rest = line.partition(" ")
            if int(number) < uidnext:
                kept.append(line)
            else:
                for file in maildir.glob(f"*/{rest.rpartition(':')[2]}*"):
                    file.unlink()
        uidlist.write_text("\n".join([re.sub(r"N\d+", f"N{uidnext}", header), *kept]) + "\n")


def quoted(folder: str) -> str:
    """A folder name as an IMAP quoted string."""
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def stored_mail(item: tuple[bytes, bytes]) -> StoredMail:
    """One answer of imaplib's FETCH."""
    head, raw = item
    uid = re.search(rb"UID (\d+)", head)
    flags = re.search(rb"FLAGS \(([^)]*)\)", head)
    when = imaplib.Internaldate2tuple(head)
    if uid is None or flags is None or when is None:
        raise RuntimeError(f"an odd FETCH answer: {head!r}")
    # Internaldate2tuple answers in local time.
    moment = datetime(*when[:6]).astimezone(UTC)
    return StoredMail(int(uid[1]), raw, frozenset(flags[1].decode().split()), moment)
