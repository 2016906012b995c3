"""`intake demo`: the whole service on sample mail, on this machine only."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from intake.demo.post_office import HOST, SERVICE
from intake.demo.samples import DemoCase, demo_messages
from intake.demo.stage import Result, Stage, set_the_stage
from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader
from intake.errors import UsageError
from intake.model import MailKind, Outcome
from intake.wiring.children import start_sandbox

_COLOURS = {"compliant": "green", "gaps": "red", "review": "yellow", "ignore": "bright_black"}
_MAIL = {
    MailKind.FORWARD: "the report to the Commissioner’s office",
    MailKind.ACKNOWLEDGEMENT: "an acknowledgement to the CSP",
    MailKind.REPLY: "a reply to the CSP",
    MailKind.RECEIPT: "a receipt to the CSP",
    MailKind.NOTICE: "a notice to staff",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    parser.add_argument("--folder", type=Path, metavar="DIR", help="where to keep everything (a new temporary folder)")
    parser.add_argument(
        "--keep", action="store_true", help="leave it running afterwards, to send your own mail into it"
    )


def run(arguments: argparse.Namespace) -> int:
    """Play every sample message; 0 only when each came out as expected."""
    folder = arguments.folder.resolve() if arguments.folder else Path(tempfile.mkdtemp(prefix="intake-demo-"))
    if arguments.folder and folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty.", "Name a new folder for the demo.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    console = Console(file=sys.stdout, highlight=False)
    console.print(f"[bold]Intake demo[/bold]: an IMAP and an SMTP server on {HOST}, and the service between them.")
    console.print(f"Everything is kept in {folder}\n")
    with start_sandbox() as sandbox:
        available, reason = Reader(sandbox, ReadingBudget()).ocr_available()
    if not available:
        console.print(f"[yellow]OCR is not available ({reason}): the scanned letter will wait for a person.[/yellow]\n")
    started = time.monotonic()
    with set_the_stage(folder) as stage:
        surprises = [case for case in demo_messages() if not _show(console, stage, case)]
        _summary(console, stage, surprises, time.monotonic() - started)
        if arguments.keep:
            _keep_open(console, stage)
    return 1 if surprises else 0


def _show(console: Console, stage: Stage, case: DemoCase) -> bool:
    """Play one case and say what happened; whether it was as expected."""
    console.print(f"[bold]{escape(case.title)}[/bold]")
    result = stage.play(case)
    _tell(console, result)
    wrong = _differences(case, result)
    for line in wrong:
        console.print(f"  [red]✗ expected {escape(line)}[/red]")
    console.print()
    return not wrong


def _tell(console: Console, result: Result) -> None:
    outcome = result.judgement.outcome if result.judgement else str(result.message.state)
    colour = _COLOURS.get(outcome, "white")
    reference = f" · {result.message.reference}" if result.message.reference else ""
    console.print(f"  [{colour}]{outcome}[/{colour}]{reference} · {result.message.kind or 'not judged'}")
    for gap in result.gaps():
        console.print(f"  ✗ {escape(gap.summary)}")
    if outcome == "review" and result.judgement:
        for reason in result.judgement.reasons:
            console.print(f"  ? {escape(reason)}")
    if not result.mails:
        console.print("  no email was sent")
    for mail in result.mails:
        to = ", ".join(recipient.address for recipient in mail.recipients)
        console.print(f"  → {_MAIL[mail.kind]} ({to}): {mail.state}")


def _differences(case: DemoCase, result: Result) -> list[str]:
    found = []
    outcome = result.judgement.outcome if result.judgement else None
    if outcome != case.outcome:
        found.append(f"the outcome {case.outcome}, not {outcome}")
    if result.message.kind != case.kind:
        found.append(f"the kind {case.kind}, not {result.message.kind}")
    gaps = {(gap.check, gap.fault or "") for gap in result.gaps()}
    if case.outcome is Outcome.GAPS and gaps != set(case.gaps):
        found.append(f"the gaps {sorted(case.gaps)}, not {sorted(gaps)}")
    if result.sent != case.mail:
        found.append(f"mail {sorted(case.mail)}, not {sorted(result.sent)}")
    return found


def _summary(console: Console, stage: Stage, surprises: list[DemoCase], seconds: float) -> None:
    balance = stage.ledger.arrivals.balance("main", "INBOX", datetime.now(UTC))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_row(
        "Messages", f"{balance.seen} arrived, {balance.processed} processed, {balance.ignored} left for people"
    )
    table.add_row("Ledger", "balances: every message is accounted for" if balance.balanced else "does not balance")
    table.add_row("Mail that left", f"{len(stage.office.delivered)}, as .eml files in {stage.folder / 'delivered'}")
    table.add_row("The log", f"intake log --config {stage.folder / 'intake.toml'}")
    table.add_row("Time", f"{seconds:.0f} s")
    console.print(table)
    if surprises:
        console.print(f"\n[bold red]{len(surprises)} of the messages did not come out as expected.[/bold red]")
    else:
        console.print("\n[bold green]Every message came out as expected.[/bold green]")


def _keep_open(console: Console, stage: Stage) -> None:
    console.print(
        f"\nSend your own mail: SMTP {HOST} port {stage.office.smtp_port}, to {SERVICE}, from an address in "
        f"*.gov.example."
    )
    console.print("For example: curl --crlf -T message.eml --mail-from you@council.gov.example \\")
    console.print(f"  --mail-rcpt {SERVICE} smtp://{HOST}:{stage.office.smtp_port}")
    console.print("Press Ctrl-C to stop it.\n")
    known = {row.id for row in stage.ledger.queries.messages(per_page=1000).rows}
    try:
        while True:
            stage.require_running()
            for row in stage.ledger.queries.messages(per_page=1000).rows:
                if row.id not in known and row.message_id and row.judged_at:
                    known.add(row.id)
                    console.print(f"[bold]{escape(row.subject or '(no subject)')}[/bold]")
                    _tell(console, stage.wait_for(row.message_id))
                    console.print()
            time.sleep(0.5)
    except KeyboardInterrupt:
        console.print("Stopped.")
