"""The `--config` option, and where the file is looked for without it."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from intake.errors import ConfigurationError
from intake.logs import keep_quiet
from intake.settings import Settings, read_settings

_PLACES = (Path("intake.toml"), Path("config/intake.toml"), Path("/etc/intake/intake.toml"))


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add the option."""
    places = ", ".join(map(str, _PLACES))
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help=f"the configuration; else the first there is of {places}"
    )


def day(text: str) -> date:
    """A day as an argument gives it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no day: write it as 2026-11-30 (year, month, day)") from None


def configured(arguments: argparse.Namespace) -> Settings:
    """The settings. Raises ConfigurationError when there is no file, or it is wrong."""
    keep_quiet()
    if arguments.config is not None:
        return read_settings(arguments.config)
    found = next((place for place in _PLACES if place.is_file()), None)
    if found is None:
        raise ConfigurationError(
            "There is no configuration file.",
            "Make one with `intake init`, or name one with --config.",
        )
    return read_settings(found.resolve())
