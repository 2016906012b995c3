"""The machine: folders, disk, clock, the libraries and data that the program needs beside Python's."""

from __future__ import annotations

import ctypes
import os
import platform
import stat
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

from intake.doctor.check import Result, Surroundings, failure, not_checked, ok, warning
from intake.documents.budget import ReadingBudget
from intake.documents.reader import Reader
from intake.message_store import free_bytes

_magic: ModuleType | None
try:
    import magic
except ImportError:  # the Python half is there, the system's libmagic is not
    _magic = None
else:
    _magic = magic

_MEGABYTE = 1_000_000
_OPEN_TO_OTHERS = 0o077
_UNSYNCHRONISED = 5  # TIME_ERROR, adjtimex(2)
_TIMEX_BYTES = 1024  # more than any platform's struct timex


def check_folder(around: Surroundings) -> Iterator[Result]:
    """The data folder: there, ours, and closed to others."""
    folder = around.settings.storage.data_folder
    if not folder.exists():
        yield warning(f"{folder} is not there yet.", "The first start makes it, where its user may write.")
        return
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield failure(f"{folder} cannot be written by this user.", "Run as the service's user, or mend its owner.")
        return
    open_to_others = [path for path in _inside(folder) if path.lstat().st_mode & _OPEN_TO_OTHERS]
    if open_to_others:
        yield failure(
            f"Other users of this machine can open {open_to_others[0]}"
            + (f" and {len(open_to_others) - 1} more." if len(open_to_others) > 1 else "."),
            f"Run: chmod -R go= {folder}",
        )
    else:
        yield ok(f"{folder} is private.")


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


def check_clock(around: Surroundings) -> Iterator[Result]:
    """Is the clock kept right? Mail servers do not tell the time; the kernel knows whether somebody sets it."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (OSError, AttributeError):
        yield not_checked("This machine does not tell whether its clock is kept right.")
        return
    if state == _UNSYNCHRONISED:
        yield warning(
            f"It is {around.now:%d %b %Y %H:%M:%S} UTC here, but nothing seems to set this machine's clock.",
            "Run a time service such as systemd-timesyncd or chrony (in a container: on its host).",
        )
    elif state < 0:
        yield not_checked("This machine does not tell whether its clock is kept right.")
    else:
        yield ok(f"The clock is kept right: {around.now:%d %b %Y %H:%M:%S} UTC.")


def check_timezone(around: Surroundings) -> Iterator[Result]:
    """The zone that mail and pages show times in."""
    zone = ZoneInfo(around.settings.service.timezone)
    moment: datetime = around.now.astimezone(zone)
    yield ok(f"Times are shown in {zone.key}: {moment:%H:%M}.")


def check_libmagic(_around: Surroundings) -> Iterator[Result]:
    """Files are recognised by their bytes."""
    if _magic is None:
        yield failure("libmagic cannot be loaded.", "Install libmagic1 (Debian, Ubuntu).")
        return
    found = _magic.from_buffer(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", mime=True)
    if found == "application/pdf":
        yield ok("libmagic recognises a PDF by its bytes.")
    else:
        yield failure(f"libmagic calls a PDF {found}.", "Install libmagic1 (Debian, Ubuntu) again.")


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
