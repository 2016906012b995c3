"""Acting: each deed has a page that explains it and asks why; a second person who was too late is told, and keeps
what they typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from intake.cases.history import case_of
from intake.cases.staff_decisions import Past
from intake.cases.standing import stand
from intake.errors import Conflict, NotFound, UsageError
from intake.ledger import Act, SubmissionRow
from intake.model import Outcome, Status
from intake.web import deeds, mails, timeline
from intake.web.deeds import Deed
from intake.web.guard import Caseworker, Form, NotAllowed, Place, Visitor, act_of
from intake.web.words import check_named
from intake.web.workplace import Workplace

log = structlog.get_logger()
router = APIRouter()
_SEE_OTHER = 303
_RECENT = 5
_LONGEST_REASON = 10_000
_MOVES = frozenset({"join", "split"})


@dataclass(frozen=True, slots=True)
class Ground:
    """What a deed is done to, and the page to go back to."""

    name: str
    row_version: int | None
    back: str
    back_text: str
    caption: str
    done: str
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ask:
    """A person before the page of a deed; `form` is empty until they send it."""

    request: Request
    place: Workplace
    visitor: Visitor
    form: Mapping[str, str] = field(default_factory=dict)


def asked(request: Request, place: Place, visitor: Caseworker) -> Ask:
    """Somebody wants to do something."""
    return Ask(request, place, visitor)


def sent(form: Form, request: Request, place: Place, visitor: Caseworker) -> Ask:
    """Somebody does it. The form comes first: what was typed is given back whatever else is wrong."""
    return Ask(request, place, visitor, form)


Asked = Annotated[Ask, Depends(asked)]
Sent = Annotated[Ask, Depends(sent)]


@router.get("/submissions/{reference}/actions/{action}")
def ask(reference: str, action: str, by: Asked) -> Response:
    """The page of one deed."""
    deed = deeds.named(deeds.SUBMISSION, action)
    return _page(by, deed, _submission(by.place, reference, action))


@router.post("/submissions/{reference}/actions/{action}")
def act(reference: str, action: str, by: Sent) -> Response:
    """Do it."""
    return _perform(by, deeds.named(deeds.SUBMISSION, action), lambda: _submission(by.place, reference, action))


@router.get("/mail/{mail}/actions/{action}")
def ask_about_mail(mail: int, action: str, by: Asked) -> Response:
    """The page of one deed on a mail."""
    return _page(by, deeds.named(deeds.MAIL, action), _mail(by.place, mail))


@router.post("/mail/{mail}/actions/{action}")
def act_on_mail(mail: int, action: str, by: Sent) -> Response:
    """Do it."""
    return _perform(by, deeds.named(deeds.MAIL, action), lambda: _mail(by.place, mail))


@router.get("/messages/{message}/actions/{action}")
def ask_about_message(message: int, action: str, by: Asked) -> Response:
    """The page of one deed on a message."""
    return _page(by, deeds.named(deeds.MESSAGE, action), _message(by.place, message, action))


@router.post("/messages/{message}/actions/{action}")
def act_on_message(message: int, action: str, by: Sent) -> Response:
    """Do it."""
    return _perform(by, deeds.named(deeds.MESSAGE, action), lambda: _message(by.place, message, action))


@router.get("/submissions/{reference}/override/{check}")
def ask_to_override(reference: str, check: str, by: Asked) -> Response:
    """The page on which one check's result is replaced."""
    return _page(by, _override(check), _overridden(by.place, reference, check))


@router.post("/submissions/{reference}/override/{check}")
def override(reference: str, check: str, by: Sent) -> Response:
    """Replace it."""
    return _perform(by, _override(check), lambda: _overridden(by.place, reference, check))


def _perform(by: Ask, deed: Deed, ground_now: Callable[[], Ground]) -> Response:
    """Do a deed, or show its page again with what was typed and what is in the way."""
    ground, act = ground_now(), act_of(by.visitor, by.form, by.place)
    if not by.visitor.session.role.covers(deed.role):
        raise NotAllowed
    if not act.reason or len(act.reason) > _LONGEST_REASON:
        trouble = "Enter a reason" if not act.reason else f"Keep it below {_LONGEST_REASON:,} characters"
        return _page(by, deed, ground, trouble=trouble, status=422)
    try:
        result = deed.perform(by.place, ground.name, act, by.form)
    except Conflict as conflict:
        return _page(by, deed, ground_now(), conflict=f"{conflict.message} {conflict.hint}", status=409)
    except (UsageError, NotFound) as refusal:
        return _page(by, deed, ground, trouble=f"{refusal.message} {refusal.hint}", status=422)
    log.info("staff-acted", action=ground.done, role=str(by.visitor.session.role))
    back = f"/submissions/{result.reference}" if isinstance(result, SubmissionRow) else ground.back.partition("#")[0]
    return RedirectResponse(f"{back}?done={ground.done}", _SEE_OTHER)


def _page(by: Ask, deed: Deed, ground: Ground, *, trouble: str = "", conflict: str = "", status: int = 200) -> Response:
    if not by.visitor.session.role.covers(deed.role):
        raise NotAllowed
    context = {
        "deed": deed,
        "ground": ground,
        "typed": by.form,
        "trouble": trouble,
        "conflict": conflict,
        **ground.extra,
    }
    return by.place.pages.show(by.request, "web/deed.html", context, status)


def _submission(place: Workplace, reference: str, action: str) -> Ground:
    view = place.ledger.queries.submission(reference)
    row = view.submission
    extra: dict[str, Any] = {"recent": timeline.story(view)[:_RECENT], "past": _past(place, reference, action)}
    if action == "settle":
        still = [each for each in view.doubts if each.closed_at is None]
        extra["doubts"] = [{"value": str(each.id), "text": each.summary} for each in still]
    outcome = {"compliant": Outcome.COMPLIANT, "gaps": Outcome.GAPS}.get(action)
    if outcome is not None:
        composed = place.decisions.compose(row.reference, outcome, place.now())
        hold = place.office.correspondent.would_hold
        extra["previews"] = [(mail, mails.written(mail.content), hold(mail)) for mail in composed]
    return Ground(
        row.reference, row.row_version, f"/submissions/{row.reference}", row.reference, row.reference, action, extra
    )


def _past(place: Workplace, reference: str, action: str) -> Past | None:
    """What a release goes past; None for whatever releases nothing."""
    return place.decisions.past(reference) if action in {"compliant", "gaps", "ignore"} else None


def _mail(place: Workplace, mail: int) -> Ground:
    row = place.ledger.queries.mail(mail)
    caption = f"{row.reference}, {row.subject}" if row.reference else row.subject
    return Ground(str(mail), row.row_version, f"/mail/{mail}", "The mail", caption, "mail")


def _message(place: Workplace, message: int, action: str) -> Ground:
    row = place.ledger.queries.message(message).message
    version = place.ledger.submissions.get(row.reference).row_version if row.reference and action in _MOVES else None
    extra = {"asks_reference": action == "join", "sender": row.sender if action == "trust" else ""}
    return Ground(
        str(message), version, f"/messages/{message}", "The message", row.subject or f"Message {message}", action, extra
    )


def _overridden(place: Workplace, reference: str, check: str) -> Ground:
    view = place.ledger.queries.submission(reference)
    findings = stand(case_of(view)).findings
    finding = next((each for each in findings if each.check == check), None)
    if finding is None:
        raise NotFound("This submission has no such check.", "Go back to the submission.")
    row = view.submission
    extra = {"finding": finding, "recent": timeline.story(view)[:_RECENT]}
    back = f"/submissions/{row.reference}#check-{check}"
    return Ground(row.reference, row.row_version, back, row.reference, row.reference, "override", extra)


def _override(check: str) -> Deed:
    def perform(place: Workplace, reference: str, act: Act, fields: Mapping[str, str]) -> object:
        if fields.get("status") not in {"met", "gap"}:
            raise UsageError("Choose whether it is met or a gap.")
        return place.decisions.override(reference, check, Status(fields["status"]), act)

    return Deed(
        f"Override: {check_named(check)}",
        "Your decision replaces the program’s for this check. What waits to be sent is cancelled, and the submission "
        "waits for you to release it.",
        "Record your decision",
        perform,
    )
