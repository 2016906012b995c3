"""A TCP proxy that spoils connections on purpose: drop, delay, cut after so many bytes, cut at the final dot, hang."""

from __future__ import annotations

import contextlib
import socket
import threading
from dataclasses import dataclass
from enum import Enum
from typing import Self

from tests.servers.places import free_ports

CHUNK = 65536
FINAL_DOT = b"\r\n.\r\n"


class Direction(Enum):
    """Which way bytes flow."""

    TO_SERVER = "to the server"
    TO_CLIENT = "to the client"


@dataclass(frozen=True)
class Fault:
    """What goes wrong, on every connection while it is set.

    `refuse`: close at once · `hang`: keep open, pass nothing · `delay`: seconds before each chunk ·
    `cut_after`: close after that many bytes in `cut_direction` ·
    `lose_answer_to_data`: the server gets the final dot and answers, the client only sees the connection close ·
    `lose_final_dot`: the connection closes before the server gets the final dot.
    """

    refuse: bool = False
    hang: bool = False
    delay: float = 0.0
    cut_after: int | None = None
    cut_direction: Direction = Direction.TO_CLIENT
    lose_answer_to_data: bool = False
    lose_final_dot: bool = False


class Connection:
    """A client's connection and the one that the proxy made for it."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client = client
        self.server = server
        self.passed = {Direction.TO_SERVER: 0, Direction.TO_CLIENT: 0}
        self.tail = b""  # the last bytes passed to the server: the dot may come in two chunks
        self.dot_passed = False
        self.closed = threading.Event()

    def close(self) -> None:
        self.closed.set()
        for each in (self.client, self.server):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


class FaultProxy:
    """Stands in front of a server of 127.0.0.1. `fault` may be set at any time; `heal()` takes it away."""

    host = "127.0.0.1"

    def __init__(self, target_port: int) -> None:
        self.target_port = target_port
        self.port = free_ports(1)[0]
        self.fault = Fault()
        self.accepted = 0
        self.cuts = 0  # connections that the proxy ended on purpose
        self._connections: list[Connection] = []
        self._listener: socket.socket | None = None
        self._healed = threading.Event()

    def start(self) -> Self:
        self._listener = socket.create_server((self.host, self.port), backlog=100)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        return self

    def stop(self) -> None:
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self.drop()
        self.heal()

    def spoil(self, fault: Fault) -> None:
        """From now on, and on connections that are open already."""
        self._healed.clear()
        self.fault = fault

    def heal(self) -> None:
        """Pass everything again, also what a hang held back."""
        self.fault = Fault()
        self._healed.set()

    def drop(self) -> None:
        """Close every open connection; new ones are welcome."""
        connections, self._connections = self._connections, []
        for connection in connections:
            connection.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- inside -------------------------------------------------------------------------------------------

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            self.accepted += 1
            if self.fault.refuse:
                self.cuts += 1
                client.close()
                continue
            try:
                server = socket.create_connection((self.host, self.target_port), timeout=10)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            connection = Connection(client, server)
            self._connections.append(connection)
            for direction, source, target in (
                (Direction.TO_SERVER, client, server),
                (Direction.TO_CLIENT, server, client),
            ):
                arguments = (connection, direction, source, target)
                threading.Thread(target=self._pump, args=arguments, daemon=True).start()

    def _pump(self, connection: Connection, direction: Direction, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(CHUNK):
                passed = self._spoiled(connection, direction, data)
                target.sendall(passed)
                connection.passed[direction] += len(passed)
                if len(passed) < len(data):
                    self.cuts += 1
                    break
        connection.close()

    def _spoiled(self, connection: Connection, direction: Direction, data: bytes) -> bytes:
        """What of `data` is passed on; less than all of it means that the connection ends there."""
        if self.fault.hang:
            self._healed.wait()
        fault = self.fault
        if fault.delay:
            connection.closed.wait(fault.delay)
        if fault.cut_after is not None and direction is fault.cut_direction:
            return data[: max(0, fault.cut_after - connection.passed[direction])]
        if direction is Direction.TO_SERVER:
            return self._watch_for_dot(connection, data, fault)
        if fault.lose_answer_to_data and connection.dot_passed:
            return b""
        return data

    @staticmethod
    def _watch_for_dot(connection: Connection, data: bytes, fault: Fault) -> bytes:
        seen = connection.tail + data
        connection.tail = seen[-(len(FINAL_DOT) - 1) :]
        at = seen.find(FINAL_DOT)
        if at < 0:
            return data
        connection.dot_passed = True
        if not fault.lose_final_dot:
            return data
        return data[: max(0, at - (len(seen) - len(data)))]
