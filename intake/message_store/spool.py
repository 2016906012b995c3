"""A message on its way to a store elsewhere: a message has its name only once its last byte has come.

So it waits in a nameless file of this machine, which the kernel drops with the process; what is small, in memory.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from intake.errors import StorageError
from intake.message_store.store import CHUNK, Stored

_IN_MEMORY = 4 << 20


@dataclass(frozen=True, slots=True)
class Spooled:
    """A whole message, ready to be read from its beginning."""

    stored: Stored
    file: IO[bytes]

    def pieces(self) -> Iterator[bytes]:
        """Its bytes, each piece as large as can be."""
        return iter(lambda: self.file.read(CHUNK), b"")


@contextmanager
def spooled(chunks: Iterable[bytes], folder: Path) -> Iterator[Spooled]:
    """Take the bytes in. What their source raises is passed on. Raises StorageError where there is no room."""
    digest, size = hashlib.sha256(), 0
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY, dir=str(folder)) as file:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            try:
                file.write(chunk)
            except OSError as error:
                raise StorageError(
                    f"A message cannot be kept on its way to the message store: {error.strerror}.",
                    f"Check free space and permissions of {folder}; nothing was half written.",
                ) from error
        file.seek(0)
        yield Spooled(Stored(digest.hexdigest(), size), file)
