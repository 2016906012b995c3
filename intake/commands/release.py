"""`intake release REF --as …`: a person decides a submission that waits."""

from __future__ import annotations

import argparse
import os
import pwd

from intake.commands.configuration import add_config, configured
from intake.commands.past import lines_of
from intake.ledger import Act
from intake.model import Outcome
from intake.service.service import utc_now
from intake.wiring.office import build_decisions, open_office


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
    parser.add_argument(
        "--report",
        metavar="FILE",
        help="which file to forward, if several came: its name, or the start of its SHA-256",
    )
    parser.add_argument("--preview", action="store_true", help="show what it would go past and send; do nothing")
    add_who(parser)


def add_who(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Who decides, and why: recorded with every action."""
    parser.add_argument("--by", required=required, default=_whoever(), metavar="NAME", help="who decides")
    parser.add_argument("--reason", required=required, default="no reason given", metavar="TEXT", help="why")


def _whoever() -> str:
    """The account on this machine that runs the command, where nobody is named."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without an entry
        name = f"user {os.getuid()}"
    return f"{name} (command line)"


def run(arguments: argparse.Namespace) -> int:
    """Record the release and queue its mail."""
    settings = configured(arguments)
    with open_office(settings) as office:
        act = Act(by=arguments.by, reason=arguments.reason, at=utc_now())
        decisions, as_ = build_decisions(office), Outcome(arguments.outcome)
        for line in lines_of(decisions.past(arguments.reference)):
            print(line)
        if arguments.preview:
            for mail in decisions.compose(arguments.reference, as_, act.at, report=arguments.report):
                print(f"Would send the {mail.kind} to {', '.join(mail.recipients)}: {mail.subject}")
            return 0
        row = decisions.release(arguments.reference, as_, act, report=arguments.report)
    print(f"{row.reference} is released as {arguments.outcome}; it is now {row.state}.")
    return 0
