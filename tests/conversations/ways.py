"""The two ways in and out that a conversation can take: its settings, its mailbox, and a way out that has its moods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from tests.conversations.configuration import by_graph, by_imap_and_smtp
from tests.conversations.relay import PEOPLE, MoodyRelay
from tests.servers.dovecot import Dovecot, MailUser
from tests.servers.graph import Fault, GraphServer
from tests.servers.graph_mailbox import GraphStore, StoredMessage
from tests.servers.places import free_ports
from tests.servers.smtp_sink import ReceivedMail

AnyUser = MailUser | GraphStore
_FOREVER = 1_000_000


class Way(Protocol):
    """Mail's way in and out."""

    def add_user(self) -> AnyUser:
        """A mailbox that no other conversation has; and all is well."""

    def base(self, user: Any) -> dict[str, Any]:
        """The settings for it."""

    def mailbox(self, tables: dict[str, Any], user: Any, text: str) -> None:
        """Let the mailbox be away, or well."""

    def relay(self, tables: dict[str, Any], text: str) -> None:
        """Give the way out another mood."""

    def take(self) -> list[ReceivedMail]:
        """What left since the last time."""


@dataclass
class ByImapAndSmtp:
    """Dovecot and a relay."""

    dovecot: Dovecot
    moody: MoodyRelay

    def add_user(self) -> MailUser:
        self.moody.behave("well")
        self.moody.take()
        return self.dovecot.add_user()

    def base(self, user: MailUser) -> dict[str, Any]:
        return by_imap_and_smtp(user, self.moody.port)

    def mailbox(self, tables: dict[str, Any], user: MailUser, text: str) -> None:
        tables["mailboxes"][0]["port"] = user.imap_port if text == "well" else free_ports(1)[0]

    def relay(self, tables: dict[str, Any], text: str) -> None:
        tables["relay"]["port"] = free_ports(1)[0] if text == "down" else self.moody.port
        self.moody.behave("well" if text == "down" else text)

    def take(self) -> list[ReceivedMail]:
        return self.moody.take()


@dataclass
class ByGraph:
    """The tests' Microsoft Graph, which keeps no copies: what a conversation says of uncertain mail holds here, too."""

    graph: GraphServer
    _faults: dict[str, list[Fault]] = field(default_factory=dict)

    def add_user(self) -> GraphStore:
        self.graph.keeps_copies = False
        self._faults.clear()
        self.relay({}, "well")
        self.take()
        return self.graph.add_user()

    def base(self, user: GraphStore) -> dict[str, Any]:
        return by_graph(user.address, self.graph)

    def mailbox(self, tables: dict[str, Any], user: GraphStore, text: str) -> None:
        self._spoil("mailbox", [] if text == "well" else [Fault("/inbox$", status=503, times=_FOREVER)])

    def relay(self, tables: dict[str, Any], text: str) -> None:
        manner, _, whom = text.partition(" ")
        person = PEOPLE.get(whom or "all", whom)
        self._spoil("relay", [Fault("sentitems", status=503, times=_FOREVER)] if manner == "down" else [])
        self.graph.refuse = _refusing(manner, person)
        self.graph.loses_answer = lambda message: manner == "drops" and _means(person, message)

    def take(self) -> list[ReceivedMail]:
        with self.graph.lock:
            taken, self.graph.sent[:] = list(self.graph.sent), []
        return taken

    def _spoil(self, what: str, faults: list[Fault]) -> None:
        self._faults[what] = faults
        self.graph.spoil(*(each for some in self._faults.values() for each in some))


def _refusing(manner: str, person: str) -> Callable[[StoredMessage], str]:
    answer = {"refuses": "400 ErrorInvalidRecipients", "defers": "429 ApplicationThrottled"}.get(manner, "")
    return lambda message: answer if answer and _means(person, message) else ""


def _means(person: str, message: StoredMessage) -> bool:
    return not person or person in message.recipients
