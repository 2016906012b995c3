"""`intake once`: one pass over the mailbox and the outbox, then the end."""

from __future__ import annotations

import argparse

from intake.commands import run as service

add_arguments = service.add_arguments


def run(arguments: argparse.Namespace) -> int:
    """Do one pass."""
    return service.run(arguments, once=True)
