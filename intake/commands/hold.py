"""`intake hold REF`: keep a submission from going on by itself, or let it go on."""

from __future__ import annotations

import argparse

from intake.commands.configuration import add_config, configured
from intake.commands.release import add_who
from intake.ledger import Act
from intake.service.service import utc_now
from intake.wiring.archive import open_archive
from intake.wiring.office import build_decisions, open_office


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument("reference", metavar="REF", help="the submission, such as DHR-2026-0001")
    parser.add_argument("--off", action="store_true", help="end the hold")
    add_who(parser, required=False)


def run(arguments: argparse.Namespace) -> int:
    """Record the hold or its end."""
    act = Act(by=arguments.by, reason=arguments.reason, at=utc_now())
    settings = configured(arguments)
    if arguments.off:
        with open_office(settings) as office:
            row = build_decisions(office).unhold(arguments.reference, act)
    else:
        with open_archive(settings) as archive:
            row = archive.ledger.actions.hold(arguments.reference, act)
    print(f"{row.reference} is {'no longer on hold' if arguments.off else 'on hold: nothing of it leaves by itself'}.")
    return 0
