"""What the outbox asks of whoever carries mail away, and what it is told."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from intake.delivery.session import RelayFacts
from intake.model import OutgoingMail, OutgoingState


@dataclass(frozen=True, slots=True)
class Delivery:
    """How it went. `code` is the reply's, SMTP's or HTTP's (0: there was none), `text` its words or ours, fit to show.

    `refused` holds each recipient that the relay would not take; `relay_down` says that the relay, not this mail, is
    the trouble, so that others need not be tried now.
    """

    state: OutgoingState
    code: int = 0
    text: str = ""
    refused: dict[str, tuple[int, str]] = field(default_factory=dict)
    relay_down: bool = False


class Ended(Exception):
    """The transaction has come to its end early; carries how."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__(delivery.text)
        self.delivery = delivery


class Carrier(Protocol):
    """Takes one mail at a time: `Relay` by SMTP, `GraphCarrier` by Microsoft Graph. `Relay` says what each does."""

    async def probe(self) -> RelayFacts: ...
    async def close(self) -> None: ...
    async def deliver(
        self, mail: OutgoingMail, on_data_start: Callable[[], Awaitable[None]], envelope_id: str = ""
    ) -> Delivery: ...
