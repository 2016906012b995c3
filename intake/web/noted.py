"""What a person has just done, told to them as the ledger has it: the address names the event, and nothing more."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request

from intake.cases.truth import in_a_line
from intake.ledger import Act, EventRow, SubmissionView
from intake.web import words
from intake.web.guard import Visitor
from intake.web.pages import when
from intake.web.workplace import Workplace

_FRESH = timedelta(minutes=10)  # later, a bookmarked page does not congratulate again
_LATEST = 30


def address(place: Workplace, back: str, act: Act, submission: int | None = None) -> str:
    """Where to go on after a deed: the page, with the number of the event that the deed left there."""
    latest = place.ledger.events.latest(_LATEST)
    mine = [row for row in latest if row.actor == act.by and row.at == act.at and row.kind.startswith("staff-")]
    event = next((row for row in mine if submission in {None, row.submission}), None)
    path = urlsplit(back).path
    return f"{path}?{urlencode({'noted': event.id})}" if event is not None else path


def noted(
    request: Request, place: Workplace, visitor: Visitor, *, submission: int | None = None, message: int | None = None,
    mail: int | None = None, view: SubmissionView | None = None,
    about: str = "",
) -> str:  # fmt: skip
    """The sentence to show on top; "" where the event is none of the visitor's own, is old, or is of something else."""
    number = request.query_params.get("noted", "")
    event = place.ledger.events.get(int(number)) if number.isdecimal() and len(number) < 16 else None
    if event is None or event.actor != visitor.signature or place.now() - event.at > _FRESH:
        return ""
    own = ((event.submission, submission), (event.message, message), (event.outgoing, mail))
    here = any(wanted is not None and found == wanted for found, wanted in own) or event.kind == f"staff-{about}"
    return _sentence(place, event, view) if here else ""


def _sentence(place: Workplace, event: EventRow, view: SubmissionView | None) -> str:
    done = words.noted(event.kind.removeprefix("staff-"), event.data)
    if not done or view is None or event.kind not in {"staff-released", "staff-unheld"}:
        return done
    commissioner, csp = in_a_line(view, lambda moment: when(moment, place.zone))
    return f"{done} Commissioner: {commissioner}. CSP: {csp}."
