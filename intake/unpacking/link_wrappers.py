"""Addresses that a mail gateway rewrote, turned back into those that the sender wrote.

Safe Links, Proofpoint (v1, v2, v3), Barracuda, Cisco, Trend Micro, Sophos, Google and Facebook carry the original
in the address; Mimecast does not, so such an address stays as it is. Wraps inside each other are undone too.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

_MOST_WRAPS = 4
_PROOFPOINT_3 = re.compile(r"/v3/__(.+?)__;([^!]*)!", re.DOTALL)
_RUN_LENGTHS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def unwrap(url: str) -> tuple[str, bool]:
    """The address that was meant, and whether it was wrapped."""
    wrapped = False
    for _ in range(_MOST_WRAPS):
        try:
            parts = urlsplit(url)
            inner = _unwrap_once(parts, url)
            opaque = inner is None and _is_opaque(parts)
        except ValueError:
            return url, wrapped
        if inner is None:
            return url, wrapped or opaque
        url, wrapped = inner, True
    return url, wrapped


def hidden_domain(url: str) -> str:
    """The domain that an opaque Mimecast address names beside itself, "" without one."""
    try:
        parts = urlsplit(url)
        return parse_qs(parts.query, max_num_fields=50).get("domain", [""])[0].lower() if _is_opaque(parts) else ""
    except ValueError:
        return ""


def _is_opaque(parts: SplitResult) -> bool:
    host = (parts.hostname or "").lower()
    return host.endswith("mimecast.com") and parts.path.startswith(("/s/", "/r/"))


def _unwrap_once(parts: SplitResult, url: str) -> str | None:
    host = (parts.hostname or "").lower()
    for suffix, take in _WRAPPERS:
        if host == suffix or host.endswith("." + suffix):
            inner = (take(parts, url) or "").strip()
            if re.match(r"https?://[^\s/]", inner, re.IGNORECASE):
                return inner
            if re.match(r"www\.[^\s/]+\.", inner, re.IGNORECASE):
                return "https://" + inner
    return None


def _query(*names: str) -> Callable[[SplitResult, str], str | None]:
    def take(parts: SplitResult, _url: str) -> str | None:
        fields = parse_qs(parts.query.replace("&amp;", "&"), max_num_fields=50)
        return next((fields[name][0] for name in names if name in fields), None)

    return take


def _google(parts: SplitResult, url: str) -> str | None:
    return _query("q", "url")(parts, url) if parts.path == "/url" else None


def _facebook(parts: SplitResult, url: str) -> str | None:
    return _query("u")(parts, url) if parts.path == "/l.php" else None


def _proofpoint(parts: SplitResult, url: str) -> str | None:
    if parts.path.startswith("/v3/"):
        return _proofpoint_3(url)
    inner = _query("u")(parts, url)
    if inner is None or not parts.path.startswith("/v2/"):
        return inner
    return unquote(inner.replace("-", "%").replace("_", "/"))


def _proofpoint_3(url: str) -> str | None:
    """Version 3 puts `*` for a character, `**A` for a run of them, and the characters in base64 behind."""
    match = _PROOFPOINT_3.search(url)
    if match is None:
        return None
    try:
        replaced = base64.urlsafe_b64decode(match[2] + "=" * (-len(match[2]) % 4)).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        replaced = ""
    position = 0

    def put_back(token: re.Match[str]) -> str:
        nonlocal position
        length = 1 if token[1] is None else _RUN_LENGTHS.index(token[1]) + 2
        piece = replaced[position : position + length]
        position += length
        return piece

    inner = re.sub(r"\*(?:\*([A-Za-z0-9_-]))?", put_back, match[1])
    # one slash of "://" is lost where a program tidied the path
    return re.sub(r"^(https?:)/(?!/)", r"\1//", inner, flags=re.IGNORECASE)


def _cisco(parts: SplitResult, _url: str) -> str | None:
    """secure-web.cisco.com puts the address, escaped, last in the path."""
    found = re.search(r"/(https?%3a.+)$", parts.path, re.IGNORECASE)
    return unquote(found[1]) if found else None


def _sophos(parts: SplitResult, url: str) -> str | None:
    encoded = _query("u")(parts, url)
    if not encoded:
        return None
    try:
        return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None


_WRAPPERS: tuple[tuple[str, Callable[[SplitResult, str], str | None]], ...] = (
    ("safelinks.protection.outlook.com", _query("url")),
    ("safelinks.protection.office365.us", _query("url")),
    ("statics.teams.cdn.office.net", _query("url")),
    ("urldefense.proofpoint.com", _proofpoint),
    ("urldefense.com", _proofpoint),
    ("urldefense.us", _proofpoint),
    ("linkprotect.cudasvc.com", _query("a")),
    ("secure-web.cisco.com", _cisco),
    ("protection.sophos.com", _sophos),
    ("trendmicro.com", _query("url", "q")),
    ("l.facebook.com", _facebook),
    ("www.google.com", _google),
    ("www.google.co.uk", _google),
    ("google.com", _google),
    ("google.co.uk", _google),
)
