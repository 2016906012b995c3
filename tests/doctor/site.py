"""An installation in which all is well, on servers that are shared by many tests; and the faults planted in one."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from intake.doctor import CHECKS, Check, Health, Result, Surroundings
from intake.errors import ConfigurationError
from intake.service.service import utc_now
from intake.settings import Settings, read_settings
from tests.empty_ledger import put_empty_ledger
from tests.ledger.postgresql import PostgreSQL
from tests.servers import places
from tests.servers.dovecot import Dovecot, MailUser
from tests.servers.relay import Relay
from tests.servers.talker import Answers, Talker
from tests.servers.tls import Certificate, issue_certificate
from tests.test_credentials import TokenServer
from tests.web.provider import Provider
from tests.web.provider import running as running_provider

ADDRESS, COMMISSIONER, STAFF = "dhr@northmere.gov.uk", "reports@tidewell.gov.uk", "team@northmere.gov.uk"
BORDER = "mx.northmere.gov.uk"


class Servers:
    """The servers, each started when a test first needs it."""

    def __init__(self, folder: Path, dovecot: Dovecot) -> None:
        self.folder = folder
        self.dovecot = dovecot
        self._stack = ExitStack()

    @cached_property
    def relay(self) -> Relay:
        """With STARTTLS and a login."""
        return self._stack.enter_context(Relay())

    @cached_property
    def open_relay(self) -> Relay:
        """With neither, and some addresses that it does not take."""
        relay = self._stack.enter_context(Relay(starttls=False, login=False))
        relay.refusals |= {
            "nobody@northmere.gov.uk": "550 5.1.1 No such person here",
            "later@northmere.gov.uk": "450 4.2.0 Greylisted, come back in a while",
            "far@elsewhere.gov.uk": "554 5.7.1 Relay access denied",
            "stranger@northmere.gov.uk": "553 5.7.1 Sender address rejected: not owned by user",
            "guest@northmere.gov.uk": "530 5.7.0 Authentication required",
            "other@northmere.gov.uk": "550 5.7.60 SMTP AUTH: you must authenticate first",
        }
        return relay

    @cached_property
    def small_relay(self) -> Relay:
        return self._stack.enter_context(Relay(size_limit=20_000_000, starttls=False, login=False))

    @cached_property
    def soon_over(self) -> Dovecot:
        """A mail server whose certificate ends in five days."""
        return self._stack.enter_context(Dovecot(certificate_days=5))

    @cached_property
    def tokens(self) -> TokenServer:
        return self._stack.enter_context(TokenServer())

    @cached_property
    def provider(self) -> Provider:
        return self._stack.enter_context(running_provider())

    @cached_property
    def postgresql(self) -> PostgreSQL:
        """With an account whose password is asked for, and one that is not let in."""
        server = PostgreSQL()
        self._stack.callback(server.stop)
        server.let_in(
            "host all locked 127.0.0.1/32 scram-sha-256\nhost all barred 127.0.0.1/32 reject",
            "CREATE ROLE locked LOGIN PASSWORD 'right'; CREATE ROLE barred LOGIN; CREATE ROLE poor LOGIN;",
        )
        return server

    def certificate(self, name: str, **facts: Any) -> Certificate:
        """A certificate with these facts, made once."""
        folder = self.folder / name
        if not folder.is_dir():
            folder.mkdir()
            issue_certificate(folder, **facts)
        return Certificate(folder / "server.pem", folder / "server.key", folder / "ca.pem")

    def close(self) -> None:
        self._stack.close()


@dataclass
class Site:
    """A folder with a configuration, on these servers."""

    folder: Path
    servers: Servers
    monkeypatch: pytest.MonkeyPatch
    stack: ExitStack
    values: dict[str, dict[str, Any]] = field(default_factory=dict)
    now: datetime = field(default_factory=utc_now)
    whole: str | bytes | None = None  # the file's whole content, in place of the values

    def __post_init__(self) -> None:
        self.put("password", "secret")
        self.values = {
            "": {"mode": "supervised"},
            "service": {"address": ADDRESS},
            "mailboxes": {
                "host": "127.0.0.1",
                "port": self.user.imap_port,
                "tls": "none",
                "username": self.user.user,
                "password_file": "password",
                "timeout_seconds": 2,
            },
            "relay": {
                "host": "127.0.0.1",
                "port": self.servers.open_relay.port,
                "tls": "none",
                "auth": "none",
                "timeout_seconds": 2,
            },
            "recipients": {"commissioner": COMMISSIONER, "staff": [STAFF]},
            "storage": {"folder": "data"},
            "alarms": {"disk_free_mb": 1},
            "senders": {"authserv_id": BORDER},
            "web": {"port": places.free_ports(1)[0], "public_url": "https://log.northmere.gov.uk"},
        }

    @cached_property
    def user(self) -> MailUser:
        return self.servers.dovecot.add_user()

    @property
    def data(self) -> Path:
        """The data folder, made."""
        made = self.folder / "data"
        made.mkdir(mode=0o700, exist_ok=True)
        return made

    @property
    def ledger(self) -> Path:
        """The ledger's file, made and empty."""
        file = self.data / "ledger.sqlite"
        put_empty_ledger(f"sqlite:///{file}")
        return file

    def set(self, key: str, value: Any) -> None:
        """Change one key, such as `relay.port`; None takes it, or a section, out."""
        section, _, name = key.rpartition(".")
        if value is None and key in self.values:
            del self.values[key]
        elif value is None:
            self.values.get(section, {}).pop(name, None)
        else:
            self.values.setdefault(section, {})[name] = value

    def put(self, name: str, content: str | bytes, mode: int = 0o600) -> Path:
        """Write a file beside the configuration."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        file.chmod(mode)
        return file

    def talker(self, greeting: str, *answers: tuple[str, str]) -> int:
        """The port of a server that says these words."""
        spoken: Answers = answers
        return self.stack.enter_context(Talker(greeting, spoken)).port

    @property
    def configuration(self) -> Path:
        """The settings file, written."""
        content = self.whole if self.whole is not None else "".join(self._sections())
        return self.put("intake.toml", content, 0o644)

    def _sections(self) -> Iterator[str]:
        for section, keys in sorted(self.values.items(), key=lambda one: one[0] != ""):
            head = f"[[{section}]]\n" if section == "mailboxes" else f"[{section}]\n" if section else ""
            yield head + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items())

    def examined(self, check: Check) -> list[Result]:
        """What this check says of it."""
        settings: Settings | None = None
        told: ConfigurationError | None = None
        try:
            settings = read_settings(self.configuration)
        except ConfigurationError as error:
            told = error
        around = Surroundings(self.now, settings, told)
        with closing(around):
            return check.results(around)


@dataclass(frozen=True)
class Fault:
    """What is wrong, by which check it is found, and what that says and advises: parts of both sentences.

    `keys` are changed in the configuration; `plant` does what cannot be said in it.
    """

    name: str
    check: str
    says: str
    advises: str
    keys: Mapping[str, Any] = field(default_factory=dict)
    plant: Callable[[Site], object] | None = None
    health: Health = Health.FAILURE
    root: bool = False  # only root can plant it

    def planted_in(self, site: Site) -> None:
        for key, value in self.keys.items():
            site.set(key, value)
        if self.plant is not None:
            self.plant(site)


def check_named(name: str) -> Check:
    return next(check for check in CHECKS if check.id == name)


def may_plant(fault: Fault) -> bool:
    return not fault.root or os.geteuid() == 0
