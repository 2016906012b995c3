"""Which of our mail system's lines prove a sender, found in the headers of recent mail. Pure.

Anybody can write such lines, so that only what nearly all messages bear, from senders of several organisations, and
what fits the way that they came, is taken for our own system's. Where that is not clear, nothing is proposed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.utils import parseaddr

from intake.senders.authentication_results import parse
from intake.senders.domains import organisational_domain
from intake.senders.evidence import trustworthy_results
from intake.senders.received import read_received

Headers = Sequence[tuple[str, str]]

FEWEST = 3  # messages with results, from
FEWEST_SENDERS = 2  # organisations
NEARLY_ALL = 0.8


@dataclass(frozen=True, slots=True)
class Proofs:
    """What to put into [senders], and of how many messages it proves something; or why nothing is proposed."""

    authserv_id: str = ""
    border_host: str = ""
    inner_hosts: tuple[str, ...] = ()
    proved: int = 0
    looked_at: int = 0
    why_not: str = ""

    @property
    def found(self) -> bool:
        return bool(self.authserv_id or self.border_host)


@dataclass(frozen=True, slots=True)
class _Way:
    """How one message came: who wrote the first result, the hosts whose lines stand above it, the one below."""

    server: str
    above: tuple[str, ...]
    below: str
    sender: str


def find_proofs(messages: Sequence[Headers]) -> Proofs:
    """What the newest messages tell."""
    looked_at = len(messages)
    ways = [way for way in map(_way, messages) if way is not None]
    if len(ways) < FEWEST:
        told = f"{len(ways)} of the latest {looked_at} messages carry an Authentication-Results line: too few to tell"
        return Proofs(looked_at=looked_at, why_not=told)
    server, often = Counter(way.server for way in ways).most_common(1)[0]
    if often < NEARLY_ALL * len(ways):
        return Proofs(looked_at=looked_at, why_not="the results are written by several servers")
    ways = [way for way in ways if way.server == server]
    if len({way.sender for way in ways}) < FEWEST_SENDERS:
        return Proofs(looked_at=looked_at, why_not="all messages with results come from one organisation")
    for border in dict.fromkeys((_border(ways, server), "")):
        inner = _patterns(host for way in ways for host in way.above if host not in {server, border})
        proved = sum(bool(trustworthy_results(each, server, border, inner)) for each in messages)
        if (server or border) and proved >= NEARLY_ALL * len(ways):
            return Proofs(server, border, inner, proved, looked_at)
    return Proofs(looked_at=looked_at, why_not="the results do not stand where our own server's would")


def _way(headers: Headers) -> _Way | None:
    """The first result and what stands about it; None where there is none, or a line above it cannot be read."""
    above: list[str] = []
    server: str | None = None
    for name, value in headers:
        if name.lower() == "received":
            hop = read_received(value)
            if server is not None:
                return _Way(server, tuple(above), hop.by if hop else "", _sender(headers))
            if hop is None:
                return None
            above.append(hop.by)
        elif name.lower() == "authentication-results" and server is None:
            found = parse(value)
            if found is None:
                return None
            server = found.server
    return _Way(server, tuple(above), "", _sender(headers)) if server is not None else None


def _sender(headers: Headers) -> str:
    written = next((value for name, value in headers if name.lower() == "from"), "")
    return organisational_domain(parseaddr(written)[1].rpartition("@")[2].lower())


def _border(ways: Sequence[_Way], server: str) -> str:
    """The host below whose line strangers' lines begin, where it is certainly one of our own system's."""
    below = Counter(way.below for way in ways if way.below)
    if sum(below.values()) < NEARLY_ALL * len(ways):
        return ""
    patterns = _patterns(below)
    if len(patterns) != 1:
        return ""
    (pattern,) = patterns
    # What stands below our first line is ours only where it belongs to the same organisation as what we know is.
    own = {organisational_domain(name) for name in (server, *(way.above[-1] for way in ways if way.above)) if name}
    return pattern if not own or organisational_domain(pattern.removeprefix("*.")) in own else ""


def _patterns(hosts: Iterable[str]) -> tuple[str, ...]:
    """The hosts, those of one organisation as one pattern: what their names end in."""
    groups: dict[str, set[str]] = {}
    for host in hosts:
        groups.setdefault(organisational_domain(host), set()).add(host)
    return tuple(sorted(_pattern(group) for group in groups.values()))


def _pattern(hosts: set[str]) -> str:
    if len(hosts) == 1:
        return next(iter(hosts))
    labels = [host.split(".")[::-1] for host in hosts]
    common = []
    for each in zip(*labels, strict=False):
        if len(set(each)) > 1:
            break
        common.append(each[0])
    return "*." + ".".join(reversed(common))
