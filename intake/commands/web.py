"""`intake web`: the log in the browser."""

from __future__ import annotations

import argparse
import signal

import structlog
from sdnotify import SystemdNotifier

from intake.commands.configuration import add_config, configured
from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader
from intake.logs import set_up_logging
from intake.web.application import create_app
from intake.web.health import health_app
from intake.web.server import demand_protection, health_listener, server
from intake.wiring.archive import open_archive
from intake.wiring.children import start_sandbox
from intake.wiring.office import build_office

log = structlog.get_logger()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """Serve until stopped."""
    settings = configured(arguments)
    demand_protection(settings.web)
    set_up_logging(settings.logging)
    allowed = settings.sandbox.allow_missing
    with open_archive(settings, migrate=True) as archive, start_sandbox(allowed) as sandbox:
        sandbox.demand_protection()
        office = build_office(settings, archive, sandbox)
        app = create_app(office, Reader(sandbox, ReadingBudget()), settings)
        notifier = SystemdNotifier()
        # From the loop itself: systemd hears of a server that answers, not of one that is merely there (sd_notify(3)).
        with (
            health_listener(health_app(app), settings.web),
            server(app, settings.web, lambda: notifier.notify("READY=1\nWATCHDOG=1")) as running,
        ):
            scheme = "https" if settings.web.tls_certificate_file else "http"
            log.info("web-starts", address=f"{scheme}://{settings.web.host}:{settings.web.port}/")
            # At SIGTERM the server stops by itself and then raises it anew: that must not cut our clearing up short.
            signal.signal(signal.SIGTERM, lambda *_: None)
            running.run()
    return 0
