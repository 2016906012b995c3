"""The statistics page: how many, how many right the first time, which gaps, how long, and by whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from intake.web import charts, words
from intake.web.guard import Place, Reader
from intake.web.spreadsheets import as_spreadsheet

router = APIRouter()
_SPANS = {"12": "The last 12 months", "24": "The last 24 months", "60": "The last 5 years"}
_MOST_CSPS = 100


@router.get("/statistics")
def show(request: Request, place: Place, visitor: Reader) -> Response:  # noqa: ARG001 - asked for the check
    """The page."""
    asked = request.query_params.get("months", "12")
    months = asked if asked in _SPANS else "12"
    since = beginning(place.now().astimezone(place.zone), int(months))
    statistics = place.ledger.statistics
    submissions = statistics.opened(since)
    counted = {each.month: each for each in submissions.months(place.zone)}
    series = [(name, counted.get(name)) for name in month_names(since, int(months))]
    opened = sum(each.opened for each in counted.values())
    first = sum(each.compliant_first_time for each in counted.values())
    gaps = [(words.check_title(check), number) for check, number in statistics.gaps(since).items()]
    times = submissions.times_to_compliance()
    context = {
        "months": months,
        "spans": _SPANS,
        "series": series,
        "opened": opened,
        "first": first,
        "share": round(100 * first / opened) if opened else None,
        "gaps": gaps,
        "times": times,
        "middle": timedelta(seconds=median(each.total_seconds() for each in times)) if times else None,
        "csps": submissions.csps()[:_MOST_CSPS],
        "kinds": sorted(statistics.kinds(since).items(), key=lambda pair: -pair[1]),
        "chart": charts.columns(
            "Submissions each month, and how many of them were compliant at once; the table beneath holds the numbers",
            [
                charts.Bar(short(name), each.opened if each else 0, each.compliant_first_time if each else 0)
                for name, each in series
            ],
        ),
        "gap_chart": charts.rows(
            "How often each check found a gap; the table beneath holds the numbers",
            [charts.Bar(title, number) for title, number in gaps],
        ),
    }
    return place.pages.show(request, "web/statistics.html", context)


@router.get("/statistics.csv")
def export(request: Request, place: Place, visitor: Reader) -> Response:  # noqa: ARG001
    """The page's numbers, one a line: what is counted, of what, and how many."""
    asked = request.query_params.get("months", "12")
    months = asked if asked in _SPANS else "12"
    since = beginning(place.now().astimezone(place.zone), int(months))
    statistics = place.ledger.statistics
    opened = statistics.opened(since)
    counted = {each.month: each for each in opened.months(place.zone)}
    lines: list[tuple[str, str, object]] = []
    for name in month_names(since, int(months)):
        month = counted.get(name)
        lines += [
            ("Submissions opened in the month", name, month.opened if month else 0),
            ("Of these, compliant the first time", name, month.compliant_first_time if month else 0),
            ("Of these, compliant by now", name, month.compliant_by_now if month else 0),
        ]
    lines += [("Gaps found", words.check_title(check), number) for check, number in statistics.gaps(since).items()]
    for csp in opened.csps():
        name = csp.csp or "CSP not recognised"
        lines += [("Submissions of the CSP", name, csp.opened)]
        lines += [("Of these, compliant the first time", name, csp.compliant_first_time)]
    times = opened.times_to_compliance()
    lines += [("Days from the first email to complete", str(number), f"{each.total_seconds() / 86_400:.1f}")
              for number, each in enumerate(times, start=1)]  # fmt: skip
    lines += [("Messages of the kind", words.MESSAGE_KIND.get(k, k), n) for k, n in statistics.kinds(since).items()]
    return as_spreadsheet(("What is counted", "Of what", "Number"), lines, f"statistics-{since:%Y-%m}-{months}-months")


def beginning(now: datetime, months: int) -> datetime:
    """The first moment of the month that begins a span of so many, this one included."""
    number = now.year * 12 + now.month - months
    return now.replace(year=number // 12, month=number % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0)


def month_names(since: datetime, months: int) -> list[str]:
    """The names that the ledger's statistics use: 2026-11."""
    first = since.year * 12 + since.month - 1
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in range(first, first + months)]


def short(month: str) -> str:
    """Nov 26, for 2026-11."""
    year, number = month.split("-")
    return f"{datetime(int(year), int(number), 1):%b} {year[2:]}"  # noqa: DTZ001 - a month's name
