"""What every message store does, and what it does the same way wherever the bytes lie."""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass

from intake.errors import Damaged, NotFound

CHUNK = 1 << 20
NAME = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stored:
    """What is now safely kept."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class StoreReport:
    """The outcome of comparing every message with its name: `damaged` and `missing` need a person."""

    checked: int
    damaged: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def sound(self) -> bool:
        return not self.damaged and not self.missing


class MessageStore(ABC):
    """Messages by the SHA-256 of their bytes; several processes may use one store at once."""

    @abstractmethod
    def put(self, chunks: Iterable[bytes]) -> Stored:
        """Keep the bytes. Raises StorageError, with nothing visible, when they cannot be kept.

        The same bytes again change nothing, or mend what was damaged meanwhile.
        """

    @abstractmethod
    def pieces(self, sha256: str) -> Generator[bytes]:
        """The bytes as they lie there, piece by piece. Raises NotFound, StorageError."""

    @abstractmethod
    def __contains__(self, sha256: str) -> bool: ...

    @abstractmethod
    def names(self) -> Iterator[str]:
        """The hashes of all messages kept, in order."""

    @abstractmethod
    def delete(self, sha256: str) -> bool:
        """Remove a message for good (retention); False when it was not there."""

    def put_bytes(self, content: bytes) -> Stored:
        return self.put((content,))

    def read(self, sha256: str) -> bytes:
        """All of the bytes. Raises NotFound, and Damaged where they are not what was stored."""
        content = b"".join(self.pieces(sha256))
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Damaged(
                "A message in the message store is not what was stored.",
                "Nothing was done with it: restore it from a backup. intake verify lists such.",
            )
        return content

    def beginning(self, sha256: str, most: int) -> bytes:
        """The first so many bytes, unproved. Raises NotFound."""
        found = b""
        with closing(self.pieces(sha256)) as pieces:
            for piece in pieces:
                found += piece
                if len(found) >= most:
                    break
        return found[:most]

    def is_sound(self, sha256: str) -> bool:
        """Whether these bytes are what was stored. Raises NotFound."""
        digest = hashlib.sha256()
        for piece in self.pieces(sha256):
            digest.update(piece)
        return digest.hexdigest() == sha256

    def verify(self, expected: Iterable[str] = ()) -> StoreReport:
        """Read everything and compare it with its name; `expected` names what the ledger counts on."""
        checked, damaged, present = 0, [], set()
        for name in self.names():
            present.add(name)
            checked += 1
            if not self.is_sound(name):
                damaged.append(name)
        missing = sorted(set(expected) - present)
        return StoreReport(checked, tuple(damaged), tuple(missing))

    def copy_to(self, target: MessageStore) -> int:
        """Copy every message into another store; how many were new there."""
        there, copied = set(target.names()), 0
        for name in self.names():
            if name not in there:
                target.put(self.pieces(name))
                copied += 1
        return copied


def checked_name(sha256: str) -> str:
    """The name itself. Raises NotFound where it is none."""
    if not NAME.fullmatch(sha256):
        raise NotFound("That is not the SHA-256 of a stored message.")
    return sha256


def gone() -> NotFound:
    """The message is not in the store."""
    return NotFound(
        "A message is no longer in the message store.", "Restore it from a backup.", "intake verify lists such."
    )
