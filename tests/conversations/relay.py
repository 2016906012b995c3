"""The relay of the conversations: it keeps what it takes, and refuses, defers or breaks off where it is told to."""

from __future__ import annotations

from typing import Any

from aiosmtpd.smtp import Envelope, Session

from tests.servers.relay import Relay
from tests.servers.smtp_sink import ReceivedMail
from tests.service.world import COMMISSIONER, STAFF

PEOPLE = {"all": "", "Commissioner": COMMISSIONER, "staff": STAFF}


class MoodyRelay(Relay):
    """`behave("refuses Commissioner")` until `behave("well")`."""

    def __init__(self) -> None:
        super().__init__(starttls=False, login=False)
        self._manner, self._whom = "well", ""

    def behave(self, text: str) -> None:
        """Take on other manners: well, or refuses, defers or drops all, Commissioner, staff or an address."""
        manner, _, whom = text.partition(" ")
        self._manner, self._whom = manner, PEOPLE.get(whom or "all", whom)

    def take(self) -> list[ReceivedMail]:
        """What came since the last time."""
        taken, self.received[:] = list(self.received), []
        return taken

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: object, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if self._means([address]) and self._manner == "refuses":
            return "550 5.1.1 No such person here"
        if self._means([address]) and self._manner == "defers":
            return "451 4.3.0 Try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        answer = await super().handle_DATA(server, session, envelope)
        if self._manner == "drops" and self._means(envelope.rcpt_tos):
            server.transport.abort()  # the mail was taken; nobody will ever hear of it
        return answer

    def _means(self, addresses: list[str]) -> bool:
        return not self._whom or self._whom in addresses
