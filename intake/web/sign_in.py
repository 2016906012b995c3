"""Signing in and out: a local account's password, or single sign-on."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from intake.ledger import Role, Session
from intake.web import passwords
from intake.web.guard import Fields, Form, Place, Reader, Refused, cookie_name, csrf_token
from intake.web.pages import lasting
from intake.web.workplace import Workplace

if TYPE_CHECKING:
    from intake.web.oidc import Provider

log = structlog.get_logger()
router = APIRouter()
_BEFORE = "intake-sign-in"  # the cookie of a sign-in that is under way
_ONWARD = "intake-onward"
_KNOWN = "intake-known"  # a browser in which somebody signed in before
_SOON = 600
_LONG = 180 * 24 * 3600
_SEE_OTHER = 303


@router.get("/sign-in")
def ask(request: Request, place: Place, target: str = "/") -> Response:
    """The sign-in page."""
    return _page(request, place, target)


@router.post("/sign-in")
def sign_in(request: Request, fields: Fields, place: Place) -> Response:
    """Check name and password."""
    before = request.cookies.get(_BEFORE, "")
    if not before or not hmac.compare_digest(fields.get("csrf", "").encode(), csrf_token(before).encode()):
        raise Refused
    if place.provider is not None:
        raise Refused
    name, target = fields.get("name", ""), fields.get("target", "/")
    address = request.client.host if request.client else ""
    mark = request.cookies.get(_KNOWN, "")
    try:
        account = passwords.check_sign_in(
            place.ledger.people, name, fields.get("password", ""), address, place.now(), mark=mark
        )
    except passwords.TooMany as refusal:
        log.warning("sign-in-delayed")
        wait = lasting(refusal.wait) if refusal.wait.total_seconds() >= 60 else "a minute"
        trouble = f"Sign-in failed too often. Wait {wait}, then try again."
        return _page(request, place, target, trouble=trouble, name=name, status=429)
    if account is None:
        log.warning("sign-in-failed")
        trouble = "The name or the password is not right."
        return _page(request, place, target, trouble=trouble, name=name, status=422)
    answer = start_session(place, account.name, account.display_name, account.role, target)
    mark = passwords.mark_for(account)
    answer.set_cookie(
        _KNOWN, mark, max_age=_LONG, httponly=True, samesite="strict", secure=place.secure, path="/sign-in"
    )
    return answer


@router.get("/sign-in/start")
def leave_for_provider(request: Request, place: Place, target: str = "/") -> Response:
    """Off to the provider."""
    provider = _provider(place)
    address, carried = provider.begin(_callback(request, place), own_path(target))
    answer = RedirectResponse(address, _SEE_OTHER)
    answer.set_cookie(_ONWARD, carried, max_age=_SOON, httponly=True, samesite="lax", secure=place.secure)
    return answer


@router.get("/sign-in/callback")
def return_from_provider(request: Request, place: Place) -> Response:
    """Back from the provider."""
    identity, target = _provider(place).finish(
        dict(request.query_params), request.cookies.get(_ONWARD, ""), _callback(request, place)
    )
    answer = start_session(place, identity.name, identity.display_name, identity.role, target)
    answer.delete_cookie(_ONWARD, httponly=True, samesite="lax", secure=place.secure)
    return answer


@router.post("/sign-out")
def sign_out(request: Request, form: Form, visitor: Reader, place: Place) -> Response:  # noqa: ARG001 - asked for the check
    """End the session."""
    place.ledger.people.end_session(request.cookies.get(cookie_name(place), ""))
    answer = RedirectResponse("/sign-in", _SEE_OTHER)
    answer.delete_cookie(cookie_name(place), httponly=True, samesite="lax", secure=place.secure)
    return answer


def start_session(place: Workplace, name: str, display_name: str, role: Role, target: str) -> Response:
    """A new session, with a token that was never seen before."""
    token = secrets.token_urlsafe(32)
    now = place.now()
    session = Session(name=name, display_name=display_name, role=role, started_at=now, seen_at=now)
    place.ledger.people.start_session(token, session, place.session_idle)
    log.info("signed-in", role=str(role))
    answer = RedirectResponse(own_path(target), _SEE_OTHER)
    answer.set_cookie(cookie_name(place), token, httponly=True, samesite="lax", secure=place.secure, path="/")
    answer.delete_cookie(_BEFORE, httponly=True, samesite="strict", secure=place.secure)
    return answer


def own_path(target: str) -> str:
    """The target when it is a page of ours, else home: nobody is sent elsewhere after signing in."""
    parts = urlsplit(target)
    safe = target.startswith("/") and not target.startswith("//") and "\\" not in target and not parts.netloc
    return target if safe and target.isprintable() and not target.startswith("/sign-") else "/"


def _page(
    request: Request, place: Workplace, target: str, *, trouble: str = "", name: str = "", status: int = 200
) -> Response:
    before = secrets.token_urlsafe(32)
    context = {
        "target": own_path(target),
        "trouble": trouble,
        "name": name,
        "csrf": csrf_token(before),
        "single": place.provider is not None,
        "nobody": place.provider is None and not place.ledger.people.accounts(),
    }
    answer = place.pages.show(request, "web/sign-in.html", context, status)
    answer.set_cookie(_BEFORE, before, max_age=3600, httponly=True, samesite="strict", secure=place.secure)
    return answer


def _provider(place: Workplace) -> Provider:
    if place.provider is None:
        raise Refused
    return place.provider


def _callback(request: Request, place: Workplace) -> str:
    base = place.settings.web.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    return f"{base}/sign-in/callback"
