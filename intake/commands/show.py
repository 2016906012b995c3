"""`intake show REF`: everything that the ledger knows of one submission, or of one message."""

from __future__ import annotations

import argparse
import json
from zoneinfo import ZoneInfo

import msgspec

from intake.commands.configuration import add_config, configured
from intake.commands.record_text import RecordText
from intake.ledger import MessageView, SubmissionView
from intake.wiring.archive import open_archive


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument("reference", metavar="REF", help="the submission, such as DHR-2026-0001, or a message's number")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print it."""
    settings = configured(arguments)
    with open_archive(settings) as archive:
        queries, wanted = archive.ledger.queries, arguments.reference.strip()
        view: SubmissionView | MessageView
        view = queries.message(int(wanted)) if wanted.isdecimal() else queries.submission(wanted)
    if arguments.json:
        print(json.dumps(msgspec.to_builtins(view), ensure_ascii=False))
        return 0
    text = RecordText(ZoneInfo(settings.service.timezone))
    if isinstance(view, SubmissionView):
        text.submission(view)
    else:
        text.message(view)
    return 0
