"""`intake withdraw REF`: the CSP takes its submission back; nothing of it leaves any more."""

from __future__ import annotations

import argparse

from intake.commands.configuration import add_config, configured
from intake.commands.past import lines_of
from intake.commands.release import add_who
from intake.ledger import Act
from intake.model import MailKind, OutgoingState, SubmissionState
from intake.service.service import utc_now
from intake.wiring.office import build_decisions, open_office


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument("reference", metavar="REF", help="the submission, such as DHR-2026-0001-KX")
    add_who(parser)


def run(arguments: argparse.Namespace) -> int:
    """Record it, and say what had left by then."""
    act = Act(by=arguments.by, reason=arguments.reason, at=utc_now())
    with open_office(configured(arguments)) as office:
        archive = office.archive
        for line in lines_of(build_decisions(office).past(arguments.reference)):
            print(line)
        row = archive.ledger.actions.move(arguments.reference, SubmissionState.WITHDRAWN, act)
        mails = archive.ledger.queries.submission(row.reference).outgoing
    print(f"{row.reference} is withdrawn: nothing more of it will be sent.")
    if any(mail.kind is MailKind.FORWARD and mail.state is OutgoingState.SENT for mail in mails):
        print("A copy had already gone to the Commissioner's office: tell them.")
    return 0
