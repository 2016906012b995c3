"""A message that Outlook saved as a file (.msg, MS-OXMSG): its words, its author, its files and messages in it.

The container (MS-CFB) is read by olefile; several of its entries may point to the same bytes, so what comes out is
counted.
"""

from __future__ import annotations

import io
import struct
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import olefile

from intake.model import Address
from intake.unpacking.addresses import valid_address
from intake.unpacking.archive_faults import ArchiveBudget
from intake.unpacking.charsets import clean_line, decode_text
from intake.unpacking.outlook_message import OutlookFile, OutlookMessage

_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
_OF_A_MESSAGE = "__properties_version1.0"
_VALUE = "__substg1.0_"
_ATTACHED = "__attach_version1.0_#"
_INNER = "__substg1.0_3701000d"
_SUBJECT, _HEADERS, _SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP = 0x0037, 0x007D, 0x0C1A, 0x0C1F, 0x5D01
_BODY, _BODY_RTF, _BODY_HTML = 0x1000, 0x1009, 0x1013
_DATA, _SHORT_NAME, _LONG_NAME, _MIME_TAG, _CONTENT_ID = 0x3701, 0x3704, 0x3707, 0x370E, 0x3712
_TEXT_PAGE, _HTML_PAGE = 0x3FFD, 0x3FDE
_UNICODE, _NARROW = 0x1F, 0x1E
_ENTRY = struct.Struct("<HHIQ")
_MOST_ENTRIES = 5000
_DEEPEST = 5

Path = tuple[str, ...]


class MsgDamaged(ValueError):
    """The file does not follow the format, or holds more than is read."""


@dataclass(frozen=True, slots=True)
class _Store:
    """The opened container: its streams by the storage that holds them, and what may still be read."""

    ole: olefile.OleFileIO
    streams: Mapping[Path, list[str]]
    budget: ArchiveBudget

    def read(self, path: Path) -> bytes:
        size = self.ole.get_size(list(path))
        if size > self.budget.bytes_left:
            raise MsgDamaged("size")
        self.budget.bytes_left -= size
        with self.ole.openstream(list(path)) as stream:
            return bytes(stream.read())


@dataclass(frozen=True, slots=True)
class _Values:
    """The values of one storage, read when they are asked for."""

    store: _Store
    place: Path
    names: Mapping[int, tuple[int, str]]  # property → type and stream
    page: int = 1252

    def bytes(self, identity: int) -> bytes:
        return self.store.read((*self.place, self.names[identity][1])) if identity in self.names else b""

    def text(self, identity: int, page: int = 0) -> str:
        if identity not in self.names:
            return ""
        kind = self.names[identity][0]
        charset = "utf-16-le" if kind == _UNICODE else _charset(self.page if kind == _NARROW else page or self.page)
        return decode_text(self.bytes(identity), charset).rstrip("\x00")


def is_msg(content: bytes) -> bool:
    """Whether a file is a saved message: other files of Office have the same container."""
    return content.startswith(_SIGNATURE) and _OF_A_MESSAGE.encode("utf-16-le") in content


def open_msg(content: bytes, budget: ArchiveBudget) -> OutlookMessage:
    """The message in a .msg. Raises MsgDamaged for whatever keeps it from being read."""
    try:
        with olefile.OleFileIO(io.BytesIO(content)) as ole:
            return _read_message(_Store(ole, _streams(ole), budget), (), 0)
    except MsgDamaged:
        raise
    except Exception as error:  # the library raises whatever a damaged container makes it stumble over
        raise MsgDamaged("container") from error


def _streams(ole: olefile.OleFileIO) -> dict[Path, list[str]]:
    paths = ole.listdir(streams=True, storages=False)
    if len(paths) > _MOST_ENTRIES:
        raise MsgDamaged("entries")
    streams: dict[Path, list[str]] = defaultdict(list)
    for *place, name in paths:
        streams[tuple(place)].append(name)
    return streams


def _read_message(store: _Store, place: Path, depth: int) -> OutlookMessage:
    numbers = _numbers(store, place, 32 if not place else 24)
    values = _values(store, place, numbers.get(_TEXT_PAGE, 1252))
    address = valid_address(values.text(_SENDER_SMTP)) or valid_address(values.text(_SENDER_ADDRESS)) or ""
    name = clean_line(values.text(_SENDER_NAME), 200)
    return OutlookMessage(
        plain=values.text(_BODY),
        html=values.text(_BODY_HTML, numbers.get(_HTML_PAGE, 0)),
        rtf=values.bytes(_BODY_RTF),
        author=Address(address, name) if address or name else None,
        headers=values.text(_HEADERS).encode("utf-8", "replace"),
        subject=clean_line(values.text(_SUBJECT), 1000),
        files=[_read_file(store, (*place, inner), depth) for inner in _attached(store, place)],
    )


def _attached(store: _Store, place: Path) -> list[str]:
    found = {path[len(place)] for path in store.streams if len(path) > len(place) and path[: len(place)] == place}
    return sorted(name for name in found if name.lower().startswith(_ATTACHED))


def _read_file(store: _Store, place: Path, depth: int) -> OutlookFile:
    values = _values(store, place, 1252)
    name = values.text(_LONG_NAME) or values.text(_SHORT_NAME)
    inner = next((path for path in store.streams if path[:-1] == place and path[-1].lower() == _INNER), None)
    if inner is not None:
        if depth >= _DEEPEST:
            raise MsgDamaged("depth")
        return OutlookFile(name=name, inner=_read_message(store, inner, depth + 1))
    declared = values.text(_MIME_TAG).lower() or "application/octet-stream"
    return OutlookFile(name, values.bytes(_DATA), declared, values.text(_CONTENT_ID))


def _values(store: _Store, place: Path, page: int) -> _Values:
    names: dict[int, tuple[int, str]] = {}
    for name in store.streams.get(place, ()):
        tag = name[len(_VALUE) :]
        if name.lower().startswith(_VALUE) and len(tag) == 8:
            names[int(tag[:4], 16)] = (int(tag[4:], 16), name)
    return _Values(store, place, names, page)


def _numbers(store: _Store, place: Path, header: int) -> dict[int, int]:
    """The values of fixed size (MS-OXMSG, 2.4): only the code pages are of use."""
    if _OF_A_MESSAGE not in store.streams.get(place, ()):
        return {}
    held = store.read((*place, _OF_A_MESSAGE))[header:]
    whole = held[: len(held) - len(held) % _ENTRY.size]
    return {identity: value & 0xFFFFFFFF for kind, identity, _, value in _ENTRY.iter_unpack(whole) if kind == 3}


def _charset(page: int) -> str:
    return "utf-8" if page == 65001 else f"cp{page}"
