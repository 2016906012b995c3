"""Home: what waits for a person, and whether the mailbox is being read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from intake.cases import working_days
from intake.ledger import SWEPT_FACT, Balance, Fact, SubmissionRow, Waiting
from intake.settings import MailboxSettings
from intake.web import worklist
from intake.web.guard import Place, Reader
from intake.web.workplace import Workplace

router = APIRouter()
_MOST = 500  # of each kind of work
_SHOWN = 10  # that wait for others
_QUIET_AFTER = timedelta(minutes=30)  # without a sweep


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One mailbox's health."""

    name: str
    swept_at: datetime | None
    balances: Sequence[tuple[str, Balance]]
    quiet: bool

    @property
    def well(self) -> bool:
        return not self.quiet and all(balance.balanced for _, balance in self.balances)


@router.get("/")
def show(request: Request, place: Place, visitor: Reader) -> Response:  # noqa: ARG001 - asked for the check
    """The home page."""
    waiting = place.ledger.queries.waiting(limit=_MOST, others=_SHOWN)
    counts = place.ledger.queries.counts()
    now = place.now()
    context = {
        "waiting": waiting,
        "work": worklist.worklist(waiting, _known(place, waiting, now)),
        "others": [(row, _silence(place, row)) for row in waiting.gaps_longest],
        "counts": counts,
        "mailboxes": mailboxes(place, now),
        "alarms": place.ledger.facts.alarms(),
        "now": now,
        "in_hand": counts.messages.get("arrived", 0),
        "leaving": sum(counts.outgoing.get(state, 0) for state in ("queued", "deferred", "sending", "data-started")),
        "refresh": True,
    }
    return place.pages.show(request, "web/home.html", context)


def _known(place: Workplace, waiting: Waiting, now: datetime) -> worklist.Known:
    queries, these = place.ledger.queries, [row.id for row in waiting.review]
    return worklist.Known(
        doubts=queries.open_doubts_of(these),
        looking=place.ledger.looking.all(now),
        envelopes={row.id: place.shelf.envelope(row.sha256) for row in waiting.set_aside[:_SHOWN] if row.sha256},
        remind_days=place.settings.timing.remind_working_days,
        zone=place.zone,
    )


def _silence(place: Workplace, row: SubmissionRow) -> datetime | None:
    return working_days.due(row.state_since, place.settings.timing.silence_working_days, place.zone)


def mailboxes(place: Workplace, now: datetime) -> list[Mailbox]:
    """The configured mailboxes with their last sweep and their balance."""
    facts = place.ledger.facts.all()
    folders = place.ledger.arrivals.folders()
    found = []
    for settings in place.settings.mailboxes:
        swept = facts.get(SWEPT_FACT + settings.name)
        mine = [each for each in folders if each.mailbox == settings.name]
        balances = [(each.folder, place.ledger.arrivals.balance(each.mailbox, each.folder, now)) for each in mine]
        swept_at = swept.updated_at if swept else None
        found.append(Mailbox(settings.name, swept_at, balances, is_quiet(settings, swept, now)))
    return found


def is_quiet(box: MailboxSettings, swept: Fact | None, now: datetime) -> bool:
    """Whether nobody has looked at a mailbox for too long."""
    allowed = max(_QUIET_AFTER, 4 * timedelta(seconds=box.sweep_seconds))
    return swept is None or now - swept.updated_at > allowed
