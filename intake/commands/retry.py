"""`intake retry`: judge a message again, send a mail again, or note that an uncertain mail arrived."""

from __future__ import annotations

import argparse

from intake.commands.configuration import add_config, configured
from intake.commands.release import add_who
from intake.errors import UsageError
from intake.ledger import Act, Ledger
from intake.service.service import utc_now
from intake.wiring.archive import open_archive


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument(
        "what", metavar="REF", help="a submission (its latest message), a message's number, or a mail's"
    )
    parser.add_argument("--mail", action="store_true", help="the number is an outgoing mail's: send it again")
    parser.add_argument("--arrived", action="store_true", help="with --mail: it did arrive, do not send it again")
    add_who(parser, required=False)


def run(arguments: argparse.Namespace) -> int:
    """Record what is to be done again; the running service does it."""
    act = Act(by=arguments.by, reason=arguments.reason, at=utc_now())
    if arguments.arrived and not arguments.mail:
        raise UsageError("--arrived is about an outgoing mail.", "Write: intake retry NUMBER --mail --arrived")
    with open_archive(configured(arguments)) as archive:
        if arguments.mail:
            print(_mail(archive.ledger, _number(arguments.what), act, arrived=arguments.arrived))
        else:
            message = _message(archive.ledger, arguments.what.strip())
            sha256 = archive.ledger.queries.message(message).message.sha256
            if sha256 is not None and sha256 not in archive.store:
                raise UsageError(f"Message {message} is no longer kept.", "Its time for being kept is over.")
            archive.ledger.actions.judge_again(message, act)
            print(f"Message {message} will be judged again as soon as the service runs.")
    return 0


def _mail(ledger: Ledger, mail: int, act: Act, *, arrived: bool) -> str:
    if arrived:
        ledger.mail_actions.mark_arrived(mail, act)
        return f"Mail {mail} is noted as arrived."
    ledger.mail_actions.resend(mail, act)
    return f"Mail {mail} will be sent again, to those it did not reach, as soon as the service runs."


def _message(ledger: Ledger, wanted: str) -> int:
    if wanted.isdecimal():
        return int(wanted)
    kept = [message.id for message in ledger.queries.submission(wanted).messages if message.sha256]
    if not kept:
        raise UsageError(f"No message of {wanted} is kept.", "Its time for being kept is over.")
    return kept[-1]


def _number(text: str) -> int:
    if not text.strip().isdecimal():
        raise UsageError("--mail needs an outgoing mail's number.", "intake show lists a submission's mail.")
    return int(text)
