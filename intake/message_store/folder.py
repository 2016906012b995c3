"""The message store in a folder: one file for each message.

A file is written aside, flushed to the disk and renamed, and the folder is flushed too: once `put` returns, the
bytes survive a power cut, and no reader ever sees half a file. On several machines it is a folder that all of them
mount.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import shutil
import time
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

from intake.errors import StorageError
from intake.message_store.store import CHUNK, NAME, MessageStore, Stored, checked_name, gone

_LEFT_OVER_SECONDS = 3600  # a temporary file this old belongs to a process that died


class FolderStore(MessageStore):
    """One folder of messages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._aside = folder / "tmp"
        with _storage_errors("opened"):
            for each in (folder, self._aside):
                _private_folder(each)
            self._sweep(time.time() - _LEFT_OVER_SECONDS)

    def put(self, chunks: Iterable[bytes]) -> Stored:
        aside = self._aside / secrets.token_hex(16)
        try:
            stored = _write(aside, chunks)
            with _storage_errors("written to"):
                self._keep(aside, stored.sha256)
        except BaseException:
            with contextlib.suppress(OSError):
                aside.unlink(missing_ok=True)
            raise
        return stored

    def path(self, sha256: str) -> Path:
        """Where the bytes with this hash lie, or would lie."""
        return self.folder / checked_name(sha256)[:2] / sha256

    def pieces(self, sha256: str) -> Generator[bytes]:
        try:
            file = self.path(sha256).open("rb", buffering=0)
        except FileNotFoundError:
            raise gone() from None
        except OSError as error:
            raise _failure("read", error) from error
        with file:
            while True:
                with _storage_errors("read"):
                    piece = file.read(CHUNK)
                if not piece:
                    return
                yield piece

    def __contains__(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def names(self) -> Iterator[str]:
        for shard in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
            yield from (file.name for file in sorted(shard.iterdir()) if NAME.fullmatch(file.name))

    def delete(self, sha256: str) -> bool:
        path = self.path(sha256)
        with _storage_errors("written to"):
            try:
                path.unlink()
            except FileNotFoundError:
                return False
            _flush_folder(path.parent)
        return True

    def copy_to(self, target: MessageStore) -> int:
        """The same, by a hard link where the other is a folder on the same disk.

        Files are never changed once they have their name, so a link is as good as a copy against loss of the
        ledger, and messages that arrive meanwhile do no harm.
        """
        if not isinstance(target, FolderStore):
            return super().copy_to(target)
        copied = 0
        for name in self.names():
            if name in target:
                continue
            with _storage_errors("copied"):
                place = target.path(name)
                _private_folder(place.parent)
                try:
                    os.link(self.path(name), place)
                except OSError:
                    target.put(self.pieces(name))
                copied += 1
        for shard in target.folder.glob("[0-9a-f][0-9a-f]"):
            _flush_folder(shard)
        return copied

    def _keep(self, aside: Path, sha256: str) -> None:
        place = self.path(sha256)
        if not place.parent.is_dir():
            _private_folder(place.parent)
            _flush_folder(self.folder)
        aside.rename(place)
        _flush_folder(place.parent)

    def _sweep(self, before: float) -> None:
        for left in self._aside.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another process swept it
                if left.stat().st_mtime < before:
                    left.unlink()


def free_bytes(folder: Path) -> int:
    """What is left on the disk that holds the folder."""
    with _storage_errors("read"):
        return shutil.disk_usage(folder).free


def _write(path: Path, chunks: Iterable[bytes]) -> Stored:
    digest, size = hashlib.sha256(), 0
    with _storage_errors("written to"):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(descriptor, 0o600)  # an unusual umask could have taken even the owner's rights
        for chunk in chunks:  # what the source itself raises, such as a broken connection, is not the disk's fault
            digest.update(chunk)
            with _storage_errors("written to"):
                size += _write_all(descriptor, chunk)
        with _storage_errors("written to"):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return Stored(digest.hexdigest(), size)


def _write_all(descriptor: int, chunk: bytes) -> int:
    rest = memoryview(chunk)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
    return len(chunk)


def _private_folder(path: Path) -> None:
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.stat().st_uid == os.geteuid():
        path.chmod(0o700)


def _flush_folder(path: Path) -> None:
    """A rename is only durable once its folder is flushed too (fsync(2), notes)."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _storage_errors(action: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _failure(action, error) from error


def _failure(action: str, error: OSError) -> StorageError:
    return StorageError(
        f"The message store cannot be {action}: {error.strerror or type(error).__name__}.",
        "Check free disk space and the folder's owner and permissions; nothing was half written.",
    )
