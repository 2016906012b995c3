"""What every message store must do, tried on each: what a folder alone can do stands in test_folder.py."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from intake.errors import NotFound, StorageError
from intake.ledger import Ledger
from intake.message_store import DatabaseStore, FolderStore, MessageStore, Stored
from intake.message_store.s3 import BucketAddress, BucketStore
from tests.ledger.postgresql import BREAK_SESSIONS, PostgreSQL
from tests.servers.places import free_ports
from tests.servers.s3 import S3Server

LETTER = b"From: a@b\r\n\r\nhello\r\n"
LARGE = os.urandom(1 << 20) * 5 + b"end"  # several pieces, the last one short


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@dataclass
class Shelf:
    """A store, a second view of it as another machine has one, and a hand that spoils what lies there."""

    store: MessageStore
    again: MessageStore
    flip: Callable[[str], None]
    lose: Callable[[str], None]


def _in_folder(folder: Path) -> Shelf:
    store = FolderStore(folder)

    def flip(name: str) -> None:
        content = bytearray(store.path(name).read_bytes())
        content[-1] ^= 1
        store.path(name).write_bytes(content)

    return Shelf(store, FolderStore(folder), flip, lambda name: store.path(name).unlink())


def _in_database(ledger: Ledger, other: Ledger, folder: Path) -> Shelf:
    def run(statement: str) -> Callable[[str], None]:
        def change(name: str) -> None:
            with ledger.database.engine.begin() as connection:
                assert connection.execute(text(statement), {"name": name}).rowcount

        return change

    flip = (
        "UPDATE kept_pieces SET content = set_byte(content, 0, get_byte(content, 0) # 1)"
        " WHERE sha256 = :name AND number = (SELECT max(number) FROM kept_pieces WHERE sha256 = :name)"
    )
    return Shelf(
        DatabaseStore(ledger.database.engine, folder),
        DatabaseStore(other.database.engine, folder),
        run(flip),
        run("DELETE FROM kept_messages WHERE sha256 = :name"),
    )


def _in_bucket(server: S3Server, folder: Path) -> Shelf:
    address = server.new_bucket()

    def flip(name: str) -> None:
        content = bytearray(server.get(address.bucket, f"messages/{name[:2]}/{name}"))
        content[-1] ^= 1
        server.put(address.bucket, f"messages/{name[:2]}/{name}", bytes(content))

    def lose(name: str) -> None:
        server.delete(address.bucket, f"messages/{name[:2]}/{name}")

    return Shelf(BucketStore(address, folder), BucketStore(address, folder), flip, lose)


@pytest.fixture(params=["folder", "database", "s3"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shelf]:
    if request.param == "folder":
        yield _in_folder(tmp_path / "messages")
        return
    if request.param == "s3":
        yield _in_bucket(request.getfixturevalue("s3_server"), tmp_path)
        return
    server: PostgreSQL = request.getfixturevalue("postgresql")
    url = server.new_database(request.getfixturevalue("template"))
    with Ledger.open(url) as ledger, Ledger.open(url) as other:
        yield _in_database(ledger, other, tmp_path)


@pytest.mark.parametrize("content", [b"", LETTER, LARGE], ids=["empty", "small", "large"])
def test_what_is_kept_is_there_for_every_machine(shelf: Shelf, content: bytes) -> None:
    pieces = (content[start : start + 700_000] for start in range(0, len(content), 700_000))
    assert shelf.store.put(pieces) == Stored(name_of(content), len(content))
    assert name_of(content) in shelf.again
    assert shelf.again.read(name_of(content)) == content
    assert shelf.again.beginning(name_of(content), 10) == content[:10]
    assert list(shelf.again.names()) == [name_of(content)]


def test_the_same_bytes_at_the_same_moment_are_kept_once(shelf: Shelf) -> None:
    with ThreadPoolExecutor(4) as pool:
        stored = set(pool.map(lambda _: shelf.store.put_bytes(LARGE), range(8)))
    assert stored == {Stored(name_of(LARGE), len(LARGE))}
    assert list(shelf.store.names()) == [name_of(LARGE)]
    assert shelf.store.verify([name_of(LARGE)]).sound


@pytest.mark.parametrize("content", [LETTER, LARGE], ids=["small", "large"])
def test_a_flipped_message_is_found_never_handed_out_and_mended_by_the_same_bytes(shelf: Shelf, content: bytes) -> None:
    name = shelf.store.put_bytes(content).sha256
    shelf.store.put_bytes(b"another")
    shelf.flip(name)
    assert shelf.store.verify([name]).damaged == (name,)
    with pytest.raises(StorageError, match="is not what was stored"):
        shelf.store.read(name)
    shelf.store.put_bytes(content)
    assert shelf.store.verify([name]).sound
    assert shelf.store.read(name) == content


def test_a_missing_message_is_found(shelf: Shelf) -> None:
    name = shelf.store.put_bytes(LETTER).sha256
    shelf.lose(name)
    assert shelf.store.verify([name]).missing == (name,)
    assert name not in shelf.store
    for ask in (shelf.store.read, lambda name: shelf.store.beginning(name, 5)):
        with pytest.raises(NotFound, match="no longer in the message store"):
            ask(name)


def test_a_source_that_breaks_off_leaves_nothing(shelf: Shelf) -> None:
    def source() -> Iterator[bytes]:
        yield LARGE
        raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):  # not the store's fault: the mailbox has its own words for it
        shelf.store.put(source())
    assert list(shelf.store.names()) == []


def test_deleting_is_for_good_and_says_whether_there_was_anything(shelf: Shelf) -> None:
    name = shelf.store.put_bytes(LARGE).sha256
    assert shelf.store.delete(name)
    assert not shelf.again.delete(name)
    assert name not in shelf.again


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n"])
def test_only_hashes_are_names(shelf: Shelf, name: str) -> None:
    with pytest.raises(NotFound):
        shelf.store.read(name)


def test_a_copy_elsewhere_holds_every_message(shelf: Shelf, tmp_path: Path) -> None:
    for content in (LETTER, LARGE):
        shelf.store.put_bytes(content)
    copy = FolderStore(tmp_path / "copy")
    assert (shelf.store.copy_to(copy), shelf.store.copy_to(copy)) == (2, 0)
    shelf.store.delete(name_of(LARGE))
    assert copy.verify([name_of(LETTER), name_of(LARGE)]).sound
    assert copy.copy_to(shelf.store) == 1
    assert shelf.again.read(name_of(LARGE)) == LARGE


def test_a_database_that_breaks_off_is_one_clear_error_and_then_used_again(
    tmp_path: Path, postgresql: PostgreSQL, template: str
) -> None:
    with Ledger.open(url := postgresql.new_database(template)) as ledger, Ledger.open(url) as other:
        store = DatabaseStore(ledger.database.engine, tmp_path)

        def source() -> Iterator[bytes]:
            yield LARGE
            with other.database.engine.connect() as connection:
                connection.execute(text("ALTER TABLE kept_pieces RENAME TO away"))
                connection.commit()

        with pytest.raises(StorageError, match="cannot be written to"):
            store.put(source())
        assert list(store.names()) == []
        with other.database.engine.connect() as connection:
            connection.execute(text("ALTER TABLE away RENAME TO kept_pieces"))
            connection.execute(text(BREAK_SESSIONS))
            connection.commit()
        assert store.read(store.put_bytes(LARGE).sha256) == LARGE


def test_a_store_that_is_away_is_one_clear_error(tmp_path: Path) -> None:
    (port,) = free_ports(1)
    away = BucketStore(
        BucketAddress(bucket="x", endpoint=f"http://127.0.0.1:{port}", access_key_id="a", secret_access_key="b"),
        tmp_path,
    )
    with pytest.raises(StorageError, match="cannot be written to"):
        away.put_bytes(LETTER)
    with pytest.raises(StorageError, match="cannot be read"):
        away.read(name_of(LETTER))
