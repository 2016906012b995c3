"""A server on loopback that says what it is told to, line for line: for words that no server here would say.

Microsoft's and Google's refusals, and manners that no configuration of a real server gives, are spoken by it.
"""

from __future__ import annotations

import contextlib
import re
import socketserver
import threading
from collections.abc import Sequence
from typing import Self

from tests.servers import places

Answers = Sequence[tuple[str, str]]  # (regular expression of a line from the client, what is answered to it)


class Talker:
    """Greets, then answers each line by the first pattern that fits; an empty answer hangs up.

    In answers `{tag}` is the first word of the latest command, as IMAP wants it; a proof, which is one word, is none.
    """

    def __init__(self, greeting: str, answers: Answers) -> None:
        manners = [(re.compile(pattern, re.IGNORECASE), answer) for pattern, answer in answers]

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    self._say(greeting)
                    tag = ""
                    while line := self.rfile.readline().decode("utf-8", "replace").strip():
                        answer = next((answer for pattern, answer in manners if pattern.search(line)), "")
                        if not answer:
                            return
                        tag = line.split()[0] if " " in line else tag
                        self._say(answer.replace("{tag}", tag))

            def _say(self, text: str) -> None:
                self.wfile.write(text.replace("\n", "\r\n").encode() + b"\r\n")

        (self.port,) = places.free_ports(1)
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
