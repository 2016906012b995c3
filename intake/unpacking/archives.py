"""ZIP and 7z files, opened in memory and within bounds; office files, which are ZIP files too, are left whole."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from intake.unpacking.archive_faults import ArchiveBudget, ArchiveFault, allowed_size
from intake.unpacking.limits import UnpackLimits
from intake.unpacking.seven_zip import SIGNATURE, open_seven_zip

_OFFICE = (
    *(".docx", ".docm", ".dotx", ".xlsx", ".xlsm", ".pptx", ".pptm", ".odt", ".ods", ".odp", ".vsdx"),
    *(".pages", ".numbers", ".key", ".epub", ".jar", ".xps", ".oxps", ".one"),
)
_OFFICE_MEMBERS = frozenset({"[Content_Types].xml", "mimetype", "Index/Document.iwa", "META-INF/MANIFEST.MF"})
_ENTRY = b"PK\x01\x02"
_LITTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini", "._")
_SUPPORTED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2})
_AES = 99  # WinZip's mark for a member under AES
_PIECE = 1024 * 1024
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, struct.error)


def is_archive(name: str, declared_type: str, content: bytes) -> bool:
    """Whether a file is a ZIP or 7z of files (and not an office file, whatever its name says)."""
    lower = name.lower()
    if lower.endswith(_OFFICE) or "officedocument" in declared_type or "opendocument" in declared_type:
        return False
    if content[:1024].lstrip().startswith(b"%PDF-"):
        return False
    if content.startswith((SIGNATURE, b"PK\x03\x04", b"PK\x05\x06", b"PK00PK\x03\x04")):
        return True
    return lower.endswith((".zip", ".7z")) or declared_type in {"application/zip", "application/x-zip-compressed"}


def open_archive(content: bytes, limits: UnpackLimits, budget: ArchiveBudget) -> Iterator[tuple[str, bytes]]:
    """Each file of an archive as (name, content). Raises ArchiveFault; what was given before stays good.

    An office file that does not call itself one gives the fault "", as it is to be left whole.
    """
    if content.startswith(SIGNATURE):
        yield from open_seven_zip(content, limits, budget)
        return
    # zipfile reads the whole directory whatever its size: count the entries first
    if content.count(_ENTRY) > limits.files:
        raise ArchiveFault("zip-limits", "files")
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except _DAMAGE as error:
        raise ArchiveFault("zip-damaged", type(error).__name__) from error
    with archive:
        if not _OFFICE_MEMBERS.isdisjoint(archive.namelist()):
            raise ArchiveFault("", "office")
        members = [member for member in archive.infolist() if not _is_litter(member)]
        for member in members:
            yield member.filename, _read_member(archive, member, limits, budget)


def _is_litter(member: zipfile.ZipInfo) -> bool:
    last = member.filename.rpartition("/")[2]
    return member.is_dir() or member.filename.startswith(_LITTER) or last.startswith(_LITTER)


def _read_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, limits: UnpackLimits, budget: ArchiveBudget
) -> bytes:
    if member.flag_bits & 0x1 or member.compress_type == _AES:
        raise ArchiveFault("zip-password", "")
    if member.compress_type not in _SUPPORTED:
        raise ArchiveFault("zip-damaged", f"compression {member.compress_type}")
    if budget.files_left <= 0:
        raise ArchiveFault("zip-limits", "files")
    allowed = allowed_size(member.compress_size, limits, budget)
    pieces: list[bytes] = []
    taken = 0
    try:
        with archive.open(member) as stream:
            while piece := stream.read(_PIECE):
                taken += len(piece)
                if taken > allowed:
                    raise ArchiveFault("zip-limits", "size")
                pieces.append(piece)
    except RuntimeError as error:  # zipfile's word for a missing password
        if isinstance(error, NotImplementedError):
            raise ArchiveFault("zip-damaged", "compression") from error
        raise ArchiveFault("zip-password", "") from error
    except _DAMAGE as error:
        raise ArchiveFault("zip-damaged", type(error).__name__) from error
    finally:
        budget.bytes_left -= taken
    budget.files_left -= 1
    return b"".join(pieces)
