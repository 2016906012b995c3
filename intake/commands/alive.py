"""`intake alive`: is the service at work? For a container's health check, or a monitor that runs commands."""

from __future__ import annotations

import argparse
from datetime import timedelta

from intake.commands.configuration import add_config, configured
from intake.ledger import WATCHED_FACT
from intake.service.service import utc_now
from intake.wiring.archive import open_archive

_QUIET_AFTER = timedelta(minutes=5)  # the service notes every minute that it watches


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments."""
    add_config(parser)


def run(arguments: argparse.Namespace) -> int:
    """0 while it is; 1 when nothing has been heard of it for five minutes."""
    with open_archive(configured(arguments)) as archive:
        watched = archive.ledger.facts.get(WATCHED_FACT)
    if watched is None:
        print("The service has not been at work here yet.")
        return 1
    silent = utc_now() - watched.updated_at
    print(f"The service was at work {silent.total_seconds():.0f} seconds ago.")
    return 1 if silent > _QUIET_AFTER else 0
