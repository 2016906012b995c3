"""Who is trusted and who may sign in: for all to see, for administrators to change."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from intake.web.guard import Administrator, Form, Place, Reader, act_of
from intake.web.noted import address, noted

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
        "noted": noted(request, place, visitor, about="distrusted"),
        "typed": {},
    }
    return place.pages.show(request, "web/senders.html", context)


@router.post("/senders/distrust")
def distrust(form: Form, place: Place, visitor: Administrator) -> Response:
    """Trust a sender no longer."""
    act = act_of(visitor, form, place)
    place.ledger.actions.distrust(form.get("pattern", ""), act)
    return RedirectResponse(address(place, "/senders", act), _SEE_OTHER)
