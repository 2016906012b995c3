"""File names that are safe to show, to log in the ledger and to send on."""

from __future__ import annotations

import re

from intake.unpacking.charsets import clean_line, normalise

_LONGEST = 150
_LONGEST_EXTENSION = 12
_FOLDERS = re.compile(r"^.*[/\\]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_EXTENSIONS = {
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel": ".xls",
    "application/zip": ".zip",
    "application/x-zip-compressed": ".zip",
    "application/rtf": ".rtf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/tiff": ".tif",
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/html": ".html",
    "text/plain": ".txt",
}


def safe_name(raw: str, fallback: str = "unnamed") -> str:
    """The last component of a name, on one line, of bounded length; `fallback` when nothing is left."""
    name = clean_line(raw, 1000)
    name = _FOLDERS.sub("", name.rstrip("/\\"))
    name = normalise(clean_line(_FORBIDDEN.sub("_", name), 1000)).rstrip(". ")
    if not name.strip("._ "):
        return fallback
    return _shorten(name)


def _shorten(name: str) -> str:
    if len(name) <= _LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > _LONGEST_EXTENSION:
        return name[:_LONGEST].rstrip(". ")
    return stem[: _LONGEST - len(extension) - 1].rstrip(". ") + "." + extension


def invent_name(content: bytes, declared_type: str, number: int) -> str:
    """A name for a file that came without one; its type by its bytes where they are a PDF."""
    extension = ".pdf" if content[:1024].lstrip().startswith(b"%PDF-") else _EXTENSIONS.get(declared_type, "")
    return f"attachment-{number}{extension}"
