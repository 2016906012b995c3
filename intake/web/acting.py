"""Acting: each deed has a page that explains it and asks why; a second person is told what the first did or wrote, and
keeps what they typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from intake.errors import Conflict, NotFound, UsageError
from intake.ledger import SubmissionRow
from intake.web import deeds, grounds, noted
from intake.web.colleagues import Stop, colleagues, stop
from intake.web.deeds import Deed
from intake.web.forms import WrongField
from intake.web.grounds import Ground
from intake.web.guard import Caseworker, Form, NotAllowed, Place, Visitor, act_of
from intake.web.workplace import Workplace

log = structlog.get_logger()
router = APIRouter()
_SEE_OTHER = 303
_LONGEST_REASON = 10_000


@dataclass(frozen=True, slots=True)
class Ask:
    """A person before the page of a deed; `form` is empty until they send it."""

    request: Request
    place: Workplace
    visitor: Visitor
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def fields(self) -> Mapping[str, str]:
        """What the form holds, or what the address asks for before there is one."""
        return self.form or self.request.query_params


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
    grounds.demand_possible(by.place, reference, action)
    return _page(by, deed, grounds.submission(by.place, reference, action, by.fields))


@router.post("/submissions/{reference}/actions/{action}")
def act(reference: str, action: str, by: Sent) -> Response:
    """Do it."""
    return _perform(
        by, deeds.named(deeds.SUBMISSION, action), lambda: grounds.submission(by.place, reference, action, by.fields)
    )


@router.get("/mail/{mail}/actions/{action}")
def ask_about_mail(mail: int, action: str, by: Asked) -> Response:
    """The page of one deed on a mail."""
    return _page(by, deeds.named(deeds.MAIL, action), grounds.mail(by.place, mail))


@router.post("/mail/{mail}/actions/{action}")
def act_on_mail(mail: int, action: str, by: Sent) -> Response:
    """Do it."""
    return _perform(by, deeds.named(deeds.MAIL, action), lambda: grounds.mail(by.place, mail))


@router.get("/messages/{message}/actions/{action}")
def ask_about_message(message: int, action: str, by: Asked) -> Response:
    """The page of one deed on a message."""
    return _page(by, deeds.named(deeds.MESSAGE, action), grounds.message(by.place, message, action, by.fields))


@router.post("/messages/{message}/actions/{action}")
def act_on_message(message: int, action: str, by: Sent) -> Response:
    """Do it."""
    return _perform(
        by, deeds.named(deeds.MESSAGE, action), lambda: grounds.message(by.place, message, action, by.fields)
    )


@router.get("/submissions/{reference}/override/{check}")
def ask_to_override(reference: str, check: str, by: Asked) -> Response:
    """The page on which one check's result is replaced."""
    return _page(by, deeds.override(check), grounds.check(by.place, reference, check, by.fields))


@router.post("/submissions/{reference}/override/{check}")
def override(reference: str, check: str, by: Sent) -> Response:
    """Replace it."""
    return _perform(by, deeds.override(check), lambda: grounds.check(by.place, reference, check, by.fields))


def _perform(by: Ask, deed: Deed, ground_now: Callable[[], Ground]) -> Response:
    """Do a deed, or show its page again with what was typed and what is in the way."""
    if not by.visitor.session.role.covers(deed.role):
        raise NotAllowed
    ground, act = ground_now(), act_of(by.visitor, by.form, by.place)
    if wrong := _reason(act.reason):
        return _page(by, deed, ground, errors={"reason": wrong}, status=422)
    # Where the row itself has changed, the ledger's own refusal says more.
    same = act.expected is None or act.expected == ground.row_version
    if same and ground.view is not None and (stopped := stop(ground.view, by.form, act.by, act.at)) is not None:
        return _page(by, deed, ground, stopped=stopped, status=409)
    try:
        result = deed.perform(by.place, ground.name, act, by.form)
    except Conflict as conflict:
        return _page(by, deed, ground_now(), conflict=f"{conflict.message} {conflict.hint}".strip(), status=409)
    except WrongField as wrong_field:
        return _page(by, deed, ground, errors={wrong_field.field: wrong_field.message}, status=422)
    except (UsageError, NotFound) as refusal:
        said = f"{refusal.message} {refusal.hint}".strip()
        return _page(by, deed, ground, errors={deed.field: said}, status=422)
    log.info("staff-acted", action=ground.done, role=str(by.visitor.session.role))
    if isinstance(result, SubmissionRow):
        target = noted.address(by.place, f"/submissions/{result.reference}", act, result.id)
    else:
        target = noted.address(by.place, ground.back, act)
    return RedirectResponse(target, _SEE_OTHER)


def _reason(given: str) -> str:
    if not given:
        return "Enter a reason"
    return "" if len(given) <= _LONGEST_REASON else f"Keep it below {_LONGEST_REASON:,} characters"


def _page(
    by: Ask,
    deed: Deed,
    ground: Ground,
    *,
    errors: Mapping[str, str] | None = None,
    conflict: str = "",
    stopped: Stop | None = None,
    status: int = 200,
) -> Response:
    if not by.visitor.session.role.covers(deed.role):
        raise NotAllowed
    me, now = by.visitor.signature, by.place.now()
    context = {
        "deed": deed,
        "ground": ground,
        "typed": by.form,
        "errors": errors or {},
        "conflict": conflict,
        "stopped": stopped,
        "there": colleagues(ground.view, me, now) if ground.view is not None else None,
        "now": now,
        **ground.extra,
    }
    return by.place.pages.show(by.request, "web/deed.html", context, status)
