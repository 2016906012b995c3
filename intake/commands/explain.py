"""`intake explain [CHECK]`: what is checked, why, what to do, and which faults a check can name."""

from __future__ import annotations

import argparse
import json
import re
import sys

from rich.console import Console
from rich.table import Table

from intake.errors import UsageError
from intake.judging.checks import CATALOGUE, Check, find_check
from intake.wiring.rules import packaged_policy

_BRACES = re.compile(r"[“]?\{(\w+)\}[”]?")
_WORDS = {
    "document": "the report",
    "other": "the other file",
    "pages": "the pages",
    "size": "its size",
    "limit": "the limit",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument(
        "check",
        nargs="?",
        metavar="CHECK",
        help="the check to explain; all of them if none is named",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """Print the explanation."""
    checks = list(CATALOGUE)
    if arguments.check:
        found = find_check(arguments.check)
        if found is None:
            raise UsageError(
                f"There is no check “{arguments.check}”.",
                f"The checks are: {', '.join(c.id for c in CATALOGUE)}.",
            )
        checks = [found]
    if arguments.json:
        for check in checks:
            print(json.dumps(_as_json(check), ensure_ascii=False))
        return 0
    console = Console(file=sys.stdout)
    if arguments.check:
        _print_one(console, checks[0])
    else:
        _print_list(console)
    return 0


def _as_json(check: Check) -> dict[str, object]:
    return {
        "id": check.id,
        "title": check.title,
        "policy": str(packaged_policy().of(check.id)),
        "why": check.why,
        "remedy": check.remedy,
        "reference": check.reference,
        "faults": {fault.code: _plain(fault.summary) for fault in check.faults},
    }


def _plain(sentence: str) -> str:
    return _BRACES.sub(lambda match: _WORDS.get(match.group(1), match.group(1)), sentence)


def _print_list(console: Console) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("Check", no_wrap=True, style="bold")
    table.add_column("Policy")
    table.add_column("What is asked for")
    for check in CATALOGUE:
        table.add_row(check.id, str(packaged_policy().of(check.id)), check.title)
    console.print(table)
    console.print("\nRequired gaps block the forward; advisory ones are only named. More: intake explain CHECK")


def _print_one(console: Console, check: Check) -> None:
    console.print(
        f"[bold]{check.id}[/bold] · {packaged_policy().of(check.id)}\n{check.title}\n",
        highlight=False,
    )
    console.print(f"Why         {check.why}", highlight=False)
    console.print(f"What to do  {check.remedy}", highlight=False)
    console.print(f"Asked for   in {check.reference}\n", highlight=False)
    console.print("What it can find:", highlight=False)
    for fault in check.faults:
        console.print(f"  [bold]{fault.code}[/bold]\n    {_plain(fault.summary)}", highlight=False)
