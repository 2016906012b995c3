"""Serving the pages: uvicorn with TLS or behind a named proxy, and never beyond this machine without either."""

from __future__ import annotations

import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from intake.errors import ConfigurationError
from intake.settings import read_secret
from intake.settings.reading import is_loopback
from intake.settings.sections import Web
from intake.web.connections import bounded

_STOP_SECONDS = 10
_MOST_CONNECTIONS = 200
_START_SECONDS = 20.0
_ALIVE_SECONDS = 10
_POLL_SECONDS = 0.02


def demand_protection(web: Web) -> None:
    """Raise ConfigurationError where the pages would be reachable from elsewhere over an unencrypted connection."""
    if is_loopback(web.host) or web.trusted_proxies or (web.tls_certificate_file and web.tls_key_file):
        return
    raise ConfigurationError(
        "The log would be open to the network without TLS.",
        "Give [web] tls_certificate_file and tls_key_file, or trusted_proxies, or keep host at 127.0.0.1.",
    )


@contextmanager
def server(app: ASGIApp, web: Web, alive: Callable[[], object] | None = None) -> Iterator[uvicorn.Server]:
    """The server, ready to run; `alive` is called from its loop, at once and then every few seconds."""
    demand_protection(web)

    async def tell() -> None:
        if alive is not None:
            alive()

    with _key_file(web) as key:
        config = uvicorn.Config(
            app,
            host=web.host,
            port=web.port,
            http=bounded(web.trusted_proxies),
            ws="none",
            log_config=None,
            access_log=False,  # addresses of pages name submissions
            server_header=False,
            proxy_headers=bool(web.trusted_proxies),
            forwarded_allow_ips=list(web.trusted_proxies) or "127.0.0.1",
            ssl_certfile=web.tls_certificate_file or None,
            ssl_keyfile=key,
            timeout_graceful_shutdown=_STOP_SECONDS,
            limit_concurrency=_MOST_CONNECTIONS,
            callback_notify=tell,
            timeout_notify=_ALIVE_SECONDS,
        )
        yield uvicorn.Server(config)


@contextmanager
def _key_file(web: Web) -> Iterator[str | None]:
    """The private key as a file that only we can read: it may come from systemd or the environment."""
    if not web.tls_key_file:
        yield None
        return
    handle, name = tempfile.mkstemp(prefix="intake-web-")
    try:
        with os.fdopen(handle, "w") as file:
            file.write(read_secret(web.tls_key_file, "web.tls_key_file").reveal() + "\n")
        yield name
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def health_listener(app: ASGIApp, web: Web) -> Iterator[None]:
    """Health and numbers on a port of their own, on this machine only, answered however busy the pages are."""
    if not web.health_port:
        yield
        return
    with in_background(app, Web(host="127.0.0.1", port=web.health_port)):
        yield


@contextmanager
def in_background(app: ASGIApp, web: Web) -> Iterator[None]:
    """The pages, served on a thread of their own while the block runs.

    Raises ConfigurationError when they cannot be.
    """
    with server(app, web) as made:
        thread = threading.Thread(target=_serve, args=[made], name="web")
        thread.start()
        try:
            deadline = time.monotonic() + _START_SECONDS
            while not made.started:
                if not thread.is_alive() or time.monotonic() > deadline:
                    raise ConfigurationError(
                        f"The log cannot be served on {web.host} port {web.port}.", "Is something else using it?"
                    )
                time.sleep(_POLL_SECONDS)
            yield
        finally:
            made.should_exit = True
            thread.join(_STOP_SECONDS + 1)


def _serve(made: uvicorn.Server) -> None:
    with suppress(SystemExit):  # how it says that it could not listen; the caller sees that the thread has ended
        made.run()
