"""What the service writes beside the message store and the ledger names nobody, and its secrets are nowhere."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from intake.ledger import Ledger, tables
from tests.builders import NORTHMERE, a_message, a_report, truncate
from tests.servers.dovecot import Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.service.world import World, stamped, submission

SECRET = "planted-secret-7kd93hx"
PLANTED = ("Zephyrine", "Quillfeather", "quillfeather", "Ossington", "ossington", "final.pdf", "feedback letter")
REVIEW = replace(
    NORTHMERE,
    csp="Ossington Community Safety Partnership",
    council="Ossington Council",
    domain="ossington.gov.example",
    name="Zephyrine",
    officer="Philippa Quillfeather",
)
OBJECTION = "Dear team,\n\nPlease do not share the report: Zephyrine Quillfeather's mother objects.\n\nRegards"
_OWN = ("messages", "ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-shm")


def once(folder: Path) -> subprocess.CompletedProcess[bytes]:
    """One pass of the real program, started as carelessly as can be: every file open to everybody."""
    command = [sys.executable, "-m", "intake", "once", "--config", str(folder / "intake.toml")]
    return subprocess.run(
        command,
        capture_output=True,
        timeout=120,
        check=False,
        umask=0,
    )


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, dovecot: Dovecot) -> tuple[Path, list[bytes]]:
    """A folder after a day with everything that can go wrong, and each line that the program wrote meanwhile."""
    folder = tmp_path_factory.mktemp("private")
    refusal = "550 5.1.1 <p.quillfeather@ossington.gov.example> Philippa Quillfeather is unknown"
    with SmtpSink() as relay:
        world = World(folder, dovecot.add_user(password=SECRET), relay, None)  # type: ignore[arg-type]
        _ = world.settings  # writes the configuration
        text = (folder / "intake.toml").read_text(encoding="utf-8")
        (folder / "intake.toml").write_text(text.replace('format = "text"', 'level = "debug"'), encoding="utf-8")
        said = [once(folder)]
        world.post(submission(1, REVIEW))
        world.post(submission(2, REVIEW, report=truncate(a_report(review=REVIEW, pages=8))))
        world.post(submission(3, replace(REVIEW, name="Quillfeather"), weblink=""))
        world.post(stamped(a_message(subject="Our report", body=OBJECTION, review=REVIEW, number=5)))
        said.append(once(folder))
        relay.start(refuse=["RCPT"], refusal=refusal)
        world.post(submission(4, replace(REVIEW, name="Zephyrine Two"), weblink=""))
        said.append(once(folder))
        relay.halt()
        (folder / "password").write_text("other-" + SECRET, encoding="utf-8")
        said.append(once(folder))
    assert [done.returncode for done in said] == [0] * len(said), said[-1].stderr
    return folder, [line for done in said for line in (*done.stdout.splitlines(), *done.stderr.splitlines())]


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_every_line_is_the_programs_own(written: tuple[Path, list[bytes]]) -> None:
    _, lines = written
    assert len(lines) > 10
    events = {json.loads(line)["event"] for line in lines}  # what a library prints is no JSON
    assert {"message-arrived", "message-judged", "mail-settled", "work-failed"} <= events


@pytest.mark.parametrize("name", PLANTED)
def test_no_line_names_anybody(written: tuple[Path, list[bytes]], name: str) -> None:
    _, lines = written
    assert not [line for line in lines if name.encode() in line]


def test_no_file_beside_store_and_ledger_names_anybody(written: tuple[Path, list[bytes]]) -> None:
    data = written[0] / "data"
    others = [path for path in files(data) if path.relative_to(data).parts[0] not in _OWN]
    for path in others:
        content = path.read_bytes()
        assert not [name for name in PLANTED if name.encode() in content], path
    assert any(b"Quillfeather" in path.read_bytes() for path in files(data))  # the search itself finds


def test_a_quoted_sentence_is_in_the_ledger_alone(written: tuple[Path, list[bytes]]) -> None:
    folder, lines = written
    quoted = "Zephyrine Quillfeather's mother objects"
    with Ledger.open(f"sqlite:///{folder / 'data' / 'ledger.sqlite'}", migrate=False) as ledger:
        events = ledger.events.latest(10_000)
        with ledger.database.read() as connection:
            doubts = connection.execute(tables.doubts.select()).all()
    assert [row.code for row in doubts if quoted in (row.quote or "")]
    assert not [event for event in events if any(name in repr(event) for name in PLANTED)]
    assert not [line for line in lines if b"objects" in line]


def test_the_secret_is_nowhere(written: tuple[Path, list[bytes]]) -> None:
    folder, lines = written
    assert not [line for line in lines if SECRET.encode() in line]
    assert [path.name for path in files(folder) if SECRET.encode() in path.read_bytes()] == ["password"]


def test_folders_and_files_are_closed_to_others_whatever_the_umask(written: tuple[Path, list[bytes]]) -> None:
    data = written[0] / "data"
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in (data, *data.rglob("*"))}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}
