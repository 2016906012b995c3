"""Rendering: the Jinja environment with the design system's macros, and the filters that speak plain English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, PackageLoader, PrefixLoader
from starlette.requests import Request

from intake import __version__, resources
from intake.web import words

_MB = 1024 * 1024


class Pages:
    """Makes whole pages from templates."""

    def __init__(self, service_name: str, zone: ZoneInfo) -> None:
        self._environment = _environment(zone)
        self._service_name = service_name

    def show(self, request: Request, template: str, context: Mapping[str, Any], status: int = 200) -> HTMLResponse:
        """One page. The visitor, if any, and the nonce come from the request."""
        state = request.state
        around = {
            "cspNonce": state.nonce,
            "visitor": getattr(state, "visitor", None),
            "csrf": getattr(state, "csrf", ""),
            "how_many_wait": getattr(state, "waiting", None),
            "path": request.url.path,
        }
        return HTMLResponse(self.text(template, {**around, **context}), status)

    def text(self, template: str, context: Mapping[str, Any]) -> str:
        """A template's text."""
        return self._environment.get_template(template).render(service=self._service_name, **context)


@cache
def _environment(zone: ZoneInfo) -> Environment:
    macros = PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"), "web": _own_templates()})
    environment = Environment(loader=macros, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters |= {
        "when": lambda moment: when(moment, zone),
        "day": lambda moment: day(moment, zone),
        "short": lambda moment: short(moment, zone),
        "sentence": sentence,
        "staff": words.to_staff,
        "size": size,
        "lasting": lasting,
        "number": lambda value: f"{value:,}",
    }
    environment.globals |= {"program_version": __version__, "words": words}
    return environment


def _own_templates() -> FileSystemLoader:
    return FileSystemLoader(resources.path("templates/web"))


def when(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment as the GOV.UK style writes it: 23 November 2026 at 9:05am."""
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    hour = local.hour % 12 or 12
    half = "am" if local.hour < 12 else "pm"
    return f"{local.day} {local:%B %Y} at {hour}:{local:%M}{half}"


def short(moment: datetime | None, zone: ZoneInfo) -> str:
    """A moment in few letters: 3 Nov 2026, 10:12am."""
    return f"{day(moment, zone)}, {when(moment, zone).rpartition(' ')[2]}" if moment is not None else ""


def day(moment: datetime | None, zone: ZoneInfo) -> str:
    """A day: 23 Nov 2026."""
    if moment is None:
        return ""
    local = moment.astimezone(zone)
    return f"{local.day} {local:%b %Y}"


def size(count: int | None) -> str:
    """A file's size."""
    if count is None:
        return ""
    if count >= _MB / 10:
        return f"{count / _MB:.1f} MB"
    return f"{max(1, round(count / 1024))} KB"


def sentence(words: str) -> str:
    """Words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def lasting(span: timedelta) -> str:
    """A length of time in its largest unit."""
    seconds = int(span.total_seconds())
    for name, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            number = seconds // length
            return f"{number} {name}{'' if number == 1 else 's'}"
    return "less than a minute"
