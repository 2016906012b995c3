"""`intake split MESSAGE`: a message becomes a submission of its own; joining it back undoes this."""

from __future__ import annotations

import argparse

from intake.commands.configuration import add_config, configured
from intake.commands.release import add_who
from intake.ledger import Act
from intake.service.service import utc_now
from intake.wiring.office import build_decisions, open_office


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument("message", metavar="MESSAGE", type=int, help="the message's number, as intake show gives it")
    add_who(parser)


def run(arguments: argparse.Namespace) -> int:
    """Record it."""
    act = Act(by=arguments.by, reason=arguments.reason, at=utc_now())
    with open_office(configured(arguments)) as office:
        row = build_decisions(office).split(arguments.message, act)
    print(f"Message {arguments.message} is now {row.reference}, which waits for your release.")
    return 0
