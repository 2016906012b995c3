"""Settings, a mailbox and a carrier on the tests' own Microsoft Graph."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from intake.credentials import Credentials
from intake.delivery import GraphCarrier
from intake.graph import GraphLine
from intake.mailbox import GraphMailbox, Numbers, PassingNumbers
from intake.settings import Secret, Settings, parse_settings
from tests.servers.graph import GraphServer
from tests.servers.graph_mailbox import GraphStore


class Token(Credentials):
    """Credentials that hold a token: what is asked for one, and told that it was refused."""

    def __init__(self, settings: Settings, graph: GraphServer) -> None:
        super().__init__(settings)
        self._graph = graph
        self.given = 0
        self.forgotten = 0

    def access_token(self) -> Secret:
        self.given += 1
        return Secret(self._graph.token)

    def forget_token(self, token: Secret) -> None:
        self.forgotten += 1


def graph_settings(graph: GraphServer, address: str, folder: Path, **changes: Any) -> Settings:
    """Settings whose way in and out is this Graph."""
    text = f"""
transport = "graph"
[service]
address = "{address}"
[[mailboxes]]
username = "{address}"
timeout_seconds = 5
[relay]
data_timeout_seconds = 5
[oauth]
token_endpoint = "https://login.example/token"
client_id = "an-application"
client_secret_file = "client-secret"
[graph]
endpoint = "{graph.endpoint}"
[recipients]
commissioner = "dhr@commissioner.example"
staff = ["team@intake.example"]
"""
    return msgspec.structs.replace(parse_settings(text, "intake.toml", folder), **changes)


class Sleeps:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now


def graph_line(graph: GraphServer, address: str, folder: Path, time: Sleeps | None = None) -> GraphLine:
    """A line that waits for nothing."""
    settings, time = graph_settings(graph, address, folder), time or Sleeps()
    return GraphLine(settings, Token(settings, graph), address, timeout=5, sleep=time.sleep, clock=time.clock)


def graph_mailbox(
    graph: GraphServer, user: GraphStore, folder: Path, numbers: Numbers | None = None, time: Sleeps | None = None
) -> GraphMailbox:
    """The user's mailbox."""
    (box,) = graph_settings(graph, user.address, folder).mailboxes
    return GraphMailbox(box, graph_line(graph, user.address, folder, time), numbers or PassingNumbers())


def graph_carrier(graph: GraphServer, user: GraphStore, folder: Path, time: Sleeps | None = None) -> GraphCarrier:
    """The way out of the user's mailbox."""
    return GraphCarrier(graph_line(graph, user.address, folder, time), 5, looks=(0.0, 0.05))
