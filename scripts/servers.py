#!/usr/bin/env python3
"""Unpack the real servers that the tests run against into `.servers/`, without installing anything.

A machine's own mail server stays as it is: each part is downloaded with `apt-get download` and unpacked with
`dpkg -x` into a folder of its own, together with the libraries that the machine lacks. Lists and downloads live
under `.servers/` too, so an ordinary user can do it. A part that is already there costs nothing.

    scripts/servers.py dovecot postfix
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
SERVERS = HERE / ".servers"
DAY = 24 * 60 * 60

PARTS: dict[str, tuple[str, ...]] = {
    "dovecot": ("dovecot-core", "dovecot-imapd", "dovecot-lmtpd"),
    "postfix": ("postfix",),
    "clamav": ("clamav-daemon", "clamdscan", "clamav-testfiles"),
    "postgresql": ("postgresql",),
    "chromium": ("chromium", "chromium-common", "fonts-dejavu-core", "fonts-liberation", "libatomic1"),
    "poppler": ("poppler-utils",),
    "systemd": ("systemd",),
}

# Dovecot opens these two by an absolute path that no setting changes; its processes start in `base_dir`, where
# the fixtures put links of these names.
RELOCATED = ((b"/usr/lib/dovecot/modules\0", b"modules"), (b"/usr/bin/doveconf\0", b"doveconf"))


class ServersError(Exception):
    """A part cannot be unpacked: the message says why, for a person."""


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("parts", nargs="+", choices=sorted(PARTS), help="what to unpack")
    wanted = parser.parse_args().parts
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        print("The tests' servers come from Debian or Ubuntu packages: apt-get is needed.", file=sys.stderr)
        return 2
    try:
        for part in wanted:
            provide(part)
    except ServersError as error:
        print(f"scripts/servers.py: {error}", file=sys.stderr)
        return 1
    return 0


def provide(part: str) -> None:
    """Unpack one part unless its stamp says that this system's version is there."""
    stamp = SERVERS / f"{part}.stamp"
    system = system_name()
    if stamp.is_file() and stamp.read_text().splitlines()[:1] == [system] and (SERVERS / part).is_dir():
        return
    began = time.monotonic()
    packages = missing_packages(PARTS[part])
    files = download(packages)
    fresh = SERVERS / f"{part}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for file in files:
        run(["dpkg-deb", "-x", str(file), str(fresh)])
    if part == "dovecot":
        relocate(fresh)
    shutil.rmtree(SERVERS / part, ignore_errors=True)
    fresh.rename(SERVERS / part)
    stamp.write_text("\n".join([system, *sorted(file.name for file in files)]) + "\n")
    print(f"Unpacked {part} ({len(files)} packages, {time.monotonic() - began:.0f} s) into {SERVERS / part}.")


def system_name() -> str:
    """What the packages fit: the distribution's release and the processor."""
    facts = platform.freedesktop_os_release()
    return f"{facts.get('ID', '')} {facts.get('VERSION_ID', '')} {platform.machine()}"


def missing_packages(names: tuple[str, ...]) -> list[str]:
    """The named packages and those of their dependencies that this machine does not have.

    The named ones come along even where they are installed, so that the tests always use their own copy.
    """
    refresh_lists()
    command = [*apt_get(), "install", "--print-uris", "--reinstall", "--yes", "--no-install-recommends", *names]
    listing = run(command).splitlines()
    found = [line.split()[1].partition("_")[0] for line in listing if line.startswith("'")]
    return sorted({*names, *found})


def download(packages: list[str]) -> list[Path]:
    """Fetch the packages; the answer is the files, one for each name."""
    folder = SERVERS / "apt" / "debs"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    run([*apt_get(), "download", *packages], cwd=folder)
    files = sorted(folder.glob("*.deb"))
    if len(files) != len(packages):
        raise ServersError(f"apt-get brought {len(files)} of {len(packages)} packages: {' '.join(packages)}.")
    return files


def refresh_lists() -> None:
    """Bring our own package lists up to date, once a day."""
    lists = SERVERS / "apt" / "lists"
    stamp = SERVERS / "apt" / "lists.stamp"
    if stamp.is_file() and time.time() - stamp.stat().st_mtime < DAY:
        return
    for folder in (lists / "partial", SERVERS / "apt" / "cache" / "archives" / "partial"):
        folder.mkdir(parents=True, exist_ok=True)
    # A third-party source of the machine may be out of reach; what we need stands in the distribution's own.
    answer = subprocess.run([*apt_get(), "update"], capture_output=True, text=True, check=False)
    if not any(lists.glob("*Packages*")):
        raise ServersError(f"apt-get update brought no package lists:\n{answer.stderr.strip()}")
    stamp.touch()


def apt_get() -> list[str]:
    """apt-get with lists and downloads in our own folder, and the machine's sources and installed packages."""
    state = SERVERS / "apt"
    options = {
        "Dir::State::Lists": state / "lists",
        "Dir::State::status": "/var/lib/dpkg/status",
        "Dir::Cache": state / "cache",
        "Dir::Log": state,
        "Debug::NoLocking": "true",
    }
    if os.geteuid() == 0:  # apt's own unprivileged user may be unable to enter the checkout
        options["APT::Sandbox::User"] = "root"
    return ["apt-get", "-qq", *(f"-o{key}={value}" for key, value in options.items())]


def relocate(root: Path) -> None:
    """Let Dovecot's libraries find their modules and doveconf beside the running server."""
    library = (root / "usr/lib/dovecot/libdovecot.so.0").resolve()
    content = library.read_bytes()
    for old, new in RELOCATED:
        if content.count(old) != 1:
            raise ServersError(f"this Dovecot does not name {old[:-1].decode()} once: the relocation needs a look.")
        content = content.replace(old, new.ljust(len(old), b"\0"))
    library.write_bytes(content)


def run(command: list[str], cwd: Path | None = None) -> str:
    """Run a command; its output. Raises ServersError with its last words when it fails."""
    answer = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise ServersError(f"{' '.join(command)} failed:\n{(answer.stderr or answer.stdout).strip()[-2000:]}")
    return answer.stdout


if __name__ == "__main__":
    sys.exit(main())
