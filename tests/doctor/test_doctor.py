"""An installation on real servers is examined; each fault is named with what to do about it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from intake.doctor import CHECKS
from tests.commands.conftest import Answer, Run
from tests.servers.dovecot import Dovecot, MailUser
from tests.servers.relay import Relay
from tests.service.world import World, settings_of


@pytest.fixture
def installation(tmp_path: Path, mail_user: MailUser, settled: World) -> Path:
    """A configuration on servers that answer, before the first start."""
    (tmp_path / "data").mkdir(mode=0o700)
    addresses = {"commissioner": "reports@tidewell.example"}
    settings_of(tmp_path, mail_user.imap_port, settled.relay.port, mail_user.user, mail_user.password, **addresses)
    return tmp_path / "intake.toml"


def change(configuration: Path, was: str, now: str) -> None:
    text = configuration.read_text(encoding="utf-8")
    assert was in text
    configuration.write_text(text.replace(was, now, 1), encoding="utf-8")


def results(answer: Answer, check: str) -> list[dict[str, str]]:
    return [row for row in map(json.loads, answer.out.splitlines()) if row["id"] == check]


def test_every_check_answers_in_order_and_nothing_fails(bare_run: Run, installation: Path) -> None:
    answer = bare_run("doctor", "--json", "--config", installation)
    assert answer.code == 0, answer.out
    rows = [json.loads(line) for line in answer.out.splitlines()]
    assert list(dict.fromkeys(row["id"] for row in rows)) == [check.id for check in CHECKS]
    assert all(set(row) == {"id", "title", "status", "message", "hint"} for row in rows)
    assert all(row["message"] for row in rows)
    assert all(row["hint"] for row in rows if row["status"] in {"warning", "failure"})
    assert "INBOX holds 0 messages" in answer.out
    assert "makes it" in answer.out  # nothing is made that the first start would make
    assert not list((installation.parent / "data").iterdir())


def test_it_reads_well_in_eighty_columns(bare_run: Run, installation: Path) -> None:
    answer = bare_run("doctor", "--config", installation)
    assert max(map(len, answer.out.splitlines())) <= 80
    assert "✓ Configuration" in answer.out


def test_a_ledger_at_work_is_whole_and_balanced(bare_run: Run, settled: World) -> None:
    answer = bare_run("doctor", "--json", "--config", settled.folder / "intake.toml")
    assert [row["status"] for row in (*results(answer, "ledger"), *results(answer, "balance"))] == ["ok", "ok"]
    assert "all 3 messages seen are accounted for" in answer.out


def test_without_a_configuration_the_machine_is_still_examined(bare_run: Run, tmp_path: Path) -> None:
    answer = bare_run("doctor", "--json", "--config", tmp_path / "none.toml")
    assert answer.code == 2
    assert results(answer, "configuration")[0]["status"] == "failure"
    assert results(answer, "mailbox")[0]["status"] == "not-checked"
    assert results(answer, "libmagic")[0]["status"] == "ok"


def test_a_wrong_password_is_the_mailboxs_failure_alone(bare_run: Run, installation: Path) -> None:
    (installation.parent / "password").write_text("hunter-two", encoding="utf-8")
    answer = bare_run("doctor", "--json", "--config", installation)
    assert answer.code == 1
    assert results(answer, "mailbox")[0]["status"] == "failure"
    assert results(answer, "relay")[0]["status"] == "ok"
    assert "hunter-two" not in answer.out


def test_a_relay_that_is_away_is_a_failure(bare_run: Run, installation: Path) -> None:
    text = installation.read_text(encoding="utf-8")
    installation.write_text(re.sub(r'(\[relay\]\nhost = "127.0.0.1"\nport = )\d+', r"\g<1>1", text), encoding="utf-8")
    answer = bare_run("doctor", "--json", "--config", installation)
    assert answer.code == 1
    assert "refuses connections" in results(answer, "relay")[0]["message"]


def test_a_relay_that_takes_less_than_the_rule_allows_is_warned_of(bare_run: Run, installation: Path) -> None:
    with Relay(size_limit=20_000_000, starttls=False, login=False) as small:
        text = installation.read_text(encoding="utf-8")
        changed = re.sub(r'(\[relay\]\nhost = "127.0.0.1"\nport = )\d+', rf"\g<1>{small.port}", text)
        installation.write_text(changed, encoding="utf-8")
        answer = bare_run("doctor", "--json", "--config", installation)
    assert answer.code == 0, answer.out
    (size,) = [row for row in results(answer, "relay") if "takes mail of up to" in row["message"]]
    assert (size["status"], "up to 20.0 MB" in size["message"], "28.8 MB" in size["message"]) == ("warning", True, True)


def test_files_and_secrets_that_others_can_open_are_failures(bare_run: Run, installation: Path) -> None:
    (installation.parent / "password").chmod(0o644)
    (installation.parent / "data").chmod(0o755)
    answer = bare_run("doctor", "--json", "--config", installation)
    assert answer.code == 1
    assert "chmod 600" in results(answer, "secrets")[0]["hint"]
    assert "chmod -R go=" in results(answer, "data-folder")[0]["hint"]


def test_a_broken_template_is_found_with_its_line(bare_run: Run, installation: Path) -> None:
    own = installation.parent / "own"
    own.mkdir()
    (own / "reply.txt.j2").write_text("Dear colleague\n{% if %}\n", encoding="utf-8")
    with installation.open("a", encoding="utf-8") as file:
        file.write('[overrides]\ntemplates = "own"\n')
    answer = bare_run("doctor", "--json", "--config", installation)
    assert answer.code == 1
    assert "reply.txt.j2, line 2" in results(answer, "templates")[0]["message"]


def test_a_scanner_that_is_away_is_a_failure(bare_run: Run, installation: Path) -> None:
    with installation.open("a", encoding="utf-8") as file:
        file.write('[scanner]\naddress = "tcp:127.0.0.1:1"\n')
    assert results(bare_run("doctor", "--json", "--config", installation), "scanner")[0]["status"] == "failure"


def test_a_certificate_that_ends_soon_and_an_ended_secret_are_told(bare_run: Run, installation: Path) -> None:
    with Dovecot(certificate_days=5) as server:
        user = server.add_user()
        settings_of(installation.parent, user.imaps_port, 1, user.user, user.password)
        change(installation, 'tls = "none"', f'tls = "implicit"\nca_file = "{server.ca_file}"')
        with installation.open("a", encoding="utf-8") as file:
            file.write('[oauth]\nsecret_expires = "2020-01-01"\n')
        answer = bare_run("doctor", "--json", "--config", installation)
    assert any("certificate ends in" in row["message"] for row in results(answer, "mailbox"))
    assert results(answer, "expiries")[0]["status"] == "failure"
