"""The options of every command that works on an installation, and the settings that they lead to."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from intake.commands.account import demand_owner
from intake.errors import ConfigurationError
from intake.logs import keep_quiet
from intake.settings import Settings, read_settings

_PLACES = (Path("intake.toml"), Path("config/intake.toml"), Path("/etc/intake/intake.toml"))


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    places = ", ".join(map(str, _PLACES))
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help=f"the configuration; otherwise the first that exists of {places}"
    )
    parser.add_argument(
        "--as-owner", action="store_true", help="as root: work as the account that owns the data folder"
    )


def day(text: str) -> date:
    """A day as an argument gives it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is not a date: write it as 2026-11-30 (year, month, day)") from None


def configured(arguments: argparse.Namespace, *, may_lack_folder: bool = False) -> Settings:
    """The settings, and the right account to use them.

    Raises ConfigurationError when there is no file, or it is wrong, and UsageError when the data folder is another's;
    with `may_lack_folder` root may look at an installation that has none yet.
    """
    keep_quiet()
    settings = read_settings(_place(arguments))
    demand_owner(settings, become=arguments.as_owner, may_lack_folder=may_lack_folder)
    return settings


def _place(arguments: argparse.Namespace) -> Path:
    if arguments.config is not None:
        named: Path = arguments.config
        return named
    found = next((place for place in _PLACES if place.is_file()), None)
    if found is None:
        raise ConfigurationError(
            "There is no configuration file.",
            "Make one with `intake init`, or name one with --config.",
        )
    return found.resolve()
