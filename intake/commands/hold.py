"""`intake hold REF`: keep a submission from going on by itself, or let it go on."""

from __future__ import annotations

import argparse

from intake.commands.configuration import add_config, configured
from intake.commands.release import add_who
from intake.ledger import Act
from intake.service.service import utc_now
from intake.wiring.archive import open_archive


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument("reference", metavar="REF", help="the submission, such as DHR-2026-0001")
    parser.add_argument("--off", action="store_true", help="end the hold")
    add_who(parser, required=False)


def run(arguments: argparse.Namespace) -> int:
    """Record the hold or its end."""
    with open_archive(configured(arguments)) as archive:
        act = archive.ledger.actions.unhold if arguments.off else archive.ledger.actions.hold
        row = act(arguments.reference, Act(by=arguments.by, reason=arguments.reason, at=utc_now()))
    print(f"{row.reference} is {'no longer on hold' if arguments.off else 'on hold: nothing of it leaves by itself'}.")
    return 0
