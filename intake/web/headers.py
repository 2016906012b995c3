"""The headers of every answer: nothing foreign loads, nothing frames us, nothing is kept.

And the one header of every question that says whom it is for: what names another host was not meant for these pages.
"""

from __future__ import annotations

import secrets
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from intake.settings.sections import Web

_COMMON = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
_MISDIRECTED = PlainTextResponse(
    "These pages are not served by that name. If it is theirs, set public_url under [web].\n", 421
)
_KEPT = "/assets/"  # the only answers that a browser may keep


class SafeHeaders:
    """Wraps the application."""

    def __init__(self, app: ASGIApp, *, secure: bool, hosts: frozenset[str]) -> None:
        self._app = app
        self._secure = secure
        self._hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _named_host(scope) not in self._hosts:
            await _MISDIRECTED(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _COMMON.items():
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", policy(nonce))
                kept = scope["path"].startswith(_KEPT)
                headers["Cache-Control"] = "public, max-age=3600" if kept else "no-store"
                if self._secure:
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self._app(scope, receive, send_with_headers)


def own_hosts(web: Web) -> frozenset[str]:
    """The names by which these pages may be asked for, without the port."""
    public = urlsplit(web.public_url).hostname or ""
    return frozenset({"localhost", "127.0.0.1", "[::1]", web.host.lower(), public.lower()}) - {"", "0.0.0.0", "::"}  # noqa: S104


def _named_host(scope: Scope) -> str:
    """The host that a request names; "" for none, or for several (RFC 9112, 3.2)."""
    named = [value for name, value in scope["headers"] if name == b"host"]
    if len(named) != 1:
        return ""
    host: str = named[0].decode("latin-1").lower()
    bare, colon, port = host.rpartition(":")
    return bare if colon and port.isdecimal() else host


def policy(nonce: str) -> str:
    """The Content-Security-Policy of a page."""
    return (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
