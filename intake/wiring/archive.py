"""What is kept, opened from the settings: all that the commands need which only look or settle something by hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import make_url

from intake.errors import StorageError
from intake.ledger import Ledger
from intake.message_store import DatabaseStore, FolderStore, MessageStore
from intake.settings import Settings, read_secret

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


def open_store(settings: Settings, ledger: Ledger) -> MessageStore:
    """The message store, where the settings say."""
    storage = settings.storage
    if storage.messages == "database":
        return DatabaseStore(ledger.database.engine, storage.data_folder)
    return FolderStore(storage.store_folder)


def ledger_url(settings: Settings) -> str:
    """The ledger's address, with its password where a file holds one: never to be shown."""
    storage = settings.storage
    if not storage.ledger_password_file:
        return storage.ledger_url
    password = read_secret(storage.ledger_password_file, "the ledger's password").reveal()
    return make_url(storage.ledger_url).set(password=password).render_as_string(hide_password=False)
