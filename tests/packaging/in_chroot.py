"""`make deb-test`: the package, built in one fresh Debian and installed in another, does what the documents say.

Not among the usual tests, since each release takes minutes; `test_deb.py` is.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import Letter, Scan, a_message, a_report
from tests.packaging.chroots import Chroot, lacking

pytestmark = pytest.mark.skipif(bool(lacking()), reason=lacking() or "it can")

TO_BUILD = ("make", "python3", "python3-venv", "ca-certificates")
MESSAGE = "/srv/a.eml"
PACKAGE = "/root/intake.deb"
SETTINGS = """\
mode = "trial"
[service]
address = "dhr@intake.example"
[[mailboxes]]
host = "127.0.0.1"
username = "dhr@intake.example"
password_file = "imap-password"
[relay]
host = "127.0.0.1"
username = "dhr@intake.example"
password_file = "smtp-password"
[recipients]
commissioner = "dhr@commissioner.example"
staff = ["team@intake.example"]
"""


@pytest.fixture(scope="module", params=["bookworm", "trixie"])
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def package(release: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Built as the documents say, and once more from another folder."""
    folder = tmp_path_factory.mktemp("build")
    chroot = Chroot(folder / release, release)
    chroot.install(*TO_BUILD)
    chroot.put_source("/src/one")
    chroot.run("cp", "-r", "/src/one", "/src/another")
    for place in ("/src/one", "/src/another"):
        chroot.run("make", "-C", place, "deb")
    one, another = ((chroot.folder / "src" / place / "dist").glob("*.deb") for place in ("one", "another"))
    kept = shutil.copy(next(one), folder)
    assert Path(kept).read_bytes() == next(another).read_bytes()
    shutil.rmtree(chroot.folder)
    yield Path(kept)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def server(release: str, package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chroot]:
    """Another fresh installation, with the package and what it asks for."""
    chroot = Chroot(tmp_path_factory.mktemp("server") / release, release)
    chroot.install(chroot.put(package, PACKAGE))
    chroot.put(
        _written(tmp_path_factory.mktemp("settings") / "intake.toml", SETTINGS.encode()), "/etc/intake/intake.toml"
    )
    yield chroot
    shutil.rmtree(chroot.folder)


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_every_file_is_as_it_was_packed(server: Chroot) -> None:
    assert server.run("dpkg", "--verify", "intake") == ""


def test_account_and_folders_are_there_and_closed(server: Chroot) -> None:
    assert re.match(r"intake:[^:]*:\d+:\d+:[^:]*:/var/lib/intake:/usr/sbin/nologin$", _account(server))
    for folder, wanted in {
        "/var/lib/intake": "intake intake 700",
        "/var/backups/intake": "intake intake 700",
        "/etc/credstore": "root root 700",
        "/etc/intake": "root root 755",
        "/opt/intake": "root root 755",
    }.items():
        assert server.run("stat", "-c", "%U %G %a", folder).strip() == wanted, folder


def _account(server: Chroot) -> str:
    return server.run("getent", "passwd", "intake").strip()


def test_the_units_are_in_order_and_none_is_enabled(server: Chroot) -> None:
    for unit in ("intake.service", "intake-web.service", "intake-backup.service", "intake-backup.timer"):
        server.run("systemd-analyze", "verify", "--man=no", unit)
        assert server.run("sh", "-c", f"systemctl is-enabled {unit} || true").strip() in {"disabled", "static"}


def test_a_scanned_letter_is_read(server: Chroot, tmp_path: Path) -> None:
    raw = a_message(report=a_report(pages=12, letter=Letter(scan=Scan())))
    server.put(_written(tmp_path / "a.eml", raw), MESSAGE)
    # Its exit code is 1: the checks that this builder's report fails are no matter here.
    answer = server.run("sh", "-c", f"intake check --json {MESSAGE} || [ $? = 1 ]", user="nobody")
    verdict = json.loads(answer.splitlines()[-1])
    assert next(check for check in verdict["checks"] if check["id"] == "feedback-letter-annex")["status"] == "met"


def test_the_demo_runs_as_the_services_account(server: Chroot) -> None:
    answer = server.run("intake", "demo", "--folder", "/var/lib/intake/demo", user="intake")
    assert "Every message came out as expected." in answer
    server.run("rm", "-r", "/var/lib/intake/demo")


def test_the_documented_accounts_work_and_others_are_told(server: Chroot) -> None:
    assert "belongs to intake, and this command runs as root" in server.run("intake", "log", code=2)
    server.run("intake", "user", "add", "a.baker", "--as-owner", "--password-stdin", stdin="three random words\n")
    assert "a.baker" in server.run("intake", "user", "list", user="intake")
    server.run("intake", "log", "--as-owner")
    server.run("intake", "backup", "--as-owner", "/var/backups/intake/first")
    owners = server.run("find", "/var/lib/intake", "/var/backups/intake", "-not", "-user", "intake")
    assert owners == ""


def test_every_library_that_comes_along_finds_what_it_needs(server: Chroot) -> None:
    found = server.run("sh", "-c", "find /opt/intake -name '*.so*' -exec ldd {} + 2>&1 || true")
    assert "libc.so.6" in found
    assert [line for line in found.splitlines() if "not found" in line] == []


def test_nothing_is_written_beside_the_program(server: Chroot) -> None:
    """What runs as root, too, finds everything compiled."""
    server.run("intake", "explain")
    assert server.run("find", "/opt/intake", "-newer", "/var/lib/dpkg/info/intake.list", "-type", "f") == ""


def test_an_upgrade_keeps_what_is_kept_and_a_purge_leaves_it(server: Chroot) -> None:
    """The last of these tests: afterwards the program is gone."""
    server.run("apt-get", "-qq", "-y", "install", "--reinstall", PACKAGE)
    assert "a.baker" in server.run("intake", "user", "list", "--as-owner")
    said = server.run("apt-get", "-qq", "-y", "purge", "intake")
    assert "/var/lib/intake" in said
    assert not (server.folder / "opt/intake").exists()
    assert not (server.folder / "usr/bin/intake").is_symlink()
    assert (server.folder / "etc/intake/intake.toml").is_file()
    assert (server.folder / "var/lib/intake/ledger.sqlite").is_file()
    assert _account(server)
