"""What holds for every test: no network beyond loopback, no data folder but its own, the real servers by name."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from tests.servers.fixtures import dovecot, graph, mail_user, own_dovecot, postfix, relay, smtp_sink
from tests.turns import Turns

__all__ = ["dovecot", "graph", "mail_user", "own_dovecot", "postfix", "relay", "smtp_sink"]


USUAL_UMASK = 0o022
TURNS = pytest.StashKey[Turns]()


class NetworkForbidden(Exception):
    """A test reached for the network beyond loopback. Not an OSError, which programs are right to catch."""


def refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook: connections, datagrams and name look-ups must stay on this machine."""
    if event in {"socket.connect", "socket.sendto", "socket.sendmsg"}:
        sock, address = arguments[0], arguments[1]
        if isinstance(address, tuple) and sock.family in {socket.AF_INET, socket.AF_INET6}:
            demand_loopback(str(address[0]))
    elif event == "socket.getaddrinfo" and arguments[0]:
        host = arguments[0]
        demand_loopback(host.decode() if isinstance(host, bytes) else str(host))


def demand_loopback(host: str) -> None:
    if host in {"localhost", "", socket.gethostname()}:
        return
    try:
        local = ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        local = False
    if not local:
        raise NetworkForbidden(f"a test reached for {host}")


sys.addaudithook(refuse_network)
# How long an example takes says more about who else uses the machine than about the program.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Where several processes share the tests, they take turns."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        folder: Path = session.config._tmp_path_factory.getbasetemp().parent  # type: ignore[attr-defined]
        turns = session.config.stash[TURNS] = Turns(folder)
        session.config.add_cleanup(turns.close)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    turns = item.config.stash.get(TURNS, None)
    with turns.taken(alone=item.get_closest_marker("alone") is not None) if turns else nullcontext():
        return (yield)


@pytest.fixture(autouse=True)
def own_umask() -> Iterator[None]:
    """The program makes its process private (umask 077); a server that a later test starts must not inherit that."""
    os.umask(USUAL_UMASK)
    yield
    os.umask(USUAL_UMASK)  # not what stood before: a fixture of a wider scope may have changed it already


@pytest.fixture(autouse=True)
def own_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the settings, secrets or folders of the person who runs it."""
    for name in [*os.environ]:
        if name.startswith(("INTAKE_", "XDG_")) or name in {
            "CREDENTIALS_DIRECTORY",
            "STATE_DIRECTORY",
            "NOTIFY_SOCKET",
        }:
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
