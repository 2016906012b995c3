"""Fresh installations of Debian in folders of their own, made by debootstrap from the machine's own sources."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.packaging.source import ROOT, copy_source

BASES = ROOT / ".cache" / "debootstrap"
# Mounts last as long as the command: they are made in a name space of its own.
_INSIDE = """
set -e
mount --make-rprivate /
mount -t proc proc "$0/proc"
mount -t tmpfs tmpfs "$0/dev/shm" 2>/dev/null || true
exec chroot "$0" "$@"
"""


class Failed(Exception):
    """A command in a chroot ended badly; the message holds its last words."""


def lacking() -> str:
    """Why no chroot can be made here; "" where one can."""
    if os.geteuid() != 0:
        return "only root can make a chroot"
    for command in ("debootstrap", "unshare"):
        if shutil.which(command) is None:
            return f"{command} is not installed"
    tried = subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", "mount", "-t", "proc", "proc", "/proc"],
        capture_output=True,
        check=False,
    )
    return "" if tried.returncode == 0 else "this machine lets nobody mount"


class Chroot:
    """One release of Debian in a folder: as debootstrap leaves it, with this machine's certificate authorities."""

    def __init__(self, folder: Path, release: str) -> None:
        self.folder = folder
        self.release = release
        folder.mkdir(mode=0o755)
        subprocess.run(["tar", "-C", str(folder), "-xpf", str(_base(release))], check=True)
        # apt must not start anything, and what it fetches may come through this machine's own authorities.
        (folder / "usr/sbin/policy-rc.d").write_text("#!/bin/sh\nexit 101\n")
        (folder / "usr/sbin/policy-rc.d").chmod(0o755)
        shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")
        own = Path("/usr/local/share/ca-certificates")
        if own.is_dir():
            shutil.copytree(own, folder / "usr/local/share/ca-certificates", dirs_exist_ok=True)

    def run(self, *command: str, user: str = "root", code: int = 0, stdin: str = "") -> str:
        """Run a command there; what it printed, both streams. Raises Failed when it ends with another code."""
        words = command if user == "root" else ("runuser", "-u", user, "--", *command)
        done = subprocess.run(
            ["unshare", "--mount", "--pid", "--fork", "sh", "-c", _INSIDE, str(self.folder), *words],
            env={
                "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                "HOME": "/",
                "LANG": "C.UTF-8",
                "DEBIAN_FRONTEND": "noninteractive",
            },
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != code:
            raise Failed(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout[-3000:]}")
        return done.stdout

    def install(self, *packages: str) -> None:
        """What `apt-get install` brings."""
        self.run("apt-get", "-qq", "update")
        self.run("apt-get", "-qq", "-y", "install", "--no-install-recommends", *packages)

    def put(self, source: Path, place: str) -> str:
        """Copy a file to a place there; the answer is that place."""
        target = self.folder / place.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
        return place

    def put_source(self, place: str) -> None:
        """Copy the tree that packages are built from."""
        copy_source(self.folder / place.lstrip("/"))


def _base(release: str) -> Path:
    """The installation as an archive, made once: every chroot is unpacked anew from it."""
    archive = BASES / f"{release}.tar"
    if not archive.is_file():
        BASES.mkdir(parents=True, exist_ok=True)
        made = BASES / f"{release}.new"
        shutil.rmtree(made, ignore_errors=True)
        subprocess.run(["debootstrap", "--variant=minbase", release, str(made)], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(["tar", "-C", str(made), "-cf", str(archive), "."], check=True)
        shutil.rmtree(made)
    return archive
