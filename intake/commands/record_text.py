"""A submission or a message in a terminal: what it is, what was found and where, what was sent, what happened when."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from intake.judging.doubts import declared
from intake.judging.words.asking import ASKS
from intake.ledger import (
    DoubtRow,
    FindingRow,
    JudgementRow,
    MessageRow,
    MessageView,
    NoteRow,
    OutgoingRow,
    SubmissionView,
)
from intake.model import OutgoingState, Policy, Status, SubmissionState
from intake.web import words
from intake.web.timeline import story
from intake.wiring.reading import known_like

_SIGNS = {Status.MET: ("✓", "green"), Status.GAP: ("✗", "red"), Status.UNSURE: ("?", "yellow")}
_MAIL_STYLES = {
    OutgoingState.SENT: "green",
    OutgoingState.FAILED: "red",
    OutgoingState.UNCERTAIN: "red",
    OutgoingState.HELD: "yellow",
}
_WAITS = {
    SubmissionState.REVIEW: "It waits for a person: intake release {reference} --as compliant|gaps|ignore",
    SubmissionState.WAITING_FOR_CSP: "It waits for the CSP's answer.",
}


class RecordText:
    """Prints records for people; times are shown in the service's zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._console = Console(file=sys.stdout, highlight=False)

    def submission(self, view: SubmissionView) -> None:
        """Everything about one submission."""
        row = view.submission
        hold = " · on hold" if row.on_hold else ""
        state = words.SUBMISSION[row.state].text
        self._line(f"{row.reference} · {state} · version {row.version}{hold}", "bold")
        self._doubts(view.doubts)
        self._pairs(
            ("CSP", row.csp),
            ("Case", row.case_name),
            ("From", row.sender),
            ("Opened", self._time(row.opened_at)),
            ("Completed", self._time(row.completed_at) if row.completed_at else None),
            ("Weblink", row.weblink),
            ("Report", f"SHA-256 {row.report_sha256}" if row.report_sha256 else None),
        )
        if waits := _WAITS.get(row.state):
            self._line(f"  {waits.format(reference=row.reference)}", "yellow")
        said = {each.message: each.words for each in view.said}
        for message in view.messages:
            entries = [entry for entry in view.judgements if entry.message == message.id]
            self._message(message, entries, said.get(message.id, ""))
        self._mails(view.outgoing)
        self._notes(view.notes)
        self._timeline(view)

    def _doubts(self, rows: Iterable[DoubtRow]) -> None:
        still = [row for row in rows if row.closed_at is None]
        if still:
            self._line("\nOpen", "bold")
        for row in still:
            about = declared(row.code)
            text = Text(f"  {row.id} {row.code}: {row.summary}", style="yellow")
            if row.quote:
                text.append(f"\n    “{row.quote}”", "")
                for known in known_like(row.quote) if row.code == ASKS else ():
                    text.append(f"\n    Like “{known.text}”, which {known.act.plainly}", "dim")
            text.append(f"\n    {about.action}", "dim")
            self._console.print(text)

    def message(self, view: MessageView) -> None:
        """Everything about one message that belongs to no submission, or was asked for by its number."""
        self._message(view.message, view.judgements, view.said.words if view.said else "")
        self._notes(view.notes)
        self._timeline(view)

    def _message(self, row: MessageRow, judgements: Iterable[JudgementRow], said: str) -> None:
        version = f"Version {row.version}: " if row.version else ""
        state = words.MESSAGE[row.state].text
        self._line(f"\n{version}message {row.id}, {state[:1].lower()}{state[1:]}", "bold")
        self._pairs(
            ("Subject", row.subject),
            ("From", row.sender),
            ("Arrived", self._time(row.arrived_at)),
            ("Sender", row.authentication),
            ("Kept as", f"SHA-256 {row.sha256}, {row.size:,} bytes" if row.sha256 else None),
            ("Filed", f"{row.filing_target} ({row.filing})" if row.filing_target else None),
            ("Held", row.hold_outgoing),
            ("Why", row.reason),
        )
        if said.strip():
            self._line("  What the sender wrote:", "dim")
            self._console.print(Padding(Text(said.strip()), (0, 0, 0, 4)))
        for entry in judgements:
            self._judgement(entry)

    def _judgement(self, entry: JudgementRow) -> None:
        again = f", judged again ({_ordinal(entry.round)} time)" if entry.round > 1 else ""
        kind = words.MESSAGE_KIND.get(entry.kind, entry.kind)
        outcome = words.OUTCOME[entry.outcome].text.lower()
        self._line(f"  {kind} ({entry.certainty}): {outcome}{again} · {self._time(entry.judged_at)}", "")
        for reason in entry.reasons:
            self._line(f"  · {reason}", "")
        table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
        for finding in entry.findings:
            table.add_row(*_finding(finding))
        if entry.findings:
            self._console.print(Padding(table, (0, 0, 0, 2)))
        for file in entry.files:
            pages = f", {file.page_count} pages" if file.page_count else ""
            self._line(f"  {file.role}: {file.name} ({file.size:,} bytes{pages})", "dim")

    def _mails(self, mails: Iterable[OutgoingRow]) -> None:
        mails = list(mails)
        if mails:
            self._line("\nMail", "bold")
        for mail in mails:
            text = Text(f"  {mail.id} {words.MAIL_KIND[mail.kind]}: ")
            state = words.mail_state(mail.state, bounced=mail.bounced_at is not None).text
            text.append(state[:1].lower() + state[1:], _MAIL_STYLES.get(mail.state, ""))
            text.append(f" · {self._time(mail.settled_at or mail.created_at)}")
            text.append(f"\n    to {', '.join(recipient.address for recipient in mail.recipients)}")
            for why in _mail_reasons(mail):
                text.append(f"\n    {why}", "yellow")
            self._console.print(text)

    def _notes(self, notes: Iterable[NoteRow]) -> None:
        notes = list(notes)
        if notes:
            self._line("\nNotes", "bold")
        for note in notes:
            self._line(f"  {self._time(note.at)} {note.by} ({note.about}): {note.text}", "")

    def _timeline(self, view: SubmissionView | MessageView) -> None:
        self._line("\nWhat happened", "bold")
        table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
        table.add_column(no_wrap=True, style="dim")
        for entry in reversed(story(view)):
            said = f": {entry.text}" if entry.text else ""
            table.add_row(self._time(entry.at), Text(f"{entry.title}{said}"))
        self._console.print(Padding(table, (0, 0, 0, 2)))

    def _pairs(self, *pairs: tuple[str, str | None]) -> None:
        table = Table(box=None, show_header=False, padding=(0, 1, 0, 0))
        table.add_column(no_wrap=True, style="dim", min_width=9)
        table.add_column(overflow="fold")
        for name, value in pairs:
            if value:
                table.add_row(name, Text(value))
        self._console.print(Padding(table, (0, 0, 0, 2)))

    def _line(self, text: str, style: str) -> None:
        self._console.print(Text(text, style=style))

    def _time(self, moment: datetime) -> str:
        return f"{moment.astimezone(self._zone):%d %b %Y %H:%M}"


def _finding(finding: FindingRow) -> tuple[Text, Text, Text]:
    sign, colour = _SIGNS[Status(finding.status)]
    if finding.policy == Policy.ADVISORY and finding.status == Status.GAP:
        sign, colour = "–", "yellow"
    told = Text(words.to_staff(finding.summary))
    for item in finding.evidence:
        page = f", page {item['page']}" if item.get("page") else ""
        label = f" (printed “{item['label']}”)" if item.get("label") else ""
        quoted = f": “{item['text']}”" if item.get("text") else ""
        told.append(f"\n{item.get('document', '')}{page}{label}{quoted}", "dim")
    return Text(sign, style=colour), Text(finding.check), told


def _mail_reasons(mail: OutgoingRow) -> list[str]:
    said = f"{mail.last_code or ''} {mail.last_detail or ''}".strip()
    return [
        reason
        for reason, applies in (
            (f"held: {mail.hold_reason}", mail.state is OutgoingState.HELD),
            (f"the relay said: {said}", bool(said) and mail.state is not OutgoingState.SENT),
            ("it came back as undeliverable", mail.bounced_at is not None),
            (f"proved by {mail.evidence}", mail.evidence is not None and mail.bounced_at is None),
            (
                f"intake retry {mail.id} --mail --arrived, or intake retry {mail.id} --mail to send it again",
                mail.state is OutgoingState.UNCERTAIN,
            ),
        )
        if applies
    ]


def _ordinal(number: int) -> str:
    """2nd, 3rd, 11th."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
