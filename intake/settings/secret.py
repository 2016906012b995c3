"""Secrets: read from files of their own or from systemd credentials, and never shown.

A `Secret` does not appear in logs, tracebacks, `repr()` or pickles; `reveal()` is called only where it goes onto a
verified connection. Files that others on the machine could read are refused.
"""

from __future__ import annotations

import codecs
import hmac
import os
import stat
from pathlib import Path
from typing import NoReturn

from intake.errors import ConfigurationError

MAX_BYTES = 64 * 1024  # a key file at most: anything longer is the wrong file
MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class Secret:
    """A text that is never printed."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one place that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self._text.encode(), other._text.encode())

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


def credentials_folder() -> Path | None:
    """Where systemd put this service's credentials (`LoadCredential=`), None when it was not started by systemd."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY", "")
    return Path(folder) if folder else None


def locate_secret(name: str, beside: Path) -> str:
    """A bare name is looked for among the systemd credentials first, then, like any path, beside the settings file."""
    folder = credentials_folder()
    if folder is not None and "/" not in name and _is_there(folder / name):
        return str(folder / name)
    return os.path.normpath(beside / name)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # it may not be looked at: what reads it says so
        return True


def read_secret(path: str, wanted_for: str) -> Secret:
    """Read a secret file; trailing line ends are dropped. `wanted_for` says what it is for, in errors.

    Raises ConfigurationError when it is missing, empty, or readable by others.
    """
    if not path:
        raise ConfigurationError(f"No file is named that holds {wanted_for}.", "Name it in the matching *_file key.")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            facts = os.fstat(file.fileno())
            _refuse_open_file(path, facts, wanted_for)
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(
            f"{path}, which should hold {wanted_for}, cannot be read: {error.strerror}.",
            "Make the file, owned by the service's user, mode 0600.",
        ) from error
    if content.startswith(MARKS):
        raise ConfigurationError(
            f"{path}, which holds {wanted_for}, begins with a byte-order mark that an editor put there.",
            "Save it as plain UTF-8 without one, or write it with: printf %s 'the secret' >FILE",
        )
    try:
        text = content.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        text = ""
    if not text or "\0" in text or len(content) > MAX_BYTES:
        raise ConfigurationError(
            f"{path} does not hold {wanted_for}.", "It should be a short text file, and not empty."
        )
    return Secret(text)


def _refuse_open_file(path: str, facts: os.stat_result, wanted_for: str) -> None:
    if not stat.S_ISREG(facts.st_mode):
        raise ConfigurationError(f"{path}, which should hold {wanted_for}, is not a file.", "Name a plain file.")
    folder = credentials_folder()
    # systemd hands credentials out 0440 in a folder that only the service can enter.
    if folder is not None and Path(path).resolve().is_relative_to(folder.resolve()):
        return
    if facts.st_mode & 0o077:
        raise ConfigurationError(
            f"Other users of this machine can read {path}, which holds {wanted_for}.", f"Run: chmod 600 {path}"
        )
