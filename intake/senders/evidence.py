"""Which of a message's Authentication-Results were written by our own border server.

Anybody can put such a field into a message. Two things are beyond a sender's reach: what stands above the Received
line of our border server, and, where that server removes fields that bear its name, the name itself (RFC 8601, 5).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from intake.senders.authentication_results import AuthenticationResults, parse
from intake.senders.domains import matches

_BY = re.compile(r"(?:^|\s)by\s+([^\s;()]+)", re.IGNORECASE)
_LONGEST_RECEIVED = 10_000
_MOST_FIELDS = 50


def trustworthy_results(
    headers: Sequence[tuple[str, str]], authserv_id: str, border_host: str
) -> tuple[AuthenticationResults, ...]:
    """The results that count; none at all where neither a server's name nor a border host is configured."""
    fields = [(name.lower(), value) for name, value in headers]
    if border_host:
        fields = _above_border(fields, border_host)
        return _named(fields, authserv_id) if authserv_id else _topmost(fields)
    return _of_server(fields, authserv_id) if authserv_id else ()


def receiving_host(received: str) -> str:
    """The host that wrote a Received line (`by`), in lower case; "" when it names none."""
    found = _BY.search(_without_comments(received[:_LONGEST_RECEIVED]))
    return found[1].lower().rstrip(".") if found else ""


def _above_border(fields: list[tuple[str, str]], border_host: str) -> list[tuple[str, str]]:
    """The fields between the border's Received line and the next one above it: those that the border added.

    The topmost such line is the genuine one: a forged one travelled with the message and stands below it.
    """
    start = 0
    for index, (name, value) in enumerate(fields):
        if name != "received":
            continue
        if matches(receiving_host(value), (border_host,)):
            return fields[start:index]
        start = index + 1
    return []


def _topmost(fields: list[tuple[str, str]]) -> tuple[AuthenticationResults, ...]:
    """The first field alone, whether it names a server or not; a malformed one does not let the next one up."""
    for name, value in fields:
        if name == "authentication-results":
            found = parse(value)
            return (found,) if found else ()
    return ()


def _of_server(fields: list[tuple[str, str]], authserv_id: str) -> tuple[AuthenticationResults, ...]:
    """The server's topmost field, and its others where they are certainly its own.

    Filters often add a field for each method. Where they stand above the server's own Received line, all of them are
    genuine; some filters write below it, where a forged field may follow: then only the topmost counts.
    """
    found: list[AuthenticationResults] = []
    for name, value in fields:
        if name == "received":
            own = receiving_host(value) == authserv_id.lower()
            if found:
                return tuple(found) if own else tuple(found[:1])
            if own:
                return _named(fields, authserv_id)[:1]
        elif name == "authentication-results" and len(found) < _MOST_FIELDS:
            results = parse(value)
            if results and results.server == authserv_id.lower():
                found.append(results)
    return tuple(found[:1])


def _named(fields: list[tuple[str, str]], authserv_id: str) -> tuple[AuthenticationResults, ...]:
    """All fields that bear the server's name."""
    texts = [value for name, value in fields if name == "authentication-results"][:_MOST_FIELDS]
    parsed = [parse(text) for text in texts]
    return tuple(one for one in parsed if one and one.server == authserv_id.lower())


def _without_comments(text: str) -> str:
    kept: list[str] = []
    depth = 0
    for sign in text:
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth = max(0, depth - 1)
        elif not depth:
            kept.append(sign)
    return "".join(kept)
