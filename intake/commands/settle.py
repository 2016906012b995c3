"""`intake settle REF DOUBT`: a person closes an open doubt, with the reason."""

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
    parser.add_argument("reference", metavar="REF", help="the submission, such as DHR-2026-0001-KX")
    parser.add_argument("doubt", metavar="DOUBT", help="its number or code, as intake show gives it, or: all")
    add_who(parser)


def run(arguments: argparse.Namespace) -> int:
    """Record it."""
    act = Act(by=arguments.by, reason=arguments.reason, at=utc_now())
    with open_office(configured(arguments)) as office:
        row = build_decisions(office).settle(arguments.reference, arguments.doubt, act)
        doubts = office.archive.ledger.queries.submission(row.reference).doubts
    still = [each for each in doubts if each.closed_at is None]
    if still:
        codes = ", ".join(dict.fromkeys(each.code for each in still))
        print(f"Settled. {row.reference} still waits for a person: {codes}.")
    else:
        print(f"Settled. Nothing is in doubt about {row.reference} any more: it goes on by itself.")
    return 0
