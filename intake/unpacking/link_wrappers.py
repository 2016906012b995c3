"""Addresses that a mail gateway rewrote, turned back into those that the sender wrote.

Most gateways carry the original in the address, escaped or as it stands; some only in base64, and such an address was
written by nobody: it is turned back, and marked. Others hide it altogether (Mimecast, INKY, Hornetsecurity, Egress
Defend): such an address stays as it is, and is marked too. Wraps inside each other are undone.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

_MOST_WRAPS = 4
_PROOFPOINT_3 = re.compile(r"/v3/__(?>(.+?)__;)([^!]*+)!", re.DOTALL)
_CHECK_POINT = re.compile(r"/v2/(?:r\d\d/)?___")
_CHECK_POINT_END = re.compile(r"___(?:$|[./])")
_BEHIND_A_SLASH = re.compile(r"/(https?(?:%3a|:)(?:%2f|/).+)$", re.IGNORECASE | re.DOTALL)
_RUN_LENGTHS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# Hosts below which a path that begins so hides where it leads.
_OPAQUE: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("mimecast.com", ("/s/", "/r/")),
    ("mimecastprotect.com", ("/s/", "/r/")),
    ("inky.com", ("/",)),
    ("defend.egress.com", ("/",)),
    ("hornetsecurity.com", ("/",)),
    ("seclinks.cloud-security.net", ("/",)),
    ("protect.checkpoint.com", ("/",)),
    ("url.avanan.click", ("/",)),
    ("link.edgepilot.com", ("/s/",)),
    ("clicktime.symantec.com", ("/",)),
    ("clicktime.cloud.postoffice.net", ("/",)),
    ("fireeye.com", ("/url", "/v1/url", "/v2/url")),
    ("scanmail.trustwave.com", ("/",)),
    ("linkscan.io", ("/",)),
    ("gravityzone.bitdefender.com", ("/scan/",)),
    ("secure-web.cisco.com", ("/",)),
    ("safelinks.protection.outlook.com", ("/",)),
    ("safelinks.protection.office365.us", ("/",)),
    ("urldefense.proofpoint.com", ("/",)),
    ("urldefense.com", ("/",)),
    ("urldefense.us", ("/",)),
    ("linkprotect.cudasvc.com", ("/",)),
    ("protection.sophos.com", ("/",)),
)


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """An address without its wraps: `hidden` where a gateway keeps the target to itself, `decoded` where the target
    was made from base64 and stood readable nowhere.
    """

    url: str
    wrapped: bool = False
    hidden: bool = False
    decoded: bool = False


def unwrap(url: str) -> Unwrapped:
    """The address that was meant, as far as the one given tells it."""
    wrapped = decoded = False
    for _ in range(_MOST_WRAPS):
        try:
            parts = urlsplit(url)
            inner, by_decoding = _unwrap_once(parts, url)
            opaque = inner is None and _is_opaque(parts)
        except ValueError:
            return Unwrapped(url, wrapped, decoded=decoded)
        if inner is None:
            return Unwrapped(url, wrapped or opaque, opaque, decoded)
        url, wrapped, decoded = inner, True, decoded or by_decoding
    return Unwrapped(url, wrapped, decoded=decoded)


def hidden_domain(url: str) -> str:
    """The domain that an opaque address names beside itself, "" without one."""
    try:
        parts = urlsplit(url)
        fields = parse_qs(parts.query, max_num_fields=50) if _is_opaque(parts) else {}
    except ValueError:
        return ""
    return next((fields[name][0].lower() for name in ("domain", "Domain") if name in fields), "")


def _is_opaque(parts: SplitResult) -> bool:
    host = (parts.hostname or "").lower()
    return any(_is_below(host, name) and parts.path.startswith(paths) for name, paths in _OPAQUE)


def _is_below(host: str, name: str) -> bool:
    return host == name or host.endswith("." + name)


def _unwrap_once(parts: SplitResult, url: str) -> tuple[str | None, bool]:
    host = (parts.hostname or "").lower()
    for suffix, take in _WRAPPERS:
        if not _is_below(host, suffix):
            continue
        inner = (take(parts, url) or "").strip()
        # one slash of "://" is lost where a program tidied the path
        inner = re.sub(r"^(https?:)/(?!/)", r"\1//", inner, flags=re.IGNORECASE)
        if re.match(r"https?://[^\s/]", inner, re.IGNORECASE):
            return inner, take in _DECODERS
        if re.match(r"www\.[^\s/]+\.", inner, re.IGNORECASE):
            return "https://" + inner, take in _DECODERS
    return None, False


def _query(*names: str) -> Callable[[SplitResult, str], str | None]:
    def take(parts: SplitResult, _url: str) -> str | None:
        fields = parse_qs(parts.query.replace("&amp;", "&"), max_num_fields=50)
        return next((fields[name][0] for name in names if name in fields), None)

    return take


def _google(parts: SplitResult, url: str) -> str | None:
    return _query("q", "url")(parts, url) if parts.path == "/url" else None


def _facebook(parts: SplitResult, url: str) -> str | None:
    return _query("u")(parts, url) if parts.path == "/l.php" else None


def _fireeye(parts: SplitResult, url: str) -> str | None:
    return _query("u")(parts, url) if parts.path.rstrip("/").endswith("/url") else None


def _proofpoint(parts: SplitResult, url: str) -> str | None:
    if parts.path.startswith("/v3/"):
        return _proofpoint_3(url)
    inner = _query("u")(parts, url)
    if inner is None or not parts.path.startswith("/v2/"):
        return inner
    return unquote(inner.replace("-", "%").replace("_", "/"))


def _proofpoint_3(url: str) -> str | None:
    """Version 3 puts `*` for a character, `**A` for a run of them, and the characters in base64 behind."""
    match = _PROOFPOINT_3.match(url, max(0, url.find("/v3/__")))
    if match is None:
        return None
    replaced = _from_base64(match[2]) or ""
    position = 0

    def put_back(token: re.Match[str]) -> str:
        nonlocal position
        length = 1 if token[1] is None else _RUN_LENGTHS.index(token[1]) + 2
        piece = replaced[position : position + length]
        position += length
        return piece

    return re.sub(r"\*(?:\*([A-Za-z0-9_-]))?", put_back, match[1])


def _check_point(_parts: SplitResult, url: str) -> str | None:
    """The address stands between two threes of underscores, some of its signs escaped; newer forms cipher it."""
    begin = _CHECK_POINT.search(url)
    end = _CHECK_POINT_END.search(url, begin.end() + 1) if begin else None
    if begin is None or end is None:
        return None
    return re.sub(r"^(https?)%3a", r"\1:", url[begin.end() : end.start()], flags=re.IGNORECASE)


def _cisco(_parts: SplitResult, url: str) -> str | None:
    """secure-web.cisco.com puts the address last in the path, escaped or as it is."""
    found = _BEHIND_A_SLASH.search(url[8:])
    if found is None:
        return None
    return unquote(found[1]) if "%3a" in found[1][:9].lower() else found[1]


def _sophos(parts: SplitResult, url: str) -> str | None:
    return _from_base64(_query("u")(parts, url) or "")


def _bitdefender(parts: SplitResult, _url: str) -> str | None:
    found = re.match(r"/scan/(?:ux/)?([A-Za-z0-9_=-]{12,})(?:/|$)", parts.path)
    return _from_base64(found[1]) if found else None


def _from_base64(text: str) -> str | None:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return None


# What a gateway wrote in base64 alone was never there for a person to read.
_DECODERS = frozenset({_sophos, _bitdefender})
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
    ("protect.checkpoint.com", _check_point),
    ("url.avanan.click", _check_point),
    ("link.edgepilot.com", _query("u")),
    ("clicktime.symantec.com", _query("u")),
    ("clicktime.cloud.postoffice.net", _query("u")),
    ("fireeye.com", _fireeye),
    ("hornetsecurity.com", _query("u", "url")),
    ("seclinks.cloud-security.net", _query("u", "url")),
    ("scanmail.trustwave.com", _query("u")),
    ("linkscan.io", _bitdefender),
    ("gravityzone.bitdefender.com", _bitdefender),
    ("l.facebook.com", _facebook),
    ("www.google.com", _google),
    ("www.google.co.uk", _google),
    ("google.com", _google),
    ("google.co.uk", _google),
)
