"""The message store in an S3-compatible object store: a bucket that every machine reaches.

An object appears whole or not at all, and is there for everybody once its PUT is answered; that it holds what was
stored is still proved by its name at every read.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError, NotFoundError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store as Bucket

from intake.errors import StorageError
from intake.message_store.spool import spooled
from intake.message_store.store import CHUNK, NAME, MessageStore, Stored, checked_name, gone

_RETRIES = 3
_PATIENCE = timedelta(seconds=30)  # with all retries


@dataclass(frozen=True, slots=True, kw_only=True)
class BucketAddress:
    """Which bucket, and how to get there; without a key, whatever the machine itself is known by (AWS's own ways)."""

    bucket: str
    endpoint: str = ""
    region: str = ""
    prefix: str = ""
    access_key_id: str = ""
    secret_access_key: str = ""
    certificate: bytes = b""  # of the authority that signed the endpoint's, where the system does not know it


class BucketStore(MessageStore):
    """Messages as objects; `folder` is where a message waits until it is whole."""

    def __init__(self, address: BucketAddress, folder: Path) -> None:
        self._folder = folder
        self._bucket = _open(address)

    def put(self, chunks: Iterable[bytes]) -> Stored:
        with spooled(chunks, self._folder) as whole:
            with _storage_errors("written to"):
                obstore.put(self._bucket, _place(whole.stored.sha256), whole.pieces(), chunk_size=8 * CHUNK)
            return whole.stored

    def pieces(self, sha256: str) -> Generator[bytes]:
        place = _place(checked_name(sha256))
        try:
            with _storage_errors("read"):
                found = obstore.get(self._bucket, place)
        except FileNotFoundError:
            raise gone() from None
        with _storage_errors("read"):
            for piece in found.stream(min_chunk_size=CHUNK):
                yield bytes(piece)

    def __contains__(self, sha256: str) -> bool:
        try:
            with _storage_errors("read"):
                obstore.head(self._bucket, _place(checked_name(sha256)))
        except FileNotFoundError:
            return False
        return True

    def names(self) -> Iterator[str]:
        found: list[str] = []
        with _storage_errors("read"):
            for batch in obstore.list(self._bucket):
                found += [name for entry in batch if NAME.fullmatch(name := entry["path"].rpartition("/")[2])]
        yield from sorted(found)

    def delete(self, sha256: str) -> bool:
        if sha256 not in self:
            return False
        with _storage_errors("written to"):
            obstore.delete(self._bucket, _place(sha256))
        return True


def _place(sha256: str) -> str:
    return f"{sha256[:2]}/{sha256}"


def _open(address: BucketAddress) -> Bucket:
    known: dict[str, Any] = {
        "endpoint": address.endpoint,
        "region": address.region or "us-east-1",  # what stores of other makers take for granted
        "access_key_id": address.access_key_id,
        "secret_access_key": address.secret_access_key,
    }
    options: dict[str, Any] = {"allow_http": address.endpoint.startswith("http://")}
    if address.certificate:
        options["root_certificate"] = address.certificate
    with _storage_errors("opened"):
        return Bucket(
            address.bucket,
            prefix=address.prefix or None,
            config={name: value for name, value in known.items() if value},  # type: ignore[arg-type]
            client_options=options,  # type: ignore[arg-type]
            retry_config={"max_retries": _RETRIES, "retry_timeout": _PATIENCE},
        )


@contextmanager
def _storage_errors(action: str) -> Iterator[None]:
    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:
        raise FileNotFoundError from error
    except (PermissionDeniedError, UnauthenticatedError) as error:
        raise StorageError(
            f"The message store may not be {action}: the S3 store refuses the key.",
            "Check the key in [storage.s3], and that it may get, put, delete and list in the bucket.",
        ) from error
    except BaseError as error:
        raise StorageError(
            f"The message store in S3 cannot be {action}.",
            "Check [storage.s3], and that the store answers; nothing was half written.",
        ) from error
