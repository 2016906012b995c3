from __future__ import annotations

import hashlib
import os
import resource
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from intake.errors import NotFound, StorageError
from intake.message_store import FolderStore, Stored, free_bytes

LETTER = b"From: a@b\r\n\r\nhello\r\n"
NAME = hashlib.sha256(LETTER).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "messages")


def _left_aside(store: FolderStore) -> list[Path]:
    return list((store.folder / "tmp").iterdir())


def test_bytes_are_kept_under_their_hash(store: FolderStore) -> None:
    assert store.put(iter((LETTER[:5], LETTER[5:]))) == Stored(NAME, len(LETTER))
    assert store.read(NAME) == LETTER
    assert store.path(NAME).relative_to(store.folder) == Path(NAME[:2]) / NAME
    assert NAME in store
    assert list(store.names()) == [NAME]
    assert _left_aside(store) == []


def test_the_same_bytes_again_change_nothing(store: FolderStore) -> None:
    assert store.put_bytes(LETTER) == store.put_bytes(LETTER)
    assert list(store.names()) == [NAME]


def test_an_empty_message_is_a_message(store: FolderStore) -> None:
    assert store.read(store.put(()).sha256) == b""


@pytest.mark.parametrize("umask", [0o000, 0o277, 0o777])
def test_files_are_for_their_owner_alone_under_any_umask(tmp_path: Path, umask: int) -> None:
    (tmp_path / "messages").mkdir()
    before = os.umask(umask)
    try:
        store = FolderStore(tmp_path / "messages")
        store.put_bytes(LETTER)
    finally:
        os.umask(before)
    assert stat.S_IMODE(store.path(NAME).stat().st_mode) == 0o600
    for folder in (store.folder, store.folder / "tmp", store.path(NAME).parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_file_and_folder_are_flushed_before_put_returns(store: FolderStore, monkeypatch: pytest.MonkeyPatch) -> None:
    flushed: list[str] = []
    really = os.fsync

    def fsync(descriptor: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        really(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    store.put_bytes(LETTER)
    assert [len(flushed[0]), *flushed[1:]] == [32, "messages", NAME[:2]]  # the file aside, its new folder's, its own


def test_a_source_that_breaks_off_leaves_nothing(store: FolderStore) -> None:
    def source() -> Iterator[bytes]:
        yield LETTER
        raise ConnectionResetError("gone")

    with pytest.raises(ConnectionResetError):  # not the disk's fault: the mailbox has its own words for it
        store.put(source())
    assert _left_aside(store) == []
    assert list(store.names()) == []


def test_a_full_disk_is_one_clear_error_and_nothing_is_half_there(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from intake.message_store import FolderStore\n"
        "from intake.errors import StorageError\n"
        "store = FolderStore(Path(sys.argv[1]))\n"
        "try:\n    store.put(iter([b'x' * 65536] * 64))\n"
        "except StorageError as error:\n    print(error.message, '|', error.hint)\n"
        "print(len(list(store.names())), len(list((store.folder / 'tmp').iterdir())))\n"
    )

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))

    ended = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "messages"],
        preexec_fn=limit,
        capture_output=True,
        text=True,
        check=True,
    )
    said, counts = ended.stdout.splitlines()
    assert "cannot be written to" in said
    assert "disk space" in said
    assert counts == "0 0"


@pytest.mark.parametrize("call", ["write", "fsync", "open"])
def test_any_failing_step_leaves_nothing_visible(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    def fails(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, call, fails)
        with pytest.raises(StorageError, match="No space left"):
            store.put_bytes(LETTER)
    assert NAME not in store
    assert _left_aside(store) == []
    assert store.put_bytes(LETTER).sha256 == NAME


def test_a_process_killed_while_it_writes_leaves_no_message_and_is_swept_up_later(tmp_path: Path) -> None:
    folder = tmp_path / "messages"
    program = (
        "import os, signal, sys; from pathlib import Path; from intake.message_store import FolderStore\n"
        "def source():\n    yield b'half'\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        "FolderStore(Path(sys.argv[1])).put(source())\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, folder], check=False)
    assert ended.returncode == -signal.SIGKILL
    store = FolderStore(folder)
    (left,) = _left_aside(store)  # young: it could be another process at work
    assert list(store.names()) == []
    os.utime(left, (time.time() - 7200,) * 2)
    assert _left_aside(FolderStore(folder)) == []


def test_verify_names_damaged_and_missing_messages_and_put_mends_them(store: FolderStore) -> None:
    store.put_bytes(LETTER)
    store.put_bytes(b"other")
    absent = "0" * 64
    store.path(NAME).write_bytes(b"changed")
    report = store.verify([NAME, absent])
    assert (report.checked, report.damaged, report.missing, report.sound) == (2, (NAME,), (absent,), False)
    store.put_bytes(LETTER)
    assert store.verify([NAME]).sound


def test_deleting_is_for_good_and_says_whether_there_was_anything(store: FolderStore) -> None:
    store.put_bytes(LETTER)
    assert store.delete(NAME)
    assert not store.delete(NAME)
    with pytest.raises(NotFound):
        store.read(NAME)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 63, "A" * 64, "a" * 64 + "\n"])
def test_only_hashes_are_names(store: FolderStore, name: str) -> None:
    with pytest.raises(NotFound):
        store.read(name)


def test_a_copy_holds_every_message_and_outlives_the_store(store: FolderStore, tmp_path: Path) -> None:
    store.put_bytes(LETTER)
    store.put_bytes(b"other")
    copy = FolderStore(tmp_path / "backup" / "messages")
    assert store.copy_to(copy) == 2
    assert store.copy_to(copy) == 0
    store.delete(NAME)
    assert copy.verify([NAME]).sound


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be opened"):
        FolderStore(tmp_path / "file" / "messages")


def test_free_space_is_known(tmp_path: Path) -> None:
    assert free_bytes(tmp_path) > 0
