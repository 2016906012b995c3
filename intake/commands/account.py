"""Under which account a command works: the one that owns the data folder, and no other.

What root leaves in that folder (a new ledger, SQLite's write-ahead log, a message) the service itself could not open
afterwards. So a command of another account stops before it opens anything, or becomes the owner where root asks it to.
"""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url

from intake.errors import UsageError
from intake.settings import Settings
from intake.wiring.accounts import account_name

_ROOT = 0
COMPANIONS = ("", "-wal", "-shm", "-journal")


def demand_owner(settings: Settings, *, become: bool, may_lack_folder: bool = False) -> None:
    """Go on only as the data folder's owner; with `become`, root becomes that account first.

    A folder that is not there is made by the account that runs the service, never by root. Raises UsageError.
    """
    folder = settings.storage.data_folder
    try:
        owner = folder.stat().st_uid
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not may_lack_folder and (become or os.geteuid() == _ROOT):
            raise UsageError(
                f"{folder} does not exist, and root does not make it: the service could not use it.",
                f"For the account that runs the service: install -d -o intake -g intake -m 700 {folder}",
            ) from None
        return  # the owner's own first start makes it; where it may not be looked at, opening it says so
    if owner != os.geteuid():
        if not become:
            raise UsageError(
                f"{folder} belongs to {account_name(owner)}, and this command runs as {account_name(os.geteuid())}.",
                f"As root, add --as-owner; otherwise: sudo -u {account_name(owner)} intake …",
            )
        _become(owner)
    _demand_no_strays(settings, folder, owner)


def _demand_no_strays(settings: Settings, folder: Path, owner: int) -> None:
    """Nothing that is about to be opened may belong to somebody else."""
    for path in _kept(settings, folder):
        try:
            found = path.stat().st_uid
        except OSError:
            continue
        if found != owner:
            raise UsageError(
                f"{path} belongs to {account_name(found)}, though {folder} belongs to {account_name(owner)}.",
                f"As root: chown -R {account_name(owner)}: {path}",
            )


def _kept(settings: Settings, folder: Path) -> Iterator[Path]:
    yield folder / "messages"
    url = make_url(settings.storage.ledger_url)
    if url.get_backend_name() == "sqlite" and url.database:
        yield from (Path(url.database + suffix) for suffix in COMPANIONS)


def _become(owner: int) -> None:
    """Turn this process into the owner's, with the owner's groups and nothing of root's. Raises UsageError."""
    if os.geteuid() != _ROOT:
        raise UsageError("Only root can change to another account.", f"Try: sudo -u {account_name(owner)} intake …")
    try:
        account = pwd.getpwuid(owner)
    except KeyError:
        raise UsageError(f"The data folder belongs to {owner}, an account that is not on this machine.") from None
    os.initgroups(account.pw_name, account.pw_gid)
    os.setresgid(account.pw_gid, account.pw_gid, account.pw_gid)
    os.setresuid(owner, owner, owner)
    os.environ.update(HOME=account.pw_dir, USER=account.pw_name, LOGNAME=account.pw_name)
