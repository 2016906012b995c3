"""`intake restore DIR`: a backup put in place, with all unsent mail held until a person has looked."""

from __future__ import annotations

import argparse
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import URL, make_url

from intake.commands.account import COMPANIONS
from intake.commands.backup import DUMP, LEDGER, MANIFEST, MESSAGES
from intake.commands.configuration import add_config, configured
from intake.credentials import Credentials
from intake.errors import StorageError, UsageError
from intake.keeping.restoring import RESTORED_FACT, reconcile
from intake.ledger import Presence, hold_restored
from intake.ledger.database import connect
from intake.ledger.dumping import load
from intake.ledger.schema import current_version
from intake.message_store import FolderStore
from intake.service.only_one import OnlyOne
from intake.service.service import utc_now
from intake.settings import Settings
from intake.wiring.archive import PRIVATE_UMASK, Archive, ledger_url, open_archive, open_store
from intake.wiring.post import build_mailbox


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument("folder", type=Path, nargs="?", metavar="DIR", help="the backup")
    parser.add_argument("--reconcile", action="store_true", help="only compare with the mailboxes again")
    parser.add_argument("--let-go", metavar="NAME", help="NAME has looked: mail queued from now on is sent again")


def run(arguments: argparse.Namespace) -> int:
    """Restore, hold, compare with the mailboxes. The service must not be running."""
    settings = configured(arguments)
    if arguments.let_go:
        with open_archive(settings) as archive:
            archive.ledger.outbox.let_go(arguments.let_go, utc_now())
        print("New mail is sent again. What was held stays held until a person lets each email go.")
        return 0
    if arguments.folder is None and not arguments.reconcile:
        raise UsageError("Which backup?", "Name its folder: intake restore DIR")
    _make_private(settings.storage.data_folder)
    with OnlyOne(settings.storage.data_folder), _nobody_else(settings):
        if arguments.folder is not None:
            _restore(settings, arguments.folder.resolve())
        with open_archive(settings, migrate=True) as archive:
            _reconcile(settings, archive)
    print("Start the service, look at what is held (intake log), then: intake restore --let-go NAME")
    return 0


def _make_private(folder: Path) -> None:
    os.umask(PRIVATE_UMASK)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder} cannot be made: {error.strerror}.", "Check its permissions.") from error


@contextmanager
def _nobody_else(settings: Settings) -> Iterator[None]:
    """No service on any machine, for a ledger that several can reach."""
    if not settings.storage.in_postgresql:
        yield
        return
    with closing(connect(ledger_url(settings))) as database, Presence(database, "restore", 1):
        yield


def _restore(settings: Settings, folder: Path) -> None:
    made, messages = _made(folder), FolderStore(folder / MESSAGES)
    in_ledger = settings.storage.messages == "database"
    target = _empty_place(settings, folder)
    count = 0 if in_ledger else messages.copy_to(open_store(settings))
    if isinstance(target, Path):
        _put_file(folder / LEDGER, target)
    else:
        load(target, folder / DUMP)
    with open_archive(settings, migrate=True) as archive:
        held = hold_restored(archive.ledger, utc_now())
        archive.ledger.facts.set(RESTORED_FACT, made.isoformat(), utc_now())
        if in_ledger:
            count = messages.copy_to(archive.store)
        report = archive.store.verify(set(archive.ledger.queries.stored()) - archive.ledger.retention.deleted())
    print(f"The backup of {made:%d %b %Y %H:%M} UTC is in place: {count} messages; {held} unsent mails are held.")
    if not report.sound:
        print(f"{len(report.missing)} files are missing from it and {len(report.damaged)} damaged: see intake verify.")


def _put_file(source: Path, target: Path) -> None:
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        aside = target.with_name("ledger.restoring")
        shutil.copyfile(source, aside)
        aside.chmod(0o600)
        aside.rename(target)
    except OSError as error:
        raise StorageError(
            f"The backup could not be put in place: {error.strerror}.", "Check space and permissions, and try again."
        ) from error


def _made(folder: Path) -> datetime:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return datetime.fromisoformat(manifest["made"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"{folder} holds no complete backup.", f"A folder made by intake backup has a {MANIFEST} in it."
        ) from error


def _empty_place(settings: Settings, backup: Path) -> Path | URL:
    """Where the ledger goes: a file, or a database with nothing in it."""
    place = ledger_url(settings)
    url = make_url(place)
    kind, other = (DUMP, "an SQLite file") if settings.storage.in_postgresql else (LEDGER, "PostgreSQL")
    if not (backup / kind).is_file():
        raise UsageError(
            f"This backup is of a ledger in {other}, and [storage] ledger names another kind.", "Name one of that kind."
        )
    if settings.storage.in_postgresql:
        with closing(connect(place)) as database:
            if current_version(database) is not None:
                raise UsageError("There is already a ledger in this database.", "Name a new, empty database.")
        return url
    target = Path(url.database or "")
    if any(target.with_name(target.name + suffix).exists() for suffix in COMPANIONS):
        raise UsageError(f"There is already a ledger: {target}.", "Stop the service, and move its data folder away.")
    return target


def _reconcile(settings: Settings, archive: Archive) -> None:
    fact = archive.ledger.facts.get(RESTORED_FACT)
    if fact is None:
        raise UsageError("Nothing was restored here.", "Name a backup: intake restore DIR")
    made = datetime.fromisoformat(fact.value)
    for box in settings.mailboxes:
        mailbox = build_mailbox(settings, box, Credentials(settings), archive.ledger.numbering)
        with mailbox:
            sent = settings.sent_folder(box)
            found = reconcile(archive.ledger, box, mailbox, sent, made=made, now=utc_now())
        print(
            f"Mailbox {box.name}: {found.moved_back} messages filed since then go back to {box.folders[0]} to be "
            f"judged again; {found.settled} held mails had left."
        )
