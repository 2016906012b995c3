"""Backup, restore, verify and doctor where ledger and messages lie in PostgreSQL."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from intake.ledger import Presence
from intake.model import MailKind, OutgoingState
from tests.commands.conftest import Run, settle
from tests.ledger.conftest import postgresql, template
from tests.ledger.postgresql import PostgreSQL
from tests.servers.dovecot import MailUser
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import COMMISSIONER, World, named, submission

__all__ = ["postgresql", "template"]


@pytest.fixture
def programs(postgresql: PostgreSQL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump and pg_restore as an installed machine has them on its path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("pg_dump", "pg_restore"):
        script = folder / name
        script.write_text(
            f'#!/bin/sh\nLD_LIBRARY_PATH={postgresql.libraries} exec {postgresql.binaries}/{name} "$@"\n',
            encoding="utf-8",
        )
        script.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


@pytest.fixture
def world(
    tmp_path: Path, mail_user: MailUser, smtp_sink: SmtpSink, settled: World, postgresql: PostgreSQL, template: str
) -> World:
    """One complete submission, one that waits for the CSP, one message left alone."""
    storage = {"storage": _in(postgresql.new_database(template))}
    return settle(World(tmp_path, mail_user, smtp_sink, settled.sandbox, storage))


def _in(url: str, messages: str = "database") -> str:
    return f'ledger = "{url}"\nmessages = "{messages}"'


@pytest.fixture
def run(bare_run: Run, world: World) -> Run:
    return lambda *arguments: bare_run(*arguments, "--config", world.folder / "intake.toml")


def change(world: World, statement: str, **values: object) -> None:
    with world.ledger() as ledger, ledger.database.engine.begin() as connection:
        assert connection.execute(text(statement), values).rowcount


@pytest.mark.parametrize("messages", ["database", "folder"])
@pytest.mark.usefixtures("programs")
def test_a_backup_holds_dump_and_messages_and_is_restored_into_an_empty_database(
    world: World, run: Run, postgresql: PostgreSQL, tmp_path: Path, messages: str
) -> None:
    before = (world.states(), [(mail.kind, mail.sha256, mail.state) for mail in world.outgoing()])
    answer = run("backup", tmp_path / "backup")
    assert answer.code == 0, answer.err
    assert {path.name for path in (tmp_path / "backup").iterdir()} == {"ledger.dump", "messages", "backup.json"}
    assert "There is already a ledger in this database" in run("restore", tmp_path / "backup").err
    world.changes["storage"] = _in(postgresql.new_database("template0"), messages)
    assert world.settings.storage.in_postgresql  # and the file says so
    answer = run("restore", tmp_path / "backup")
    assert answer.code == 0, answer.err
    assert "is in place" in answer.out
    assert "missing" not in answer.out
    assert (world.states(), [(mail.kind, mail.sha256, mail.state) for mail in world.outgoing()]) == before
    assert json.loads(run("verify", "--json").out)["sound"]
    world.run(2)
    assert len(world.sent(COMMISSIONER)) == 1
    world.post(submission(4, named("Dora")))
    world.run()
    assert world.states_of(MailKind.FORWARD) == [OutgoingState.SENT, OutgoingState.HELD]  # until a person lets go


@pytest.mark.usefixtures("programs")
def test_nothing_is_restored_beside_a_service_at_work(
    world: World, run: Run, tmp_path: Path, postgresql: PostgreSQL
) -> None:
    assert run("backup", tmp_path / "backup").code == 0
    with world.ledger() as ledger, Presence(ledger.database, "one", 2):
        answer = run("restore", tmp_path / "backup")
    assert answer.code == 2
    assert "Another intake service is at work on this ledger" in answer.err


def test_without_the_programs_it_says_what_to_install(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    answer = run("backup", tmp_path / "backup")
    assert answer.code == 2
    assert "pg_dump is not on this machine" in answer.err
    assert "postgresql-client" in answer.err


FLIP = "UPDATE kept_pieces SET content = set_byte(content, 0, get_byte(content, 0) # 1) WHERE sha256 = :name"
LOSE = "DELETE FROM kept_messages WHERE sha256 = :name"


@pytest.mark.parametrize(
    ("spoil", "said", "found"),
    [
        (FLIP, "is not what was stored", "1 of 6 looked at are not what was stored"),
        (LOSE, "is missing", "1 of 6 messages are missing"),
    ],
    ids=["flipped", "missing"],
)
def test_verify_and_doctor_notice_what_happened_to_a_message(
    world: World, run: Run, spoil: str, said: str, found: str
) -> None:
    assert _messages(run)["status"] == "ok"
    (forward,) = world.outgoing(MailKind.FORWARD)
    change(world, spoil, name=forward.sha256)
    answer = run("verify")
    assert answer.code == 1
    assert f"{forward.sha256} {said}" in answer.out
    assert f"mail {forward.id} could not be compared" in answer.out
    checked = _messages(run)
    assert checked["status"] == "failure"
    assert found in checked["message"]


def _messages(run: Run) -> dict[str, str]:
    rows = map(json.loads, run("doctor", "--json").out.splitlines())
    return next(row for row in rows if row["id"] == "messages")
