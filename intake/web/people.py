"""Who is trusted and who may sign in: for all to see, for administrators to change."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from intake.web.guard import Administrator, Form, Place, Reader, act_of

router = APIRouter()
_SEE_OTHER = 303


@router.get("/senders")
def show(request: Request, place: Place, visitor: Reader) -> Response:
    """The trusted senders, and the accounts."""
    context = {
        "trusted": place.ledger.actions.trusted(),
        "domains": place.settings.senders.trusted_domains,
        "addresses": place.settings.senders.trusted_addresses,
        "accounts": place.ledger.people.accounts() if visitor.administers and place.provider is None else [],
        "done": "done" in request.query_params,
        "typed": {},
    }
    return place.pages.show(request, "web/senders.html", context)


@router.post("/senders/distrust")
def distrust(form: Form, place: Place, visitor: Administrator) -> Response:
    """Trust a sender no longer."""
    place.ledger.actions.distrust(form.get("pattern", ""), act_of(visitor, form, place))
    return RedirectResponse("/senders?done=1", _SEE_OTHER)
