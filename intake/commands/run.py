"""`intake run`: the service."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta

from intake.commands.configuration import add_config, configured, day
from intake.credentials import Credentials
from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader
from intake.errors import StorageError
from intake.logs import set_up_logging
from intake.service.last_resort import LastResort
from intake.service.service import Service, Threads, utc_now
from intake.settings import Settings
from intake.web.application import create_app
from intake.web.health import health_app
from intake.web.server import health_listener, in_background
from intake.wiring.children import start_sandbox
from intake.wiring.office import Office, open_office
from intake.wiring.post import build_carrier
from intake.wiring.service import build_crew


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)
    parser.add_argument(
        "--since",
        type=day,
        metavar="DATE",
        help=(
            "take up mail from this day on (YYYY-MM-DD) that arrived before the first start; everything it would "
            "send is held"
        ),
    )


def run(arguments: argparse.Namespace, *, once: bool = False) -> int:
    """Run until stopped, or for one pass."""
    settings = configured(arguments)
    set_up_logging(settings.logging)
    since = datetime.combine(arguments.since, datetime.min.time(), UTC) if arguments.since else None
    with _open(settings, once=once) as office, _pages(settings, office, wanted=not once):
        threads = Threads()
        try:
            asyncio.run(
                _serve(
                    Service(
                        build_crew(settings, office, threads, Credentials(settings)),
                        threads,
                        settings.timing.stop_seconds,
                        since,
                    ),
                    once=once,
                )
            )
        finally:
            threads.close()
    return 0


@contextmanager
def _open(settings: Settings, *, once: bool) -> Iterator[Office]:
    """The office; where its ledger cannot be opened and nobody looks on, staff are told by the last resort."""
    with ExitStack() as stack:
        try:
            office = stack.enter_context(open_office(settings, migrate=True))
        except StorageError as error:
            if not once:
                carrier = build_carrier(settings, Credentials(settings))
                asyncio.run(_tell(LastResort(settings, carrier, utc_now), error))
            raise
        yield office


async def _tell(last_resort: LastResort, error: StorageError) -> None:
    try:
        await last_resort.ledger_failed(error, timedelta())
    finally:
        await last_resort.carrier.close()


async def _serve(service: Service, *, once: bool) -> None:
    await (service.once() if once else service.run())


@contextmanager
def _pages(settings: Settings, office: Office, *, wanted: bool) -> Iterator[None]:
    """The log in the browser beside the service, where the settings ask for it."""
    if not (wanted and settings.web.enabled):
        yield
        return
    # A sandbox of its own: looking at a page never waits for a report that is being judged.
    with start_sandbox(settings.sandbox.allow_missing) as sandbox:
        app = create_app(office, Reader(sandbox, ReadingBudget()), settings)
        with in_background(app, settings.web), health_listener(health_app(app), settings.web):
            yield
