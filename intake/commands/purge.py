"""`intake purge`: delete messages whose time is over (the service does so daily), or erase one submission."""

from __future__ import annotations

import argparse

from intake.commands.configuration import add_config, configured
from intake.errors import UsageError
from intake.ledger import Act, Overdue
from intake.service.purging import Purging
from intake.service.service import utc_now
from intake.wiring.archive import Archive, open_archive


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument(
        "reference", nargs="?", metavar="REF", help="erase this ended submission now: its messages, names and words"
    )
    parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")
    parser.add_argument("--by", default="", metavar="NAME", help="who decides (with REF)")
    parser.add_argument("--reason", default="", metavar="TEXT", help="why (with REF)")


def run(arguments: argparse.Namespace) -> int:
    """Delete, or say what would be deleted."""
    settings = configured(arguments)
    with open_archive(settings) as archive:
        purging = Purging(archive.ledger, archive.store, settings.storage.retention_days)
        if arguments.reference:
            act = Act(by=arguments.by, reason=arguments.reason, at=utc_now())
            return _erase(archive, purging, arguments.reference, act, dry_run=arguments.dry_run)
        if not settings.storage.retention_days:
            print("Nothing is deleted by age: retention_days in [storage] is 0.")
            return 0
        overdue = purging.overdue(utc_now()) if arguments.dry_run else purging.purge(utc_now())
    _tell(overdue, settings.storage.retention_days, "would be deleted" if arguments.dry_run else "are deleted")
    return 0


def _tell(overdue: Overdue, days: int, verb: str) -> None:
    print(
        f"{len(overdue.sha256)} files {verb}: of {len(overdue.submissions)} submissions that ended more than {days} "
        f"days ago, {overdue.messages} other messages, and old notices. What the ledger knows of them stays."
    )
    for reference in overdue.submissions:
        print(f"  {reference}")


def _erase(archive: Archive, purging: Purging, reference: str, act: Act, *, dry_run: bool) -> int:
    names = archive.ledger.retention.files_of(reference)
    kept = [name for name in names if name in archive.store]
    if dry_run:
        print(f"{len(kept)} files would be deleted, and the names and words that the ledger keeps of {reference}.")
        return 0
    if not act.by.strip() or not act.reason.strip():
        raise UsageError("Erasing a submission needs a name and a reason.", "Add --by NAME --reason TEXT.")
    archive.ledger.retention.erase(reference, act)
    purging.delete(kept, act.at, act.by)
    print(f"{reference} is erased: {len(kept)} files, names and words. Dates, checks and hashes stay.")
    return 0
