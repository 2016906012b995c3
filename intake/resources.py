"""Where the program's own files are: templates and default configuration, by a path such as `config/policy.toml`.

They stand at the top of a source checkout and, inside an installed wheel, under `intake/_defaults/`. Every part
that needs one asks here, so that both places behave alike.
"""

from __future__ import annotations

from pathlib import Path

from intake.errors import ConfigurationError

PACKAGE = Path(__file__).resolve().parent
SHIPPED = PACKAGE / "_defaults"


def root() -> Path:
    """The folder that holds `config/` and `templates/`."""
    return SHIPPED if SHIPPED.is_dir() else PACKAGE.parent


def path(name: str) -> Path:
    """A shipped file or folder. Raises ConfigurationError when the installation lacks it."""
    found = root() / name
    if not found.exists():
        raise ConfigurationError(f"The installation is incomplete: {name} is missing.", "Install the program again.")
    return found


def read_text(name: str) -> str:
    """A shipped text file's content."""
    return path(name).read_text(encoding="utf-8")
