"""`intake log`: the submissions in a terminal, as CSV or as JSON; with the sums that must balance."""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table
from rich.text import Text

from intake.commands.configuration import add_config, configured
from intake.ledger import Ledger, SubmissionFilter, SubmissionRow, Waiting
from intake.model import Outcome, SubmissionState
from intake.spreadsheet_safe import safe_cell
from intake.web import words
from intake.wiring.archive import open_archive

_COLUMNS = (
    "reference",
    "state",
    "outcome",
    "version",
    "csp",
    "case",
    "sender",
    "opened",
    "changed",
    "on_hold",
    "weblink",
)
_WHOLE, _SHORT = "Community Safety Partnership", "CSP"  # one line a row: --csv and --json give the whole name
_STYLES = {SubmissionState.REVIEW: "bold yellow", SubmissionState.COMPLETE: "green"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument(
        "--state", choices=[str(state) for state in SubmissionState], help="only submissions in this state"
    )
    parser.add_argument(
        "--outcome", choices=[str(outcome) for outcome in Outcome], help="only submissions with this outcome"
    )
    parser.add_argument(
        "--text", metavar="WORDS", help="only where the reference, CSP, case, sender or a file name contains this"
    )
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="at most this many (50)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="one JSON object a line")
    form.add_argument("--csv", action="store_true", help="comma-separated values, safe to open in a spreadsheet")


def run(arguments: argparse.Namespace) -> int:
    """Print the list."""
    settings = configured(arguments)
    wanted = SubmissionFilter(
        states=(SubmissionState(arguments.state),) if arguments.state else (),
        outcome=Outcome(arguments.outcome) if arguments.outcome else None,
        text=arguments.text,
    )
    with open_archive(settings) as archive:
        page = archive.ledger.queries.submissions(wanted, per_page=max(1, arguments.limit))
        if arguments.json:
            for row in page.rows:
                print(json.dumps(_values(row), ensure_ascii=False))
        elif arguments.csv:
            _write_csv(page.rows)
        else:
            _print(page.rows, page.total, ZoneInfo(settings.service.timezone))
            _print_waiting(archive.ledger.queries.waiting())
            _print_balance(archive.ledger)
    return 0


def _values(row: SubmissionRow) -> dict[str, object]:
    return {
        "reference": row.reference,
        "state": str(row.state),
        "outcome": str(row.outcome),
        "version": row.version,
        "csp": row.csp,
        "case": row.case_name,
        "sender": row.sender,
        "opened": row.opened_at.isoformat(timespec="seconds"),
        "changed": row.changed_at.isoformat(timespec="seconds"),
        "on_hold": row.on_hold,
        "weblink": row.weblink,
    }


def _write_csv(rows: Sequence[SubmissionRow]) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow(_COLUMNS)
    for row in rows:
        values = _values(row)
        writer.writerow([safe_cell("" if values[name] is None else str(values[name])) for name in _COLUMNS])


def _print(rows: Sequence[SubmissionRow], total: int, zone: ZoneInfo) -> None:
    console = Console(file=sys.stdout, highlight=False)
    if not rows:
        console.print("No submissions yet." if not total else "No submission matches.")
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("Reference", "State", "V", "CSP and case", "Changed"):
        table.add_column(heading, no_wrap=True, overflow="ellipsis")
    for row in rows:
        state = f"{words.SUBMISSION[row.state].text}{' (held)' if row.on_hold else ''}"
        csp = (row.csp or "").replace(_WHOLE, _SHORT)
        about = " · ".join(part for part in (csp, row.case_name) if part) or row.sender or ""
        changed = f"{row.changed_at.astimezone(zone):%d %b %H:%M}"
        table.add_row(row.reference, Text(state, _STYLES.get(row.state, "")), str(row.version), Text(about), changed)
    console.print(table)
    if total > len(rows):
        console.print(f"… and {total - len(rows)} more (--limit)")


def _print_waiting(waiting: Waiting) -> None:
    """What waits for a person, with the command that shows it."""
    lines = [f"  submission  {row.reference} to decide: intake show {row.reference}" for row in waiting.review]
    lines += [f"  message     {row.id} set aside ({row.reason}): intake show {row.id}" for row in waiting.set_aside]
    for what, mails in (
        ("which may have arrived", waiting.uncertain),
        ("which failed", waiting.failed),
        ("which came back", waiting.bounced),
        ("held for a person", waiting.held),
    ):
        for mail in mails:
            about = f", {mail.reference}: intake show {mail.reference}" if mail.reference else ""
            lines.append(f"  mail        {mail.id}, {words.MAIL_KIND[mail.kind]}, {what}{about}")
    if lines:
        print("\nFor people:", *lines, sep="\n")
    print()


def _print_balance(ledger: Ledger) -> None:
    for position in ledger.arrivals.folders():
        balance = ledger.arrivals.balance(position.mailbox, position.folder, datetime.now(UTC))
        parts = (
            f"{balance.processed} checked, {balance.ignored} left for people, "
            f"{balance.duplicate} duplicate{'' if balance.duplicate == 1 else 's'}, "
            f"{balance.set_aside} set aside, {balance.vanished} vanished, {balance.arrived + balance.unfetched} in hand"
        )
        verdict = "balances" if balance.balanced else "DOES NOT BALANCE"
        print(f"{position.mailbox}/{position.folder}: {balance.seen} seen = {parts}; {verdict}")
