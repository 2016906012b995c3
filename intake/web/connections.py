"""Connections that have to get on with it: a request comes within seconds, and nobody holds all of them.

Anyone who can reach the port can open a connection and say half a sentence. Such a one is ended, and one address gets
a few only, so that those who have something to ask are answered.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

HEADER_SECONDS = 10.0
BODY_SECONDS = 30.0
MOST_OF_AN_ADDRESS = 24


class BoundedConnection(H11Protocol):
    """One connection. `exempt` are the addresses, such as a proxy's, behind which many people stand."""

    exempt: ClassVar[frozenset[str]] = frozenset()
    header_seconds: ClassVar[float] = HEADER_SECONDS
    body_seconds: ClassVar[float] = BODY_SECONDS
    _clock: asyncio.TimerHandle | None = None
    _awaited: object = None  # the state of the other side that the clock runs for

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take the connection, or end it where its address has enough."""
        super().connection_made(transport)
        host = self.client[0] if self.client else ""
        others = [one for one in self.connections if isinstance(one, H11Protocol)]
        theirs = [one for one in others if one.client and one.client[0] == host]
        if host not in self.exempt and len(theirs) > MOST_OF_AN_ADDRESS:
            transport.abort()
            return
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Read on; what is still to come has its time, however slowly it trickles in."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """The next request on this connection has its own time, once it begins (uvicorn ends idle ones itself)."""
        super().on_response_complete()
        self._stop_clock()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._stop_clock()
        super().connection_lost(exc)

    def _watch(self) -> None:
        state = self.conn.their_state
        if state not in {h11.IDLE, h11.SEND_BODY}:
            self._stop_clock()
        elif state is not self._awaited:
            self._stop_clock()
            seconds = self.header_seconds if state is h11.IDLE else self.body_seconds
            self._awaited, self._clock = state, self.loop.call_later(seconds, self._give_up)

    def _stop_clock(self) -> None:
        if self._clock is not None:
            self._clock.cancel()
        self._clock = self._awaited = None

    def _give_up(self) -> None:
        self.transport.abort()


def bounded(proxies: tuple[str, ...]) -> type[asyncio.Protocol]:
    """The kind of connection for a server behind these proxies."""
    kind = type("BoundedConnectionHere", (BoundedConnection,), {"exempt": frozenset(proxies)})
    return cast("type[asyncio.Protocol]", kind)
