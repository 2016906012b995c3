"""Outgoing mail: lists by state, and one mail with its full text as sent and every attempt to deliver it."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from email.message import EmailMessage

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from intake.errors import IntakeError
from intake.model import MailKind, OutgoingState
from intake.web import words
from intake.web.colleagues import colleagues
from intake.web.documents import as_download
from intake.web.guard import Place, Reader
from intake.web.noted import noted
from intake.web.worklist import case_name
from intake.web.workplace import Workplace

router = APIRouter()
_HEAD = 64 * 1024  # the text stands before the attachments
_HEADERS = ("From", "To", "Cc", "Reply-To", "Subject", "Date")
_PER_PAGE = 50
_GROUPS = {
    "held": (OutgoingState.HELD,),
    "uncertain": (OutgoingState.UNCERTAIN,),
    "failed": (OutgoingState.FAILED,),
    "leaving": (OutgoingState.QUEUED, OutgoingState.SENDING, OutgoingState.DATA_STARTED, OutgoingState.DEFERRED),
    "sent": (OutgoingState.SENT,),
    "cancelled": (OutgoingState.CANCELLED,),
}
_GROUP_NAMES = {
    "held": "Held",
    "uncertain": "May have arrived",
    "failed": "Failed",
    "leaving": "Leaving",
    "sent": "Sent",
    "cancelled": "Cancelled",
}


@dataclass(frozen=True, slots=True)
class Written:
    """A composed mail as a person reads it."""

    headers: tuple[tuple[str, str], ...]
    text: str
    files: tuple[str, ...]


@router.get("/mail")
def show_list(request: Request, place: Place, visitor: Reader) -> Response:  # noqa: ARG001 - asked for the check
    """Outgoing mail, newest first."""
    group = request.query_params.get("state", "")
    group = group if group in _GROUPS else ""
    page = request.query_params.get("page", "1")
    number = max(1, int(page)) if page.isdecimal() and len(page) < 7 else 1
    found = place.ledger.queries.outgoing(states=_GROUPS.get(group, ()), page=number, per_page=_PER_PAGE)
    context = {"found": found, "group": group, "groups": _GROUP_NAMES, "page": number, "case_name": case_name}
    return place.pages.show(request, "web/mails.html", context)


@router.get("/mail/{mail}")
def show(mail: int, request: Request, place: Place, visitor: Reader) -> Response:
    """One mail."""
    row = place.ledger.queries.mail(mail)
    view = place.ledger.queries.submission(row.reference) if row.reference else None
    context = {
        "noted": noted(request, place, visitor, mail=row.id),
        "there": colleagues(view, visitor.signature, place.now()) if view is not None else None,
        "now": place.now(),
        "mail": row,
        "written": read_mail(place, row.sha256),
        "kind": words.MAIL_KIND[row.kind],
        "deeds": deeds(row.state, bounced=row.bounced_at is not None, kind=row.kind) if visitor.acts else [],
    }
    return place.pages.show(request, "web/mail.html", context)


@router.get("/mail/{mail}/source")
def download(mail: int, place: Place, visitor: Reader) -> Response:  # noqa: ARG001
    """The mail's bytes, as sent."""
    row = place.ledger.queries.mail(mail)
    return as_download(place.store.read(row.sha256), f"{row.reference or 'mail'}-{row.kind}-{row.id}.eml")


def read_mail(place: Workplace, sha256: str) -> Written | None:
    """A mail of ours, from its beginning; None where its bytes are no longer kept."""
    try:
        return written(place.store.beginning(sha256, _HEAD))
    except IntakeError:
        return None


def written(content: bytes) -> Written:
    """A mail as a person reads it, from its beginning or whole."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what the default policy makes
    body = message.get_body(("plain",))
    return Written(
        headers=tuple((name, str(message[name])) for name in _HEADERS if message[name]),
        text="\n".join(str(body.get_content()).strip().splitlines()) if body is not None else "",
        files=tuple(name for part in message.walk() if (name := part.get_filename())),
    )


def deeds(state: OutgoingState, *, bounced: bool, kind: MailKind) -> list[tuple[str, str, bool]]:
    """What can be done to a mail now."""
    match state:
        case OutgoingState.UNCERTAIN:
            return [("arrived", "Mark as arrived", True), ("resend", "Send it again", False)]
        case OutgoingState.FAILED:
            return [("resend", "Send it again", True), ("cancel", "Cancel it", False)]
        case OutgoingState.SENT if bounced:
            return [("resend", "Send it again", True)]
        case OutgoingState.HELD:
            return [("release", "Let it go", True), ("cancel", "Cancel it", False)]
        case OutgoingState.QUEUED | OutgoingState.DEFERRED if kind is not MailKind.NOTICE:
            return [("hold", "Hold it", False), ("cancel", "Cancel it", False)]
    return []
