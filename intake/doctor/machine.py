"""The machine: folders, disk, clock, the libraries and data that the program needs beside Python's."""

from __future__ import annotations

import os
import platform
import stat
from collections.abc import Iterator
from pathlib import Path

from intake.doctor.check import Result, Surroundings, failure, ok, warning
from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader, demand_recognition
from intake.errors import ConfigurationError
from intake.message_store import free_bytes
from intake.wiring.accounts import account_name

_MEGABYTE = 1_000_000
_OPEN_TO_OTHERS = 0o077
_PASSING = frozenset({"tmpfs", "ramfs"})


def check_folder(around: Surroundings) -> Iterator[Result]:
    """The data folder: there or to be made, ours, on a disk, and closed to others."""
    folder = around.settings.storage.data_folder
    if not folder.exists():
        yield _to_be_made(folder)
        return
    if not folder.is_dir():
        yield failure(f"{folder} is not a folder.", "Name another one in [storage] folder, or move that file away.")
        return
    owner = folder.stat().st_uid
    if owner != os.geteuid():
        yield failure(
            f"{folder} belongs to {account_name(owner)}, and this runs as {account_name(os.geteuid())}.",
            f"Run it as that account (sudo -u {account_name(owner)} …), or give it the folder: "
            f"chown -R {account_name(os.geteuid())} {folder}",
        )
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield failure(f"{folder} cannot be written by this user.", f"Run: chmod 700 {folder}")
        return
    if (kind := _file_system(folder)) in _PASSING:
        yield warning(
            f"{folder} is on a {kind}: everything in it is lost when this machine restarts.", "Name a folder on a disk."
        )
    yield from _open_to_others(folder)


def _open_to_others(folder: Path) -> Iterator[Result]:
    found = [path for path in _inside(folder) if path.lstat().st_mode & _OPEN_TO_OTHERS]
    if found:
        yield failure(
            f"Other users of this machine can open {found[0]}"
            + (f" and {len(found) - 1} more." if len(found) > 1 else "."),
            f"Run: chmod -R go= {folder}",
        )
    else:
        yield ok(f"{folder} is private.")


def _to_be_made(folder: Path) -> Result:
    """Whether the first start can make it: the nearest folder above that is there decides."""
    above = next(parent for parent in folder.parents if parent.exists())
    if not above.is_dir():
        return failure(f"{folder} cannot be made: {above} is not a folder.", "Correct [storage] folder.")
    writable = os.access(above, os.W_OK | os.X_OK) and _file_system(above) not in {"proc", "sysfs"}
    if not writable or os.statvfs(above).f_flag & os.ST_RDONLY:
        return failure(
            f"{folder} is not there, and this user cannot make it in {above}.",
            f"Make it: install -d -m 700 -o {account_name(os.geteuid())} {folder}",
        )
    return warning(f"{folder} is not there yet.", "The first start makes it.")


def _file_system(folder: Path) -> str:
    """The kind of file system a folder is on, "" where this machine does not tell."""
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    except OSError:
        return ""
    real = str(folder.resolve())
    # Spaces in a mount's path are written \\040 there: such a mount is not recognised, and nothing is said of it.
    holding = [parts for parts in mounts if f"{real}/".startswith(f"{parts[1].rstrip('/')}/")]
    # Of two on one place the later hides the earlier.
    return max(reversed(holding), key=lambda parts: len(parts[1]))[2] if holding else ""


def _inside(folder: Path) -> Iterator[Path]:
    """The folder and what stands at its top; below a closed folder nothing is open."""
    yield folder
    yield from (path for path in sorted(folder.iterdir()) if not stat.S_ISLNK(path.lstat().st_mode))


def check_disk(around: Surroundings) -> Iterator[Result]:
    """Room for the messages to come."""
    folder = around.settings.storage.data_folder
    while not folder.exists():
        folder = folder.parent
    free, wanted = free_bytes(folder) // _MEGABYTE, around.settings.alarms.disk_free_mb
    if free < wanted:
        yield failure(f"Only {free:,} MB are free on the disk of {folder}.", f"Make room: at least {wanted:,} MB.")
    else:
        yield ok(f"{free:,} MB are free.")


def check_libmagic(around: Surroundings) -> Iterator[Result]:
    """Files are recognised by their bytes."""
    try:
        demand_recognition(around.sandbox)
    except ConfigurationError as error:
        yield failure(error.message, error.hint)
    else:
        yield ok("libmagic recognises a PDF by its bytes.")


def check_ocr(around: Surroundings) -> Iterator[Result]:
    """Scanned letters are read by OCR."""
    available, reason = Reader(around.sandbox, ReadingBudget()).ocr_available()
    if available:
        yield ok("Scanned pages can be read.")
    else:
        yield failure(f"Scanned pages cannot be read: {reason}", "Install tesseract-ocr-eng and tesseract-ocr-osd.")


def check_sandbox(around: Surroundings) -> Iterator[Result]:
    """What keeps a hostile file in its place, tried from inside."""
    around.sandbox.demand_protection()
    held = around.sandbox.protections()
    missing = [name.replace("_", " ") for name, holds in held.items() if not holds]
    allowed = around.configuration.sandbox.allow_missing if around.configuration else ()
    if missing:
        yield warning(
            f"Strangers' files are opened with less protection than possible: {', '.join(missing)}.",
            f"[sandbox] allow_missing goes without {', '.join(allowed) or 'nothing'}; this kernel is "
            f"{platform.release()}, and Linux 5.13 or later with libseccomp2 offers all.",
        )
    elif allowed:
        yield warning(
            f"Strangers' files are opened even where protection is missing: {', '.join(allowed)}.",
            "All protections hold here: take [sandbox] allow_missing out of the configuration.",
        )
    else:
        yield ok(f"Strangers' files are opened in a sandbox ({len(held)} protections hold).")
