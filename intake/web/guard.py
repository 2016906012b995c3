"""Who may come in: sessions by cookie, cross-site requests refused, roles asked for by each page."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends
from starlette.requests import Request

from intake.errors import NotFound
from intake.ledger import Act, Role, Session
from intake.web.workplace import Workplace

_TOUCH_EVERY = timedelta(minutes=1)  # a session's last use is written down this often, not with each page
_LARGEST_FORM = 1 << 20
_MOST_FIELDS = 100
_NUMBERS, _DIGITS = 1 << 63, 19  # what a database's key can be


class SignInNeeded(Exception):
    """Nobody is signed in, or the session has ended."""


class NotAllowed(Exception):
    """The person's role does not cover this."""


class Refused(Exception):
    """A form that did not come from our own page, or is not one."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """The person who asks."""

    session: Session
    csrf: str

    @property
    def name(self) -> str:
        return self.session.display_name

    @property
    def acts(self) -> bool:
        """Whether this person may act, beside reading."""
        return self.session.role.covers(Role.CASEWORKER)

    @property
    def administers(self) -> bool:
        return self.session.role.covers(Role.ADMINISTRATOR)

    @property
    def signature(self) -> str:
        """How their deeds are signed."""
        session = self.session
        return (
            session.display_name if session.display_name == session.name else f"{session.display_name} ({session.name})"
        )


def workplace(request: Request) -> Workplace:
    """The one workplace of the application. Raises NotFound for a number that no row can have."""
    for value in (*request.path_params.values(), request.query_params.get("page", "")):
        digits = str(value).lstrip("+-0")
        if digits.isdecimal() and (len(digits) > _DIGITS or int(digits) >= _NUMBERS):
            raise NotFound("There is nothing with that number.", "Check the address.")
    place: Workplace = request.app.state.workplace
    return place


Place = Annotated[Workplace, Depends(workplace)]


def cookie_name(place: Workplace) -> str:
    """`__Host-` binds the cookie to this host and to HTTPS (RFC 6265bis, 4.1.3.2)."""
    return "__Host-intake" if place.secure else "intake"


def csrf_token(secret: str) -> str:
    """The form token of a session or of a sign-in page."""
    return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a posted form, kept on the request so that an error page can give back what was typed."""
    refuse_cross_site(request)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _LARGEST_FORM:
            raise Refused
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, encoding="utf-8")
    except (UnicodeDecodeError, ValueError) as error:
        raise Refused from error
    fields = {name: value.replace("\r\n", "\n") for name, value in pairs}
    request.state.typed = fields
    return fields


def refuse_cross_site(request: Request) -> None:
    """Browsers say where a form was sent from (Fetch Metadata; older ones, Origin)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Refused
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host"):
        raise Refused


def signed_in(request: Request, place: Place) -> Visitor:
    """The person of this request. Raises SignInNeeded."""
    token = request.cookies.get(cookie_name(place), "")
    session = place.ledger.people.session(token) if token else None
    now = place.now()
    if (
        session is None
        or now - session.seen_at > place.session_idle
        or now - session.started_at > place.session_longest
    ):
        raise SignInNeeded
    if now - session.seen_at > _TOUCH_EVERY:
        place.ledger.people.touch_session(token, now)
    visitor = Visitor(session, csrf_token(token))
    request.state.visitor = visitor
    request.state.waiting = place.ledger.queries.how_many_wait  # asked for by pages with a navigation alone
    request.state.csrf = visitor.csrf
    return visitor


Reader = Annotated[Visitor, Depends(signed_in)]
Fields = Annotated[Mapping[str, str], Depends(read_form)]


def _at_least(role: Role) -> Callable[[Visitor], Visitor]:
    def demand(visitor: Reader) -> Visitor:
        if not visitor.session.role.covers(role):
            raise NotAllowed
        return visitor

    return demand


Caseworker = Annotated[Visitor, Depends(_at_least(Role.CASEWORKER))]
Administrator = Annotated[Visitor, Depends(_at_least(Role.ADMINISTRATOR))]


def own_form(fields: Fields, visitor: Reader) -> Mapping[str, str]:
    """A form that was sent from a page of this very session. Raises Refused."""
    if not hmac.compare_digest(fields.get("csrf", "").encode(), visitor.csrf.encode()):
        raise Refused
    return fields


Form = Annotated[Mapping[str, str], Depends(own_form)]


def act_of(visitor: Visitor, fields: Mapping[str, str], place: Workplace) -> Act:
    """Who acts, why, and on which version of the row."""
    version = fields.get("row_version", "")
    return Act(
        by=visitor.signature,
        reason=fields.get("reason", "").strip(),
        at=place.now(),
        expected=int(version) if version.isdecimal() and len(version) < 10 else None,
    )
