"""`intake replay`: which stored messages today's rules would judge otherwise. Sends and changes nothing."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import UTC, datetime

from intake.commands.configuration import add_config, configured, day
from intake.keeping.replay import Replay, Replayed
from intake.wiring.office import open_office


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument("--since", type=day, metavar="DATE", help="only what arrived from this day on")
    parser.add_argument("--json", action="store_true", help="one JSON object a line, for every message")


def run(arguments: argparse.Namespace) -> int:
    """Judge again, and print what would change; 1 when something would."""
    since = datetime.combine(arguments.since, datetime.min.time(), UTC) if arguments.since else None
    seen = flips = missing = 0
    with open_office(configured(arguments)) as office:
        archive = office.archive
        for entry in Replay(archive.ledger, archive.store, office.judge, office.safety).run(since):
            seen += 1
            flips += entry.flips
            missing += entry.missing
            if arguments.json:
                print(json.dumps({**asdict(entry), "flips": entry.flips}), flush=True)
            elif entry.flips:
                _print(entry)
        rules = office.judge.rules_version
    if not arguments.json:
        kept = f"; {missing} no longer kept" if missing else ""
        print(f"{seen} messages{kept}: {flips} would be judged differently by rules {rules}. Nothing was changed.")
    return 1 if flips else 0


def _print(entry: Replayed) -> None:
    about = f" ({entry.reference})" if entry.reference else ""
    print(f"message {entry.message}{about}: {entry.was}" + (f", now {entry.now}" if entry.now != entry.was else ""))
    for check, was, now in entry.checks:
        print(f"  {check}: {was}, now {now}")
