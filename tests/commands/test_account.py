"""Only the data folder's owner works on it: nothing there ever becomes root's, or anybody else's."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake import cli
from tests.commands.conftest import Run
from tests.service.world import settings_of

OTHER = 65534  # nobody
NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another account")
WITHOUT_INSTALLATION = {"demo", "check", "explain", "init"}
MORE = {
    "show": ("1",),
    "release": ("1", "--as", "ignore", "--by", "A", "--reason", "r"),
    "override": ("1", "weblink", "--as", "met", "--by", "A", "--reason", "r"),
    "settle": ("1", "all", "--by", "A", "--reason", "r"),
    "join": ("1", "2", "--by", "A", "--reason", "r"),
    "split": ("1", "--by", "A", "--reason", "r"),
    "withdraw": ("1", "--by", "A", "--reason", "r"),
    "hold": ("1", "--by", "A", "--reason", "r"),
    "retry": ("1", "--by", "A", "--reason", "r"),
    "backup": ("/nonexistent/backup",),
    "restore": ("/nonexistent/backup",),
    "user": ("list",),
}


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that every account can enter, with a configuration and an empty data folder."""
    folder = Path(tempfile.mkdtemp(prefix="intake-account-"))
    folder.chmod(0o755)
    settings_of(folder, 1, 1, "nobody", "secret")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def data(place: Path) -> Path:
    return place / "data"


def commands() -> list[str]:
    return [name for name, _ in cli._COMMANDS if name not in WITHOUT_INSTALLATION]


@NEEDS_ROOT
@pytest.mark.parametrize("command", commands())
def test_another_account_is_told_whose_the_folder_is_and_changes_nothing(
    command: str, bare_run: Run, place: Path, data: Path
) -> None:
    os.chown(data, OTHER, OTHER)
    answer = bare_run(command, *MORE.get(command, ()), "--config", place / "intake.toml")
    assert answer.code == 2
    assert f"{data} belongs to nobody, and this command runs as root." in answer.err
    assert "--as-owner" in answer.err
    assert list(data.iterdir()) == []


def test_so_is_an_account_that_is_not_root(bare_run: Run, place: Path) -> None:
    theirs = "/usr" if os.geteuid() else str(_given_away(place))
    settings = place / "intake.toml"
    settings.write_text(settings.read_text().replace('folder = "data"', f'folder = "{theirs}"'))
    assert f"{theirs} belongs to " in bare_run("log", "--config", settings).err


def _given_away(place: Path) -> Path:
    folder = place / "theirs"
    folder.mkdir()
    os.chown(folder, OTHER, OTHER)
    return folder


@NEEDS_ROOT
def test_root_does_not_make_the_folder(bare_run: Run, place: Path, data: Path) -> None:
    data.rmdir()
    for command in (("once",), ("user", "list"), ("log", "--as-owner"), ("restore", "/nonexistent")):
        answer = bare_run(*command, "--config", place / "intake.toml")
        assert answer.code == 2
        assert "does not exist, and root does not make it" in answer.err
        assert "install -d -o intake -g intake -m 700" in answer.err
    assert not data.exists()


@NEEDS_ROOT
def test_doctor_may_look_before_the_folder_is_there(bare_run: Run, place: Path, data: Path) -> None:
    data.rmdir()
    answer = bare_run("doctor", "--json", "--config", place / "intake.toml")
    found = {row["id"]: row["message"] for row in map(json.loads, answer.out.splitlines())}
    assert "is not there yet" in found["data-folder"]
    assert not data.exists()


# The first command loads all that the second needs: the tests' own Python may be one that only root can read.
AS_OWNER = """
import sys
from intake import cli
first, second = sys.argv[1:]
print(cli.main(["user", "list", "--config", first]), cli.main(["user", "list", "--as-owner", "--config", second]))
import os
print(os.getuid(), os.geteuid(), os.getgid(), os.getgroups(), os.environ["USER"])
try:
    os.setuid(0)
except PermissionError:
    print("for good")
"""


@NEEDS_ROOT
def test_root_can_become_the_owner_and_leaves_nothing_of_its_own(place: Path, data: Path, tmp_path: Path) -> None:
    settings_of(tmp_path, 1, 1, "nobody", "secret")
    os.chown(data, OTHER, OTHER)
    command = [sys.executable, "-c", AS_OWNER, str(tmp_path / "intake.toml"), str(place / "intake.toml")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.splitlines() == ["0 0", "65534 65534 65534 [65534] nobody", "for good"], done.stderr
    made = {path.name: path.stat() for path in data.rglob("*")}
    assert "ledger.sqlite" in made
    assert {(found.st_uid, found.st_gid) for found in made.values()} == {(OTHER, OTHER)}


@NEEDS_ROOT
@pytest.mark.parametrize("name", ["ledger.sqlite", "ledger.sqlite-wal", "messages"])
def test_what_another_account_left_there_is_named_with_the_cure(
    name: str, bare_run: Run, place: Path, data: Path
) -> None:
    (data / name).touch()
    os.chown(data / name, OTHER, OTHER)
    answer = bare_run("log", "--config", place / "intake.toml")
    assert answer.code == 2
    assert f"{data / name} belongs to nobody, though {data} belongs to root." in answer.err
    assert f"chown -R root: {data / name}" in answer.err


def test_the_owner_needs_no_word(bare_run: Run, place: Path, data: Path) -> None:
    assert bare_run("user", "list", "--config", place / "intake.toml").code == 0
    assert bare_run("user", "list", "--as-owner", "--config", place / "intake.toml").code == 0
