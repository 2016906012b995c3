"""A verdict in a terminal: what it is, each check with its sign and sentence, what to do."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from intake.model import Finding, Kind, Outcome, Policy, Status, Verdict

# Signs as well as colours: neither alone carries the meaning.
_SIGNS = {
    Status.MET: ("✓", "green"),
    Status.GAP: ("✗", "red"),
    Status.UNSURE: ("?", "yellow"),
}
_OUTCOMES = {
    Outcome.COMPLIANT: ("Ready: every required check is met.", "bold green"),
    Outcome.GAPS: ("Not ready yet: something is missing.", "bold red"),
    Outcome.REVIEW: (
        "A person would look at this before anything is sent.",
        "bold yellow",
    ),
    Outcome.IGNORE: (
        "Not treated as a final submission: nothing would be sent.",
        "bold",
    ),
}


def print_verdict(file: str, verdict: Verdict) -> None:
    """Print one verdict for people."""
    console = Console(file=sys.stdout, highlight=False)
    words, style = _OUTCOMES[verdict.outcome]
    console.print(Text(file, style="bold"))
    console.print(Text(f"  {words}", style=style))
    if verdict.kind is not Kind.FINAL_SUBMISSION or verdict.outcome in {
        Outcome.IGNORE,
        Outcome.REVIEW,
    }:
        console.print(f"  Looks like: {verdict.kind} ({verdict.certainty}); {escape('; '.join(verdict.reasons))}")
    if verdict.outcome is Outcome.REVIEW:
        for doubt in verdict.doubts:
            quote = f": “{doubt.quote}”" if doubt.quote else ""
            console.print(f"  · {escape(doubt.summary)}{escape(quote)}")
    if verdict.findings:
        console.print(_table(verdict.findings))
    if verdict.weblink:
        console.print(f"  Weblink: {escape(verdict.weblink)}")
    console.print()


def _table(findings: tuple[Finding, ...]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 1))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column()
    for finding in findings:
        sign, colour = _SIGNS[finding.status]
        if finding.policy is Policy.ADVISORY and finding.status is Status.GAP:
            sign, colour = "–", "yellow"
        words = Text(finding.summary)
        if finding.status is Status.GAP and finding.remedy:
            words.append(f"\n{finding.remedy}", style="dim")
        table.add_row(Text(sign, style=colour), Text(finding.check), words)
    return table
