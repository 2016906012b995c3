"""The service's log: JSON or text lines on standard error, with references and hashes only."""

from __future__ import annotations

import logging
import sys

import structlog

from intake.settings.sections import Logging


def set_up_logging(settings: Logging) -> None:
    """Configure structlog, and keep libraries from writing what they handle."""
    level = logging.getLevelNamesMapping()[settings.level.upper()]
    renderer = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    # Libraries log addresses, subjects and protocol lines: only that something is wrong may pass.
    logging.basicConfig(stream=sys.stderr, level=logging.CRITICAL)
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
