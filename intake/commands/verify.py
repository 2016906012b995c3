"""`intake verify`: every stored file against its SHA-256, the events' chain, and forwards against what arrived."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from intake.commands.configuration import add_config, configured
from intake.keeping.verification import Verification, verify
from intake.wiring.archive import open_archive
from intake.wiring.children import start_sandbox


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Compare everything; 0 when all of it is as it was written."""
    settings = configured(arguments)
    with open_archive(settings) as archive, start_sandbox(settings.sandbox.allow_missing) as sandbox:
        found = verify(archive.ledger, archive.store, sandbox)
    if arguments.json:
        print(json.dumps({"sound": found.sound, **asdict(found)}))
    else:
        _print(found)
    return 0 if found.sound else 1


def _print(found: Verification) -> None:
    store, chain, forwards = found.store, found.chain, found.forwards
    print(f"Files     {store.checked} compared with their SHA-256, {found.deleted} deleted on purpose")
    for name in store.damaged:
        print(f"          ✗ {name} is not what was stored")
    for name in store.missing:
        print(f"          ✗ {name} is missing")
    print(f"Events    {chain.count} in one chain")
    if not chain.sound:
        print(f"          ✗ event {chain.first_bad}: {chain.reason}")
    print(f"Forwards  {forwards.same} hold the very bytes that arrived")
    for number in forwards.different:
        print(f"          ✗ mail {number} holds a file that did not arrive in this form")
    for number in forwards.unreadable:
        print(f"          ✗ mail {number} could not be compared: a file is missing or cannot be opened")
    print("\nAll is as it was written." if found.sound else "\nSomething is not as it was written: keep a copy.")
