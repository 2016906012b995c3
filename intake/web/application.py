"""The application: its pages put together, and a plain page for whatever goes wrong."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from intake.documents.reader import Reader
from intake.errors import ConfigurationError, Conflict, IntakeError, NotFound, SignInRefused, StorageError, UsageError
from intake.settings import Settings
from intake.web import (
    acting,
    case_sheet,
    documents,
    health,
    home,
    lists,
    mails,
    message_pages,
    people,
    sign_in,
    statistics,
    submission,
)
from intake.web.guard import NotAllowed, Refused, SignInNeeded
from intake.web.headers import SafeHeaders, own_hosts
from intake.web.pages import Pages
from intake.web.shelf import Shelf
from intake.web.workplace import Workplace
from intake.wiring.office import Office

if TYPE_CHECKING:
    from intake.web.oidc import Provider

log = structlog.get_logger()
_HERE = Path(__file__).parent
_ASSETS = _HERE / "assets"
_STATIC = _HERE / "static"


def create_app(office: Office, reader: Reader, settings: Settings) -> FastAPI:
    """The log of one office. Raises ConfigurationError where the design system's files are missing."""
    if not (_ASSETS / "govuk-frontend.min.css").is_file():
        raise ConfigurationError("The web pages’ style files are missing.", "Run `make setup`, or install again.")
    app = FastAPI(title=settings.service.name, docs_url=None, redoc_url=None, openapi_url=None)
    shelf = Shelf(office.archive.store, office.judge, reader)
    app.state.workplace = Workplace(
        office=office,
        settings=settings,
        pages=Pages(settings.service.name, ZoneInfo(settings.service.timezone)),
        shelf=shelf,
        provider=_provider(settings),
    )
    pages = (home, lists, submission, case_sheet, acting, mails, message_pages, documents, people, statistics)
    for part in (health, sign_in, *pages):
        app.include_router(part.router)
    app.mount("/assets/govuk", StaticFiles(directory=_ASSETS))
    app.mount("/assets/own", StaticFiles(directory=_STATIC))
    _handle_troubles(app)
    app.add_middleware(SafeHeaders, secure=app.state.workplace.secure, hosts=own_hosts(settings.web))
    return app


def _provider(settings: Settings) -> Provider | None:
    """Single sign-on's provider; its libraries are loaded only where there is one."""
    if settings.web.sign_in != "oidc":
        return None
    provider: Provider = importlib.import_module("intake.web.oidc").Provider(settings.web.oidc, settings.proxy)
    return provider


def _handle_troubles(app: FastAPI) -> None:
    app.add_exception_handler(SignInNeeded, _ask_to_sign_in)
    app.add_exception_handler(NotAllowed, _not_allowed)
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(IntakeError, _told)
    app.add_exception_handler(RequestValidationError, _no_such_page)
    app.add_exception_handler(HTTPException, _no_such_page)
    app.add_exception_handler(Exception, _unforeseen)


def _ask_to_sign_in(request: Request, error: Exception) -> Response:  # noqa: ARG001 - the handler's signature
    """Off to the sign-in page; what was typed into a form is given back to be copied."""
    typed = getattr(request.state, "typed", None)
    if request.method == "POST":
        return _trouble(
            request,
            401,
            "You have been signed out",
            "Your session ended before this was sent.",
            "Nothing was changed. Sign in again, then repeat it.",
            typed=typed,
            sign_in=True,
        )
    query = f"?{request.url.query}" if request.url.query else ""
    target = request.url.path + query
    if target == "/":
        return RedirectResponse("/sign-in", 303)
    return RedirectResponse(
        request.url_for("ask").include_query_params(target=target).replace(scheme="", netloc=""), 303
    )


def _not_allowed(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return _trouble(
        request,
        403,
        "You cannot do this",
        "Your account may look at the log, but not change this.",
        "Ask an administrator if you need to.",
    )


def _refused(request: Request, error: Exception) -> Response:  # noqa: ARG001
    return _trouble(
        request,
        403,
        "This form could not be used",
        "It was not sent from a page of this log, or the page was too old.",
        "Nothing was changed. Go back, load the page again and send it once more.",
    )


def _told(request: Request, error: Exception) -> Response:
    """An error that carries its own sentence."""
    assert isinstance(error, IntakeError)  # noqa: S101 - registered for nothing else
    match error:
        case NotFound():
            return _trouble(
                request,
                404,
                "This is not in the log",
                error.message,
                "Check the address, or look in the list of submissions.",
            )
        case Conflict():
            return _trouble(request, 409, "This changed while you were looking at it", error.message, error.hint)
        case UsageError():
            return _trouble(request, 422, "This cannot be done", error.message, error.hint)
        case SignInRefused():
            return _trouble(request, 403, "You could not be signed in", error.message, error.hint, sign_in=True)
        case StorageError():
            log.error("web-storage-trouble")
            return _trouble(
                request,
                503,
                "The log cannot be read at the moment",
                "Its database does not answer.",
                "Nothing was changed. Try again in a minute.",
            )
    log.error("web-trouble", kind=type(error).__name__)
    return _trouble(request, 500, "Something went wrong", error.message, error.hint)


def _no_such_page(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    if status == 405:
        return _trouble(
            request,
            405,
            "This page cannot be used in that way",
            "It needs a form that was filled in.",
            "Go back to the log.",
        )
    return _trouble(
        request, 404, "Page not found", "There is no page at this address.", "Check that it was typed or copied whole."
    )


def _unforeseen(request: Request, error: Exception) -> Response:
    log.error("web-internal-error", kind=type(error).__name__)
    return _trouble(
        request,
        500,
        "Something went wrong",
        "The log could not make this page.",
        "Nothing was changed. Try again; if it happens again, tell your administrator.",
    )


def _is_writing(field: str) -> bool:
    """Whether a person wrote what the field holds, so that it must not be lost."""
    return field == "reason" or field.startswith("text-")


def _trouble(
    request: Request,
    status: int,
    title: str,
    sentence: str,
    next_step: str,
    *,
    typed: dict[str, str] | None = None,
    sign_in: bool = False,
) -> Response:
    """A plain page that says what to do next and gives back what was typed."""
    place: Workplace = request.app.state.workplace
    given = typed if typed is not None else getattr(request.state, "typed", {})
    kept = {name: value for name, value in (given or {}).items() if _is_writing(name) and value.strip()}
    context = {"title": title, "sentence": sentence, "next_step": next_step, "typed": kept, "sign_in": sign_in}
    return place.pages.show(request, "web/trouble.html", context, status)
