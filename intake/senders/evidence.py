"""Which of a message's Authentication-Results were written by our own border server.

Anybody can put such a field into a message, and a Received line beside it. Two things are beyond a sender's reach: what
stands above the Received line of our border server, and, where that server removes fields that bear its name, the name
itself (RFC 8601, 5). So the trace is walked from the top: each line must be readable without doubt and written by a
host of the mailbox's own system, until the border's own line is met. At the first that is not, nothing is believed.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from intake.senders.authentication_results import AuthenticationResults, parse
from intake.senders.domains import matches
from intake.senders.received import read_received

_MOST_FIELDS = 50


@dataclass(frozen=True, slots=True)
class _Stretch:
    """The results that stand between two Received lines; `host` wrote the lower one, "" where nobody can tell."""

    results: tuple[str, ...]
    host: str


def trustworthy_results(
    headers: Sequence[tuple[str, str]], authserv_id: str, border_host: str, inner_hosts: Collection[str] = ()
) -> tuple[AuthenticationResults, ...]:
    """The results that count; none at all where neither a server's name nor a border host is configured."""
    stretches = _stretches(headers)
    if border_host:
        return _above_border(stretches, border_host, authserv_id, inner_hosts)
    return _of_server(stretches, authserv_id.lower(), inner_hosts) if authserv_id else ()


def _stretches(headers: Sequence[tuple[str, str]]) -> Iterator[_Stretch]:
    results: list[str] = []
    for name, value in headers:
        if name.lower() == "authentication-results" and len(results) < _MOST_FIELDS:
            results.append(value)
        elif name.lower() == "received":
            hop = read_received(value)
            yield _Stretch(tuple(results), hop.by if hop else "")
            results = []
    yield _Stretch(tuple(results), "")


def _above_border(
    stretches: Iterator[_Stretch], border_host: str, authserv_id: str, inner_hosts: Collection[str]
) -> tuple[AuthenticationResults, ...]:
    """What the border added: the fields between its own line and the next one above it."""
    for stretch in stretches:
        if _is_one_of(stretch.host, (border_host,)):
            return _named(stretch, authserv_id.lower()) if authserv_id else _topmost(stretch)
        if not _is_one_of(stretch.host, inner_hosts):
            return ()
    return ()


def _topmost(stretch: _Stretch) -> tuple[AuthenticationResults, ...]:
    """The first field alone, whether it names a server or not; a malformed one does not let the next one up."""
    found = parse(stretch.results[0]) if stretch.results else None
    return (found,) if found else ()


def _of_server(
    stretches: Iterator[_Stretch], authserv_id: str, inner_hosts: Collection[str]
) -> tuple[AuthenticationResults, ...]:
    """The server's topmost field, and its others where they are certainly its own.

    Filters often add a field for each method. Where they stand above the server's own Received line, all of them are
    genuine; some filters write directly below it, where a forged field may follow: then only the topmost counts.
    """
    for stretch in stretches:
        found = _named(stretch, authserv_id)
        if stretch.host == authserv_id:
            return found or _named(next(stretches), authserv_id)[:1]
        if found:
            return found[:1]
        if not _is_one_of(stretch.host, inner_hosts):
            return ()
    return ()


def _named(stretch: _Stretch, authserv_id: str) -> tuple[AuthenticationResults, ...]:
    """All fields of a stretch that bear the server's name."""
    parsed = [parse(text) for text in stretch.results]
    return tuple(one for one in parsed if one and one.server == authserv_id)


def _is_one_of(host: str, patterns: Collection[str]) -> bool:
    """Is this host's name one of these, or its address in one of these networks? (Some hosts write only the latter.)"""
    if not host:
        return False
    if matches(host, patterns):
        return True
    try:
        address = ipaddress.ip_address(host.removeprefix("ipv6:"))
    except ValueError:
        return False
    return any(address in network for network in map(_network, patterns) if network is not None)


def _network(pattern: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(pattern)
    except ValueError:
        return None
