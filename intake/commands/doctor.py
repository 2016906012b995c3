"""`intake doctor`: look at the configuration, the servers and this machine, and say what to do."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import closing

from rich.console import Console
from rich.table import Table
from rich.text import Text

from intake.commands.configuration import add_config, configured
from intake.doctor import CHECKS, Check, Health, Result, Surroundings
from intake.doctor.as_service import examine_as_service
from intake.errors import ConfigurationError
from intake.service.service import utc_now

_SIGNS = {
    Health.OK: ("✓", "green"),
    Health.WARNING: ("!", "yellow"),
    Health.FAILURE: ("✗", "bold red"),
    Health.NOT_CHECKED: ("–", "dim"),
}
_TITLE_WIDTH = max(len(check.title) for check in CHECKS)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument(
        "--send-test", action="store_true", help="send ourselves a message with a forged sender check, and judge it"
    )
    parser.add_argument(
        "--as-service",
        action="store_true",
        help="run with the account, credentials and confinement of intake.service (as root, by systemd-run)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Print what every check found; 0 when nothing fails, 1 when something does, 2 without a configuration."""
    if arguments.as_service:
        return examine_as_service(_passed_on(arguments))
    counts = dict.fromkeys(Health, 0)
    with closing(_surroundings(arguments)) as around:
        console = Console(file=sys.stdout, highlight=False)
        for check, result in _examine(around):
            counts[result.health] += 1
            if arguments.json:
                print(json.dumps(_values(check, result), ensure_ascii=False), flush=True)
            else:
                console.print(line_of(check, result))
        if not arguments.json:
            console.print(_summary(counts))
        if around.told is not None:
            return around.told.exit_code
    return 1 if counts[Health.FAILURE] else 0


def _passed_on(arguments: argparse.Namespace) -> list[str]:
    """The same arguments once more, for the run as the service."""
    config = ["--config", str(arguments.config.absolute())] if arguments.config else []
    switches = {"--json": arguments.json, "--send-test": arguments.send_test}
    return [*config, *(name for name, wanted in switches.items() if wanted)]


def _surroundings(arguments: argparse.Namespace) -> Surroundings:
    try:
        return Surroundings(utc_now(), configured(arguments, may_lack_folder=True), send_test=arguments.send_test)
    except ConfigurationError as told:
        return Surroundings(utc_now(), told=told)


def _examine(around: Surroundings) -> Iterator[tuple[Check, Result]]:
    for check in CHECKS:
        for result in check.results(around):
            yield check, result


def _values(check: Check, result: Result) -> dict[str, str]:
    return {
        "id": check.id,
        "title": check.title,
        "status": str(result.health),
        "message": result.message,
        "hint": result.hint,
    }


def line_of(check: Check, result: Result) -> Table:
    """One result as it is shown in a terminal."""
    sign, style = _SIGNS[result.health]
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True, style=style)
    table.add_column(no_wrap=True, width=_TITLE_WIDTH)
    table.add_column(overflow="fold")
    message = Text(result.message, style="dim" if result.health is Health.NOT_CHECKED else "")
    if result.hint:
        message.append(f"\n→ {result.hint}", "" if result.health is Health.FAILURE else "dim")
    table.add_row(sign, check.title, message)
    return table


def _summary(counts: dict[Health, int]) -> Text:
    if failures := counts[Health.FAILURE]:
        return Text(f"\n{failures} thing{'s' if failures > 1 else ''} must be put right.", "bold red")
    if warnings := counts[Health.WARNING]:
        return Text(f"\nIt can run; {warnings} thing{'s' if warnings > 1 else ''} to look at.", "yellow")
    return Text("\nAll is well.", "bold green")
