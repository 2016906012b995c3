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
    _silence_libraries()


def keep_quiet() -> None:
    """For commands that speak for themselves: only what ends in an error of their own is told."""
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
    )
    _silence_libraries()


def _silence_libraries() -> None:
    # Libraries log addresses, subjects and protocol lines: only that something is wrong may pass.
    # A level alone would not do: a library may set its own loggers' level, or a handler of its own.
    logging.disable(logging.CRITICAL)
    logging.captureWarnings(capture=True)  # a warning may quote what it warns of
