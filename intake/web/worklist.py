"""Everything that waits for a person as one list, the oldest first: why, since when, until when, and whose it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from intake.cases import working_days
from intake.judging.doubts import declared
from intake.ledger import DoubtRow, LookingRow, MessageRow, OutgoingRow, SubmissionRow, Waiting
from intake.web import words
from intake.web.shelf import Envelope

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Work:
    """One row. `due` is None where nothing sets a time; `owner` is whoever looks at it now."""

    what: str
    link: str
    about: str
    tag: words.Label
    why: str
    since: datetime
    due: datetime | None = None
    owner: str = ""
    on_hold: bool = False

    def overdue(self, now: datetime) -> bool:
        return self.due is not None and self.due < now

    def age(self, now: datetime) -> timedelta:
        return now - self.since


@dataclass(frozen=True, slots=True)
class Known:
    """What the rows need beside themselves: doubts and lookers by submission, envelopes by message."""

    doubts: Mapping[int, Sequence[DoubtRow]]
    looking: Mapping[int, LookingRow]
    envelopes: Mapping[int, Envelope]
    remind_days: int
    zone: ZoneInfo


def worklist(waiting: Waiting, known: Known) -> list[Work]:
    """All of it, the longest waiting first."""
    mails = (*waiting.uncertain, *waiting.failed, *waiting.bounced, *waiting.held)
    found = [
        *(_submission(row, known) for row in waiting.review),
        *(_message(row, known) for row in waiting.set_aside),
        *(_mail(row, known) for row in mails),
    ]
    return sorted(found, key=lambda each: each.since)


def reasons(doubts: Sequence[DoubtRow]) -> str:
    """The open doubts in a few words."""
    first, *rest = list(dict.fromkeys(declared(doubt.code).title for doubt in doubts)) or [""]
    further = [f"{title[:1].lower()}{title[1:]}" for title in rest[:1]]
    more = [f"and {len(rest) - 1} more"] if len(rest) > 1 else []
    return "; ".join([first, *further, *more])


def case_name(row: SubmissionRow | OutgoingRow) -> str:
    """Whose review it is."""
    named = row.csp or "CSP not recognised"
    return f"{named}, ‘{row.case_name}’" if row.case_name else named


def _submission(row: SubmissionRow, known: Known) -> Work:
    looker = known.looking.get(row.id)
    return Work(
        what=row.reference,
        link=f"/submissions/{row.reference}",
        about=case_name(row),
        tag=words.SUBMISSION[row.state],
        why=reasons(known.doubts.get(row.id, ())) or "It waits for a person’s decision",
        since=row.state_since,
        due=working_days.due(row.state_since, known.remind_days, known.zone),
        owner=looker.by if looker else "",
        on_hold=row.on_hold,
    )


def _message(row: MessageRow, known: Known) -> Work:
    seen = known.envelopes.get(row.id, Envelope())
    return Work(
        what=row.subject or seen.subject or f"Message {row.id}",
        link=f"/messages/{row.id}",
        about=f"Email from {row.sender or seen.sender or 'a sender whom it does not name'}",
        tag=words.MESSAGE[row.state],
        why=row.reason or "The program could not handle it",
        since=row.arrived_at,
        due=working_days.due(row.arrived_at, known.remind_days, known.zone),
    )


def _mail(row: OutgoingRow, known: Known) -> Work:
    looker = known.looking.get(row.submission or 0)
    to = ", ".join(recipient.address for recipient in row.recipients)
    since = row.bounced_at or row.settled_at or row.created_at
    label = words.mail_state(row.state, bounced=row.bounced_at is not None)
    return Work(
        what=words.MAIL_KIND[row.kind],
        link=f"/mail/{row.id}",
        about=f"{row.reference}, {case_name(row)}" if row.reference else f"To {to}",
        tag=label,
        why=row.hold_reason or words.MAIL_WHY.get(str(row.state), "It came back as undeliverable"),
        since=since,
        due=working_days.due(since, known.remind_days, known.zone),
        owner=looker.by if looker else "",
    )
