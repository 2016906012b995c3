"""`intake backup DIR`: a consistent copy of ledger and messages, while the service runs."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path

from intake import __version__
from intake.commands.configuration import add_config, configured
from intake.errors import StorageError, UsageError
from intake.ledger import copy_ledger
from intake.message_store import FolderStore
from intake.service.service import utc_now
from intake.wiring.archive import open_archive

LEDGER, DUMP, MESSAGES, MANIFEST = "ledger.sqlite", "ledger.dump", "messages", "backup.json"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder, preferably on another disk")


def run(arguments: argparse.Namespace) -> int:
    """Copy."""
    folder: Path = arguments.folder.resolve()
    settings = configured(arguments)
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty.", "Give each backup a folder of its own.")
    started = utc_now()
    with open_archive(settings) as archive:
        _make(folder)
        # The ledger first: whatever it names is in the store by then, and messages that come later do no harm.
        copy_ledger(archive.ledger, folder / (LEDGER if archive.ledger.database.is_sqlite else DUMP))
        copied = archive.store.copy_to(FolderStore(folder / MESSAGES))
        manifest = {
            "made": started.isoformat(timespec="seconds"),
            "program": __version__,
            "schema": archive.ledger.schema_version,
            "messages": copied,
        }
    # Written last: a backup without it was interrupted.
    place = os.open(folder / MANIFEST, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(place, "w", encoding="utf-8") as file:
        file.write(json.dumps(manifest) + "\n")
        file.flush()
        os.fsync(file.fileno())
    print(f"{folder}: the ledger and {copied} messages. The configuration and its secrets are not in it.")
    return 0


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise StorageError(f"{folder} cannot be made: {error.strerror}.", "Check its permissions.") from error
