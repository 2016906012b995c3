"""What is in the Debian package, apart from the environment, which `make deb-test` builds and installs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from intake import __version__
from scripts import deb
from tests.packaging.source import ROOT
from tests.servers import places

pytestmark = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is not installed")

NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root can make accounts")


def pack(folder: Path) -> Path:
    root = folder / "root"
    root.mkdir(mode=0o755)
    deb.lay_out(root)
    return deb.pack(root, folder / "dist", "python3.11")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return pack(tmp_path_factory.mktemp("deb"))


@pytest.fixture(scope="module")
def unpacked(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    subprocess.run(["dpkg-deb", "--raw-extract", str(package), str(folder)], check=True)
    return folder


def field(package: Path, name: str) -> str:
    return subprocess.run(["dpkg-deb", "-f", str(package), name], capture_output=True, text=True, check=True).stdout


def test_it_says_what_it_is_and_what_it_needs(package: Path) -> None:
    assert field(package, "Package").strip() == "intake"
    assert re.fullmatch(re.escape(__version__) + r"\+\w+", field(package, "Version").strip())
    wanted = {name.strip() for name in field(package, "Depends").split(",")}
    assert {"python3.11", "libseccomp2", "tesseract-ocr-eng", "tesseract-ocr-osd", "tzdata"} <= wanted
    assert "libmagic1t64 | libmagic1" in wanted


def test_packed_again_elsewhere_it_is_the_same_bytes(package: Path, tmp_path: Path) -> None:
    assert pack(tmp_path).read_bytes() == package.read_bytes()


def test_its_content_is_roots_and_nobody_elses(package: Path) -> None:
    listed = subprocess.run(["dpkg-deb", "-c", str(package)], capture_output=True, text=True, check=True).stdout
    assert {line.split()[1] for line in listed.splitlines()} == {"root/root"}
    assert {line.split()[0] for line in listed.splitlines()} == {"drwxr-xr-x", "-rw-r--r--", "lrwxrwxrwx"}


def test_it_brings_units_account_folders_and_documents(unpacked: Path) -> None:
    for place, source in {
        "usr/lib/systemd/system": [f"systemd/{unit}" for unit in deb.UNITS],
        "usr/share/doc/intake/docs": [str(path.relative_to(ROOT)) for path in (ROOT / "docs").glob("*.md")],
        "usr/share/doc/intake/examples": ["config/intake.example.toml", "packaging/nginx.conf", "packaging/Caddyfile"],
    }.items():
        for name in source:
            assert (unpacked / place / Path(name).name).read_bytes() == (ROOT / name).read_bytes()
    assert (unpacked / "usr/bin/intake").readlink() == Path("/opt/intake/bin/intake")
    assert set(deb.UNITS) == {
        path.name for path in (ROOT / "systemd").iterdir() if path.suffix in {".service", ".timer"}
    }


def test_the_sums_are_those_of_the_files(unpacked: Path) -> None:
    subprocess.run(["md5sum", "--check", "--strict", "--quiet", "DEBIAN/md5sums"], cwd=unpacked, check=True)


@pytest.mark.parametrize("script", deb.SCRIPTS)
def test_a_maintainer_script_is_one_the_shell_can_read(script: str, unpacked: Path) -> None:
    path = unpacked / "DEBIAN" / script
    assert os.access(path, os.X_OK)
    subprocess.run(["sh", "-n", str(path)], check=True)
    assert "set -e" in path.read_text()


@pytest.mark.parametrize(
    ("script", "words", "said"),
    [
        ("postinst", ("configure", ""), ["systemd-sysusers intake.conf", "systemd-tmpfiles --create intake.conf"]),
        ("postinst", ("abort-upgrade", "1"), []),
        ("prerm", ("upgrade", "2"), []),
        ("prerm", ("remove",), ["systemctl --quiet disable intake-backup.timer intake-web.service intake.service"]),
        ("postrm", ("purge",), []),
    ],
)
def test_where_systemd_does_not_run_a_script_does_only_this(
    script: str, words: tuple[str, ...], said: list[str], unpacked: Path, tmp_path: Path
) -> None:
    if Path("/run/systemd/system").is_dir():
        pytest.skip("systemd runs here")
    log = tmp_path / "log"
    log.touch()
    for name in ("systemd-sysusers", "systemd-tmpfiles", "systemctl", "deb-systemd-invoke"):
        (tmp_path / name).write_text(f'#!/bin/sh\necho "$(basename "$0") $*" >>"{log}"\n')
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    subprocess.run([str(unpacked / "DEBIAN" / script), *words], env=environment, capture_output=True, check=True)
    assert log.read_text().splitlines() == said


@NEEDS_ROOT
def test_systemd_makes_the_account_and_its_folders(unpacked: Path, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    tools = places.unpacked("systemd")
    environment = {**os.environ, "LD_LIBRARY_PATH": places.library_path(tools)}
    for tool, words in (("systemd-sysusers", []), ("systemd-tmpfiles", ["--create"])):
        (program,) = (path for path in tools.rglob(tool) if path.is_file() and os.access(path, os.X_OK))
        kind = tool.removeprefix("systemd-")
        target = tmp_path / f"usr/lib/{kind}.d/intake.conf"
        target.parent.mkdir(parents=True)
        shutil.copy(unpacked / f"usr/lib/{kind}.d/intake.conf", target)
        command = [str(program), f"--root={tmp_path}", *words, "intake.conf"]
        subprocess.run(command, env=environment, check=True, capture_output=True)
    number = next(line for line in (tmp_path / "etc/passwd").read_text().splitlines() if line.startswith("intake:"))
    _, _, uid, gid, _, home, shell = number.split(":")
    assert (home, shell) == ("/var/lib/intake", "/usr/sbin/nologin")
    for folder in ("var/lib/intake", "var/backups/intake"):
        found = (tmp_path / folder).stat()
        assert (str(found.st_uid), str(found.st_gid), found.st_mode & 0o777) == (uid, gid, 0o700)
    assert (tmp_path / "etc/credstore").stat().st_mode & 0o777 == 0o700
