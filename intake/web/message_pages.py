"""Messages that came in: the ones set aside, and one message with all that is known of it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from intake.errors import NotFound
from intake.model import MessageState
from intake.web.colleagues import colleagues
from intake.web.documents import as_download
from intake.web.guard import Place, Reader
from intake.web.noted import noted

router = APIRouter()
_PER_PAGE = 50
_OPENED = 10  # messages without a judged subject, on one page of the list


@router.get("/messages")
def show_list(request: Request, place: Place, visitor: Reader) -> Response:  # noqa: ARG001 - asked for the check
    """Messages, newest first."""
    asked = request.query_params.get("state", "")
    state = asked if asked in {str(each) for each in MessageState} else ""
    page = request.query_params.get("page", "1")
    number = max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1
    text = request.query_params.get("text", "").strip()[:200]
    found = place.ledger.queries.messages(
        states=(MessageState(state),) if state else (), text=text, page=number, per_page=_PER_PAGE
    )
    aside = [row for row in found.rows if row.state is MessageState.SET_ASIDE and row.sha256 and not row.subject]
    context = {
        "found": found,
        "state": state,
        "states": [str(each) for each in MessageState],
        "page": number,
        "text": text,
        "envelopes": {row.id: place.shelf.envelope(row.sha256) for row in aside[:_OPENED] if row.sha256},
    }
    return place.pages.show(request, "web/messages.html", context)


@router.get("/messages/{message}")
def show(message: int, request: Request, place: Place, visitor: Reader) -> Response:
    """One message."""
    view = place.ledger.queries.message(message)
    again = {MessageState.SET_ASIDE, MessageState.PROCESSED, MessageState.IGNORED}
    left = {MessageState.SET_ASIDE, MessageState.IGNORED}
    submission = place.ledger.queries.submission(view.message.reference) if view.message.reference else None
    context: dict[str, Any] = {
        "noted": noted(request, place, visitor, message=message),
        "there": colleagues(submission, visitor.signature, place.now()) if submission is not None else None,
        "now": place.now(),
        "may_deal": visitor.acts and view.message.state in left and view.message.seen_at is None,
        "view": view,
        "message": view.message,
        "judgement": view.judgements[-1] if view.judgements else None,
        "envelope": None,
        "may_recheck": visitor.acts and view.message.state in again and view.message.sha256 is not None,
        "may_trust": visitor.administers and bool(view.message.sender),
    }
    if view.message.sha256:
        context["envelope"] = place.shelf.envelope(view.message.sha256)
    return place.pages.show(request, "web/message.html", context)


@router.get("/messages/{message}/source")
def download(message: int, place: Place, visitor: Reader) -> Response:  # noqa: ARG001
    """The message's bytes, as they arrived."""
    row = place.ledger.queries.message(message).message
    if not row.sha256:
        raise NotFound("The message’s bytes are not here.", "Look for it in the mailbox.")
    return as_download(place.store.read(row.sha256), f"{row.reference or 'message'}-{row.id}.eml")
