"""The list of submissions: filtered, sorted and paged by what stands in the address bar, and the same as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from intake.judging.checks import CATALOGUE
from intake.ledger import SubmissionFilter, SubmissionRow
from intake.model import Outcome, SubmissionState
from intake.web import words
from intake.web.guard import Place, Reader
from intake.web.pages import day
from intake.web.spreadsheets import as_spreadsheet
from intake.web.worklist import reasons
from intake.web.workplace import Workplace

router = APIRouter()
_PER_PAGE = 50
_MOST_EXPORTED = 50_000
_BATCH = 500
_SORTS = ("opened", "reference", "csp", "state", "waiting", "changed")
_COLUMNS = (
    "Reference",
    "State",
    "Outcome",
    "Version",
    "CSP",
    "Case",
    "Sender",
    "Opened",
    "Changed",
    "Completed",
    "On hold",
    "Weblink",
)


@dataclass(frozen=True, slots=True)
class Question:
    """What the address bar asks for; what it asks wrongly is in `troubles`, by field."""

    state: str = ""
    outcome: str = ""
    csp: str = ""
    check: str = ""
    text: str = ""
    since: str = ""
    until: str = ""
    hold: str = ""
    sort: str = "-opened"
    page: int = 1
    troubles: Mapping[str, str] = field(default_factory=dict)

    @property
    def narrowed(self) -> bool:
        return any((self.state, self.outcome, self.csp, self.check, self.text, self.since, self.until, self.hold))

    def address(self, path: str = "/submissions", **changes: Any) -> str:
        """The address that asks this, with changes."""
        other = replace(self, **{"page": 1, **changes})
        parts = {
            name: value
            for name in ("text", "state", "outcome", "csp", "check", "since", "until", "hold")
            if (value := getattr(other, name))
        }
        if other.sort != "-opened":
            parts["sort"] = other.sort
        if other.page > 1:
            parts["page"] = str(other.page)
        return f"{path}?{urlencode(parts)}" if parts else path


def read_question(given: Mapping[str, str]) -> Question:
    """What is asked; values that do not exist are left out and said so."""
    troubles: dict[str, str] = {}

    def one_of(name: str, allowed: set[str]) -> str:
        value = given.get(name, "")
        if value and value not in allowed:
            troubles[name] = "Choose one from the list"
            return ""
        return value

    for name in ("since", "until"):
        if given.get(name) and read_day(given[name]) is None:
            troubles[name] = "Enter a date such as 27/3/2026"
    page = given.get("page", "1")
    sort = given.get("sort", "-opened")
    return Question(
        state=one_of("state", {str(state) for state in SubmissionState}),
        outcome=one_of("outcome", {str(outcome) for outcome in Outcome}),
        csp=given.get("csp", "")[:200],
        check=one_of("check", {check.id for check in CATALOGUE}),
        text=given.get("text", "")[:200].strip(),
        since=given.get("since", "")[:20],
        until=given.get("until", "")[:20],
        hold="yes" if given.get("hold") == "yes" else "",
        sort=sort if sort.removeprefix("-") in _SORTS else "-opened",
        page=max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1,
        troubles=troubles,
    )


def read_day(text: str) -> date | None:
    """A day as people type it: 27/3/2026 or 2026-03-27."""
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d %m %Y", "%d %B %Y", "%d %b %Y"):
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day, not a moment
        except ValueError:
            continue
    return None


def wanted(question: Question, zone: ZoneInfo) -> SubmissionFilter:
    """The question as the ledger takes it."""
    since, until = read_day(question.since), read_day(question.until)
    return SubmissionFilter(
        states=(SubmissionState(question.state),) if question.state else (),
        outcome=Outcome(question.outcome) if question.outcome else None,
        csp=question.csp or None,
        opened_from=_midnight(since, zone) if since else None,
        opened_before=_midnight(until + timedelta(days=1), zone) if until else None,
        failed_check=question.check or None,
        text=question.text or None,
        on_hold=True if question.hold else None,
    )


@router.get("/submissions")
def show(request: Request, place: Place, visitor: Reader) -> Response:  # noqa: ARG001 - asked for the check
    """The list."""
    question = read_question(request.query_params)
    found = place.ledger.queries.submissions(
        wanted(question, place.zone), sort=question.sort, page=question.page, per_page=_PER_PAGE
    )
    doubts = place.ledger.queries.open_doubts_of([row.id for row in found.rows])
    context = {
        "why": {identity: reasons(rows) for identity, rows in doubts.items()},
        "looking": place.ledger.looking.all(place.now()),
        "question": question,
        "found": found,
        "first": (found.page - 1) * found.per_page + 1,
        "csps": place.ledger.queries.csps(),
        "checks": [(check.id, check.title) for check in CATALOGUE],
        "now": place.now(),
        "paging": paging(question, found.page, found.pages),
        "refresh": True,
    }
    return place.pages.show(request, "web/submissions.html", context, 422 if question.troubles else 200)


@router.get("/submissions.csv")
def export(request: Request, place: Place, visitor: Reader) -> Response:  # noqa: ARG001
    """What the list shows, all pages of it."""
    question = read_question(request.query_params)
    name = f"submissions-{place.now().astimezone(place.zone):%Y-%m-%d}"
    return as_spreadsheet(_COLUMNS, _exported(question, place), name)


def _exported(question: Question, place: Workplace) -> Iterator[list[str]]:
    for number in range(1, _MOST_EXPORTED // _BATCH + 1):
        found = place.ledger.queries.submissions(
            wanted(question, place.zone), sort=question.sort, page=number, per_page=_BATCH
        )
        for row in found.rows:
            yield _cells(row, place.zone)
        if number >= found.pages:
            return


def paging(question: Question, page: int, pages: int) -> dict[str, Any] | None:
    """The pagination component's parameters."""
    if pages <= 1:
        return None
    near = sorted({1, pages, *range(max(1, page - 1), min(pages, page + 1) + 1)})
    items: list[dict[str, Any]] = []
    for number in near:
        if items and number > items[-1].get("number", number) + 1:
            items.append({"ellipsis": True})
        items.append({"number": number, "href": question.address(page=number), "current": number == page})
    around: dict[str, Any] = {"items": items, "landmarkLabel": "Pages of the list"}
    if page > 1:
        around["previous"] = {"href": question.address(page=page - 1)}
    if page < pages:
        around["next"] = {"href": question.address(page=page + 1)}
    return around


def _cells(row: SubmissionRow, zone: ZoneInfo) -> list[str]:
    return [
        row.reference,
        words.SUBMISSION[row.state].text,
        words.OUTCOME[row.outcome].text,
        str(row.version),
        row.csp or "",
        row.case_name or "",
        row.sender or "",
        day(row.opened_at, zone),
        day(row.changed_at, zone),
        day(row.completed_at, zone),
        "yes" if row.on_hold else "",
        row.weblink or "",
    ]


def _midnight(of: date, zone: ZoneInfo) -> datetime:
    return datetime(of.year, of.month, of.day, tzinfo=zone)
