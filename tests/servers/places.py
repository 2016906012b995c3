"""Where the unpacked servers are, which account runs them, and a folder and ports of their own."""

from __future__ import annotations

import contextlib
import fcntl
import grp
import os
import pwd
import random
import shutil
import socket
import tempfile
from collections import deque
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_HOST = "127.0.0.1"
# Every process of the tests draws from ports of its own. Beside them another checkout may be tested: hence the turn.
_PROCESSES = 16
_WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _PROCESSES
_PORTS = deque(range(15_000 + _WORKER, 32_000, _PROCESSES))
_PORTS.rotate(random.SystemRandom().randrange(len(_PORTS)))
SERVERS = Path(__file__).resolve().parents[2] / ".servers"


@dataclass(frozen=True)
class Account:
    """Who runs the servers: nobody under root, else whoever runs the tests."""

    uid: int
    gid: int
    user: str
    group: str

    @property
    def differs(self) -> bool:
        return self.uid != os.geteuid()


def server_account() -> Account:
    entry = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_name, grp.getgrgid(entry.pw_gid).gr_name)


@cache
def unpacked(part: str) -> Path:
    """The folder of an unpacked part, in a place that the servers' account can enter."""
    folder = SERVERS / part
    if not folder.is_dir():
        raise FileNotFoundError(f"{part} is not unpacked: run scripts/servers.py {part}")
    if not server_account().differs or all(parent.stat().st_mode & 0o005 == 0o005 for parent in folder.parents):
        return folder
    # Root's checkout may lie in a folder that is closed to nobody.
    stamp = (SERVERS / f"{part}.stamp").stat().st_mtime_ns
    copy = Path(tempfile.gettempdir()) / f"intake-servers-{part}-{stamp}"
    with (SERVERS / f"{part}.copying").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the tests' processes come here in the same moment
        if not copy.is_dir():
            fresh = Path(tempfile.mkdtemp(prefix=f"intake-servers-{part}-"))
            shutil.copytree(folder, fresh / "root", symlinks=True)
            (fresh / "root").rename(copy)
            fresh.rmdir()
    return copy


def library_path(root: Path) -> str:
    """Every folder under `root` that holds shared libraries, for LD_LIBRARY_PATH."""
    folders = {library.parent for library in root.glob("**/*.so*") if "modules" not in library.parent.name}
    return ":".join(str(folder) for folder in sorted(folders))


def own_folder(name: str) -> Path:
    """A new folder that belongs to the servers' account. Its path is short: socket names are limited to 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix=f"intake-{name}-"))
    folder.chmod(0o755)
    give(folder)
    return folder


def give(path: Path) -> None:
    """Hand a file or folder, with all in it, to the servers' account."""
    account = server_account()
    if account.differs:
        for each in (path, *path.rglob("*")):
            os.chown(each, account.uid, account.gid, follow_symlinks=False)


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nothing listens on.

    They lie below those that the system gives to connections, any of which could take a port before its server does.
    """
    found: list[int] = []
    while len(found) < count:
        _PORTS.rotate(-1)  # one that was given out comes again only after all the others
        with contextlib.suppress(OSError), socket.create_server((_HOST, _PORTS[0])):
            found.append(_PORTS[0])
    return found
