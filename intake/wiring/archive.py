"""What is kept, opened from the settings: all that the commands need which only look or settle something by hand."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from intake.errors import ConfigurationError, StorageError
from intake.ledger import Ledger
from intake.message_store import DatabaseStore, FolderStore, MessageStore
from intake.settings import Settings, read_secret
from intake.settings.sections import Storage

PRIVATE_UMASK = 0o077


@dataclass(frozen=True, slots=True)
class Archive:
    """The ledger and the messages."""

    ledger: Ledger
    store: MessageStore


@contextmanager
def open_archive(settings: Settings, *, migrate: bool = False) -> Iterator[Archive]:
    """Open the ledger and the message store. Only the service itself migrates."""
    os.umask(PRIVATE_UMASK)
    folder = settings.storage.data_folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"The folder {folder} cannot be made: {error.strerror}.", "Check [storage] folder and its permissions."
        ) from error
    with Ledger.open(ledger_url(settings), migrate=migrate, strikes=settings.limits.strikes) as ledger:
        yield Archive(ledger, open_store(settings, ledger))


def open_store(settings: Settings, ledger: Ledger | None = None) -> MessageStore:
    """The message store, where the settings say; only one in the database needs the ledger."""
    storage = settings.storage
    if storage.messages == "database" and ledger is not None:
        return DatabaseStore(ledger.database.engine, storage.data_folder)
    if storage.messages == "s3":
        return _open_bucket(storage)
    return FolderStore(storage.store_folder)


def _open_bucket(storage: Storage) -> MessageStore:
    try:
        # Its library is an extra: whoever keeps messages elsewhere need not install it.
        s3 = importlib.import_module("intake.message_store.s3")
    except ImportError:
        raise ConfigurationError(
            "The library for S3-compatible stores is not installed.",
            'Install the program with its extra: "dhr-intake[s3]".',
        ) from None
    settings, certificate, secret = storage.s3, b"", ""
    if settings.secret_access_key_file:
        secret = read_secret(settings.secret_access_key_file, "the S3 store's secret key").reveal()
    if settings.ca_file:
        certificate = _certificate(Path(settings.ca_file))
    address = s3.BucketAddress(
        bucket=settings.bucket,
        endpoint=settings.endpoint,
        region=settings.region,
        prefix=settings.prefix,
        access_key_id=settings.access_key_id,
        secret_access_key=secret,
        certificate=certificate,
    )
    store: MessageStore = s3.BucketStore(address, storage.data_folder)
    return store


def _certificate(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.", "Check [storage.s3] ca_file.") from error


def ledger_url(settings: Settings) -> str:
    """The ledger's address, with its password where a file holds one: never to be shown."""
    storage = settings.storage
    if not storage.ledger_password_file:
        return storage.ledger_url
    password = read_secret(storage.ledger_password_file, "the ledger's password").reveal()
    return make_url(storage.ledger_url).set(password=password).render_as_string(hide_password=False)
