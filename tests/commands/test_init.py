"""Setting up an installation against real servers: from a file, and as a person at a terminal would."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from intake.installing import places
from intake.installing.places import Places
from intake.service.service import utc_now
from intake.settings import read_settings
from tests.commands.conftest import Run
from tests.servers.dovecot import MailUser
from tests.servers.relay import Relay

ADDRESS, COMMISSIONER, STAFF = "dhr@northmere.gov.uk", "reports@tidewell.gov.uk", "team@northmere.gov.uk"
BORDER = "mx.northmere.gov.uk"
SECONDS = 60.0


@dataclass(frozen=True)
class Ground:
    """Two servers, one file that holds both authorities, and a folder for the new installation."""

    folder: Path
    user: MailUser
    relay: Relay
    authorities: Path

    @property
    def configuration(self) -> Path:
        return self.folder / "new" / "intake.toml"

    def answers(self, **changes: Any) -> Path:
        """An answers file."""
        password = self.folder / "given-password"
        password.touch(mode=0o600)
        password.write_text("secret", encoding="utf-8")
        values: dict[str, Any] = {
            "address": ADDRESS,
            "commissioner": COMMISSIONER,
            "staff": [STAFF],
            "imap_host": "localhost",
            "imap_port": self.user.imaps_port,
            "imap_username": self.user.user,
            "imap_password_file": "given-password",
            "smtp_host": "localhost",
            "smtp_port": self.relay.port,
            "smtp_username": self.relay.user,
            "ca_file": str(self.authorities),
        }
        file = self.folder / "answers.toml"
        lines = [f"{key} = {json.dumps(value)}" for key, value in (values | changes).items() if value is not None]
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return file

    def written(self) -> list[str]:
        folder = self.configuration.parent
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


@pytest.fixture
def ground(tmp_path: Path, mail_user: MailUser, relay: Relay) -> Ground:
    authorities = tmp_path / "authorities.pem"
    authorities.write_bytes(mail_user.ca_file.read_bytes() + relay.ca_file.read_bytes())
    return Ground(tmp_path, mail_user, relay, authorities)


def arrived(user: MailUser, councils: Sequence[str]) -> None:
    """Mail as our border hands it on."""
    for council in councils:
        user.append(
            f"Received: from {BORDER} by imap.northmere.gov.uk with LMTP id 1; {format_datetime(utc_now())}\r\n"
            f"Authentication-Results: {BORDER}; dmarc=pass header.from={council}\r\n"
            f"Received: from out.{council} by {BORDER} with ESMTPS id 2; {format_datetime(utc_now())}\r\n"
            f"From: Officer <officer@{council}>\r\nSubject: A question\r\n\r\nHello\r\n".encode()
        )


def test_answers_from_a_file_become_an_installation(ground: Ground, bare_run: Run) -> None:
    arrived(ground.user, ["tidewell.gov.uk", "harrowdale.gov.uk", "eastmarsh.gov.uk"])
    answer = bare_run("init", "--answers", ground.answers(), "--config", ground.configuration)
    assert answer.code == 0, answer.out + answer.err
    assert ground.written() == ["imap-password", "intake.toml", "smtp-password"]
    for name in ("imap-password", "smtp-password"):
        file = ground.configuration.with_name(name)
        assert (file.stat().st_mode & 0o777, file.read_text()) == (0o600, "secret\n")
    settings = read_settings(ground.configuration)
    assert (settings.mode, settings.trial.allow) == ("trial", (STAFF,))
    assert (settings.senders.authserv_id, settings.senders.border_host) == (BORDER, BORDER)
    assert settings.senders.inner_hosts == ("imap.northmere.gov.uk",)
    assert "3 of the latest 3 messages carry sender checks" in answer.out
    assert "intake doctor --config" in answer.out
    assert "secret" not in answer.out
    assert len(ground.user.messages()) == 3
    assert not any("\\Seen" in mail.flags for mail in ground.user.messages())
    assert ground.relay.received == []


def test_what_was_set_up_passes_the_examination(ground: Ground, bare_run: Run) -> None:
    assert bare_run("init", "--answers", ground.answers(), "--config", ground.configuration).code == 0
    answer = bare_run("doctor", "--json", "--config", ground.configuration)
    assert answer.code == 0, answer.out
    failures = [row for row in map(json.loads, answer.out.splitlines()) if row["status"] == "failure"]
    assert failures == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"imap_username": "nobody"}, "refused the login of mailbox main"),
        ({"imap_port": 1}, "refuses connections"),
        ({"smtp_username": "nobody"}, "refused our login"),
        ({"ca_file": None}, "cannot be verified"),
        ({"staff": [ADDRESS]}, "a mailbox that is watched"),
    ],
    ids=["login", "port", "relay's login", "authority", "addresses"],
)
def test_an_answer_that_fails_leaves_nothing_behind(
    ground: Ground, bare_run: Run, changes: dict[str, Any], told: str
) -> None:
    answer = bare_run("init", "--answers", ground.answers(**changes), "--config", ground.configuration)
    assert answer.code == 1
    assert told in " ".join(answer.out.split())
    assert "Nothing was written" in answer.out
    assert ground.written() == []


def test_a_recipient_that_the_relay_refuses_is_found(ground: Ground, bare_run: Run) -> None:
    ground.relay.refusals[COMMISSIONER] = "550 5.1.1 No such person here"
    answer = bare_run("init", "--answers", ground.answers(), "--config", ground.configuration)
    assert (answer.code, ground.written()) == (1, [])
    assert "takes no mail for the Commissioner" in " ".join(answer.out.split())


def test_untried_answers_are_written_all_the_same(ground: Ground, bare_run: Run) -> None:
    file = ground.answers(imap_port=1, smtp_port=1)
    answer = bare_run("init", "--answers", file, "--config", ground.configuration, "--untried")
    assert answer.code == 0, answer.err
    assert read_settings(ground.configuration).mailboxes[0].port == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"adress": "x"}, "did you mean address?"),
        ({"staff": None}, "staff is missing"),
        ({"address": "northmere"}, "service.address must be an email address"),
        ({"sign_in": "kerberos"}, 'one of "microsoft-365", "password"'),
        ({"imap_tls": "none", "imap_host": "imap.northmere.gov.uk"}, "only possible to this machine itself"),
        ({"imap_password_file": None}, "mailboxes.password_file must name"),
        ({"sign_in": "microsoft-365", "client_id": "x"}, "oauth.token_endpoint and oauth.client_id"),
    ],
)
def test_answers_that_cannot_be_right_are_refused(
    ground: Ground, bare_run: Run, changes: dict[str, Any], told: str
) -> None:
    answer = bare_run("init", "--answers", ground.answers(**changes), "--config", ground.configuration)
    assert answer.code == 2
    assert told in answer.err
    assert ground.written() == []


def test_a_place_that_cannot_be_written_is_told_at_once(ground: Ground, bare_run: Run) -> None:
    answer = bare_run("init", "--answers", ground.answers(imap_port=1), "--config", ground.answers() / "intake.toml")
    assert answer.code == 2
    assert "cannot be written by this account" in answer.err


def test_a_relative_folder_counts_from_the_settings(ground: Ground, bare_run: Run) -> None:
    file = ground.answers(folder="kept")
    assert bare_run("init", "--answers", file, "--config", ground.configuration, "--untried").code == 0
    assert read_settings(ground.configuration).storage.data_folder == ground.configuration.parent / "kept"


@pytest.mark.parametrize("name", ["intake.toml", "imap-password"])
def test_nothing_is_overwritten(ground: Ground, bare_run: Run, name: str) -> None:
    ground.configuration.parent.mkdir()
    there = ground.configuration.with_name(name)
    there.write_text("mine", encoding="utf-8")
    answer = bare_run("init", "--answers", ground.answers(), "--config", ground.configuration)
    assert answer.code == 2
    assert "already exists" in answer.err
    assert (there.read_text(encoding="utf-8"), ground.written()) == ("mine", [name])


def test_nobody_to_ask_is_said(ground: Ground, bare_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        answer = bare_run("init", "--config", ground.configuration)
    assert answer.code == 2
    assert "--answers FILE" in answer.err


def test_beside_the_systems_folder_the_secrets_are_systemds(
    ground: Ground, bare_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    system, store = ground.folder / "etc" / "intake", ground.folder / "etc" / "credstore"
    monkeypatch.setattr(places, "SYSTEM", system)
    monkeypatch.setattr(places, "CREDENTIALS", store)
    answer = bare_run("init", "--answers", ground.answers(), "--config", system / "intake.toml", "--untried")
    assert answer.code == 0, answer.err
    assert sorted(path.name for path in store.iterdir()) == ["imap-password", "smtp-password"]
    assert store.stat().st_mode & 0o077 == 0
    text = (system / "intake.toml").read_text(encoding="utf-8")
    assert 'password_file = "imap-password"' in text
    assert "folder =" not in text  # the system's own is the default
    assert "intake doctor --as-service" in answer.out


def test_root_sets_up_the_system_and_others_their_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert Places.of(None, None) == Places(Path("/etc/intake/intake.toml"), Path("/etc/credstore"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert Places.of(None, None) == Places(tmp_path / "intake.toml", tmp_path)


class Person:
    """Somebody at a terminal, who reads what is asked and types."""

    def __init__(self, *command: object) -> None:
        if not shutil.which("setsid"):
            pytest.skip("setsid (util-linux) gives the program a terminal of its own")
        self._master, terminal = pty.openpty()
        self._seen = ""
        self.process = subprocess.Popen(
            ["setsid", "--ctty", "--wait", sys.executable, "-m", "intake", *map(str, command)],
            stdin=terminal,
            stdout=terminal,
            stderr=terminal,
            env={**os.environ, "COLUMNS": "100", "TERM": "dumb"},
            cwd=Path(__file__).parents[2],
        )
        os.close(terminal)
        self.whole = ""

    def answers(self, question: str, typed: str) -> None:
        """Wait for the question, then type."""
        self._read_until(question)
        os.write(self._master, f"{typed}\n".encode())

    def _read_until(self, words: str) -> None:
        ends = time.monotonic() + SECONDS
        while words not in self._seen:
            assert time.monotonic() < ends, f"{words!r} was not asked: {self.whole}"
            self._read()
        self._seen = self._seen.partition(words)[2]

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], 0.2)
        try:
            piece = os.read(self._master, 4096).decode("utf-8", "replace") if ready else ""
        except OSError:  # the program has ended and closed its side
            return False
        self._seen += piece
        self.whole += piece
        return True

    def rest(self) -> int:
        """Read to the end; the exit code."""
        ends = time.monotonic() + SECONDS
        while self._read() and time.monotonic() < ends:
            pass
        return self.process.wait(SECONDS)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(5)
        os.close(self._master)


@pytest.fixture
def person(ground: Ground) -> Iterator[Person]:
    someone = Person("init", "--config", ground.configuration)
    yield someone
    someone.close()


def test_a_person_is_asked_again_where_an_answer_fails(ground: Ground, person: Person) -> None:
    person.answers("The mailbox's address", ADDRESS)
    person.answers("How to sign in to it (password, microsoft-365) [password]", "")
    person.answers("IMAP server [imap.northmere.gov.uk]", "localhost")
    person.answers("TLS (implicit, starttls, none) [implicit]", "")
    person.answers("Port [993]", str(ground.user.imaps_port))
    person.answers("private certificate authority", str(ground.authorities))
    person.answers(f"Name to log in with [{ADDRESS}]", ground.user.user)
    person.answers("Its password", "hunter-two")
    person.answers("Keep these answers all the same? [y/N]", "")
    for known in (ADDRESS, "[password]", "[localhost]", "[implicit]"):
        person.answers(known, "")
    person.answers("Port", str(ground.user.imaps_port))
    person.answers("authority", "")
    person.answers(f"[{ground.user.user}]", "")
    person.answers("Its password", "secret")
    person.answers("The Commissioner's address", COMMISSIONER)
    person.answers("Staff addresses", f"{STAFF}, lead@northmere.gov.uk")
    person.answers(f"during the trial [{STAFF}, lead@northmere.gov.uk]", "")
    person.answers("SMTP server", "localhost")
    person.answers("[starttls]", "")
    person.answers("Port [587]", str(ground.relay.port))
    person.answers("login (login, none) [login]", "")
    person.answers(f"[{ground.user.user}]", ground.relay.user)
    person.answers("Its password (empty: the mailbox's)", "")
    person.answers("Folder for messages and ledger", "")
    assert person.rest() == 0, person.whole
    settings = read_settings(ground.configuration)
    assert settings.recipients.staff == (STAFF, "lead@northmere.gov.uk")
    assert settings.mailboxes[0].username == ground.user.user
    assert settings.storage.data_folder == ground.configuration.parent / "data"
    assert ground.configuration.with_name("imap-password").read_text() == "secret\n"
    assert "hunter-two" not in person.whole
    assert "secret" not in person.whole
    assert "Nothing was found that proves a sender" in person.whole
