"""`intake release REF --as …`: a person decides a submission that waits."""

from __future__ import annotations

import argparse

from intake.commands.configuration import add_config, configured
from intake.ledger import Act
from intake.model import Outcome
from intake.service.service import utc_now
from intake.wiring.service import build_releasing, open_office


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument("reference", metavar="REF", help="the submission, such as DHR-2026-0001")
    parser.add_argument(
        "--as",
        dest="outcome",
        required=True,
        choices=["compliant", "gaps", "ignore"],
        help="compliant forwards the report; gaps sends the reply; ignore sends nothing",
    )
    add_who(parser)


def add_who(parser: argparse.ArgumentParser) -> None:
    """Who decides, and why: recorded with every action."""
    parser.add_argument("--by", required=True, metavar="NAME", help="who decides")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why")


def run(arguments: argparse.Namespace) -> int:
    """Record the release and queue its mail."""
    settings = configured(arguments)
    with open_office(settings) as office:
        act = Act(by=arguments.by, reason=arguments.reason, at=utc_now())
        row = build_releasing(office).release(arguments.reference, Outcome(arguments.outcome), act)
    print(f"{row.reference} is released as {arguments.outcome}; it is now {row.state}.")
    return 0
