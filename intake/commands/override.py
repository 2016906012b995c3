"""`intake override REF CHECK --as met|gap`: a person corrects what a check found."""

from __future__ import annotations

import argparse

from intake.commands.configuration import add_config, configured
from intake.commands.past import lines_of
from intake.commands.release import add_who
from intake.ledger import Act
from intake.model import Status
from intake.service.service import utc_now
from intake.wiring.office import build_decisions, open_office


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument("reference", metavar="REF", help="the submission, such as DHR-2026-0001-KX")
    parser.add_argument("check", metavar="CHECK", help="the check, such as weblink (intake explain lists them)")
    parser.add_argument("--as", dest="status", required=True, choices=["met", "gap"], help="what is right")
    add_who(parser)


def run(arguments: argparse.Namespace) -> int:
    """Record it."""
    act = Act(by=arguments.by, reason=arguments.reason, at=utc_now())
    with open_office(configured(arguments)) as office:
        decisions = build_decisions(office)
        for line in lines_of(decisions.past(arguments.reference)):
            print(line)
        row = decisions.override(arguments.reference, arguments.check, Status(arguments.status), act)
    print(f"{arguments.check} of {row.reference} is now {arguments.status}; it waits for your release.")
    return 0
