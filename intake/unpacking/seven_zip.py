"""7z archives, opened in memory and within the bounds of ZIP files.

A reader of our own on the standard library's decompressors: it takes what 7-Zip writes for documents (LZMA2, LZMA,
Deflate, BZip2, stored; encrypted ones are recognised) and nothing of the rest. The library for it takes a tenth of a
second and eight packages to load, which every message would pay for.
"""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from intake.unpacking.archive_faults import ArchiveBudget, ArchiveFault, allowed_size
from intake.unpacking.limits import UnpackLimits

SIGNATURE = b"7z\xbc\xaf\x27\x1c"
_START = struct.Struct("<6s2sIQQI")
_END, _HEADER, _PROPERTIES, _EXTRA_STREAMS, _STREAMS, _FILES = range(6)
_PACKED, _UNPACKED, _SUBSTREAMS, _SIZES, _DIGESTS = range(6, 11)
_FOLDERS, _FOLDER_SIZES, _COUNTS, _EMPTY, _NAMES, _ENCODED = 0x0B, 0x0C, 0x0D, 0x0E, 0x11, 0x17
_STORED, _LZMA2, _LZMA, _DEFLATE, _BZIP2 = b"\x00", b"\x21", b"\x03\x01\x01", b"\x04\x01\x08", b"\x04\x02\x02"
_BRANCHES = frozenset({b"\x04", b"\x03\x03\x01\x03"})  # the filter for programs, which some put before everything
_AES = b"\x06\xf1\x07\x01"
_MOST_HEADER = 8 * 1024 * 1024
_MOST_CODERS = 8
_PIECE = 1024 * 1024
_LEAST_ROOM = 4096
_DAMAGE = (lzma.LZMAError, zlib.error, OSError, EOFError, ValueError, struct.error, IndexError)


class _Decompressor(Protocol):
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Damaged(ValueError):
    """The archive does not follow the format."""


@dataclass(slots=True)
class _Folder:
    """One packed stream and the files in it, one after the other."""

    coder: bytes = b""
    settings: bytes = b""
    branches: bool = False
    last: int = 0  # which of its coders gives the files
    coders: int = 1
    size: int = 0
    begin: int = 0
    packed: int = 0
    sizes: list[int] = field(default_factory=list)
    digests: list[int | None] = field(default_factory=list)
    digest: int | None = None


class _Reader:
    """The numbers of a header, in order."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def take(self, length: int) -> bytes:
        end = self.position + length
        if length < 0 or end > len(self.data):
            raise _Damaged("end")
        piece, self.position = self.data[self.position : end], end
        return piece

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self, most: int = 2**62) -> int:
        """A number whose first byte says how many more it has."""
        first = self.byte()
        value, mask = 0, 0x80
        for index in range(8):
            if not first & mask:
                value |= (first & (mask - 1)) << 8 * index
                break
            value |= self.byte() << 8 * index
            mask >>= 1
        if value > most:
            raise _Damaged("number")
        return value

    def bits(self, count: int) -> list[bool]:
        held = self.take((count + 7) // 8)
        return [bool(held[index // 8] & 0x80 >> index % 8) for index in range(count)]

    def digests(self, count: int) -> list[int | None]:
        given = [True] * count if self.byte() else self.bits(count)
        return [struct.unpack("<I", self.take(4))[0] if there else None for there in given]


def open_seven_zip(content: bytes, limits: UnpackLimits, budget: ArchiveBudget) -> Iterator[tuple[str, bytes]]:
    """Each file of a 7z as (name, content). Raises ArchiveFault; what was given before stays good."""
    try:
        reader = _Reader(_next_header(content))
        kind = reader.byte()
        if kind == _ENCODED:
            _, folders = _read_streams(reader, limits.files)
            header = b"".join(_unpack(content, folder, min(folder.size, _MOST_HEADER)) for folder in folders)
            reader = _Reader(header)
            kind = reader.byte()
        if kind != _HEADER:
            raise _Damaged("header")
        names, folders = _read_header(reader, limits.files)
        given = iter(names)
        for folder in folders:
            yield from zip(given, _members(content, folder, limits, budget), strict=False)
    except _DAMAGE as error:
        raise ArchiveFault("zip-damaged", type(error).__name__.lstrip("_")) from error


def _next_header(content: bytes) -> bytes:
    signature, _, _, offset, size, digest = _START.unpack_from(content)
    begin = _START.size + offset
    if signature != SIGNATURE or size > _MOST_HEADER or begin + size > len(content):
        raise _Damaged("start")
    header = content[begin : begin + size]
    if zlib.crc32(header) != digest:
        raise _Damaged("digest")
    return header


def _read_header(reader: _Reader, most: int) -> tuple[list[str], list[_Folder]]:
    """The names of the files that hold something, and the streams that they are in."""
    names: list[str] = []
    folders: list[_Folder] = []
    while (kind := reader.byte()) != _END:
        if kind == _PROPERTIES:
            while reader.byte() != _END:
                reader.take(reader.number())
        elif kind in {_STREAMS, _EXTRA_STREAMS}:
            _, folders = _read_streams(reader, most)
        elif kind == _FILES:
            names = _read_names(reader, most)
        else:
            raise _Damaged("header")
    return names, folders


def _read_names(reader: _Reader, most: int) -> list[str]:
    count = reader.number()
    if count > most:
        raise ArchiveFault("zip-limits", "files")
    names: list[str] = []
    empty = [False] * count
    while (kind := reader.byte()) != _END:
        held = _Reader(reader.take(reader.number()))
        if kind == _EMPTY:
            empty = held.bits(count)
        elif kind == _NAMES and held.byte() == 0:
            names = held.data[1:].decode("utf-16-le", "replace").split("\x00")[:count]
    names += [""] * (count - len(names))
    return [name for name, is_empty in zip(names, empty, strict=True) if not is_empty]


def _read_streams(reader: _Reader, most: int) -> tuple[int, list[_Folder]]:
    start, sizes = 0, list[int]()
    folders: list[_Folder] = []
    while (kind := reader.byte()) != _END:
        if kind == _PACKED:
            start, sizes = _read_packed(reader, most)
        elif kind == _UNPACKED:
            folders = _read_folders(reader, most)
        elif kind == _SUBSTREAMS:
            _read_substreams(reader, folders, most)
        else:
            raise _Damaged("streams")
    position = _START.size + start
    for folder, size in zip(folders, sizes, strict=True):
        folder.begin, folder.packed = position, size
        position += size
        if not folder.sizes and not folder.digests:
            folder.sizes, folder.digests = [folder.size], [folder.digest]
    return position, folders


def _read_packed(reader: _Reader, most: int) -> tuple[int, list[int]]:
    start, count = reader.number(), reader.number(most)
    sizes = [0] * count
    while (kind := reader.byte()) != _END:
        if kind == _SIZES:
            sizes = [reader.number() for _ in range(count)]
        elif kind == _DIGESTS:
            reader.digests(count)
        else:
            raise _Damaged("packed")
    return start, sizes


def _read_folders(reader: _Reader, most: int) -> list[_Folder]:
    if reader.byte() != _FOLDERS:
        raise _Damaged("folders")
    count = reader.number()
    if count > most:
        raise ArchiveFault("zip-limits", "files")
    if reader.byte() != 0:
        raise _Damaged("external")
    folders = [_read_folder(reader) for _ in range(count)]
    while (kind := reader.byte()) != _END:
        if kind == _FOLDER_SIZES:
            for folder in folders:
                folder.size = [reader.number() for _ in range(folder.coders)][folder.last]
        elif kind == _DIGESTS:
            for folder, digest in zip(folders, reader.digests(count), strict=True):
                folder.digest = digest
        else:
            raise _Damaged("folder")
    return folders


def _read_folder(reader: _Reader) -> _Folder:
    coders = [_read_coder(reader) for _ in range(reader.number(_MOST_CODERS))]
    bound = [(reader.number(), reader.number()) for _ in range(len(coders) - 1)]
    last = next((index for index, (name, _) in enumerate(coders) if name in _BRANCHES), 0)
    branches = len(coders) == 2 and coders[last][0] in _BRANCHES and bound == [(last, 1 - last)]
    if len(coders) != 1 + branches:
        raise ArchiveFault("zip-damaged", "compression")
    name, settings = coders[1 - last if branches else 0]
    return _Folder(name, settings, branches, last, len(coders))


def _read_coder(reader: _Reader) -> tuple[bytes, bytes]:
    flags = reader.byte()
    name = reader.take(flags & 0x0F)
    if name == _AES:
        raise ArchiveFault("zip-password", "")
    if flags & 0x10:  # several streams into one
        raise ArchiveFault("zip-damaged", "compression")
    return name, reader.take(reader.number(64)) if flags & 0x20 else b""


def _read_substreams(reader: _Reader, folders: list[_Folder], most: int) -> None:
    counts = [1] * len(folders)
    kind = reader.byte()
    if kind == _COUNTS:
        counts = [reader.number() for _ in folders]
        kind = reader.byte()
    if sum(counts) > most:
        raise ArchiveFault("zip-limits", "files")
    for folder, count in zip(folders, counts, strict=True):
        given = [reader.number() for _ in range(count - 1)] if kind == _SIZES else [0] * (count - 1)
        folder.sizes = [*given, folder.size - sum(given)] if count else []
        folder.digests = [folder.digest] if count == 1 else [None] * count
    if kind == _SIZES:
        kind = reader.byte()
    if kind == _DIGESTS:
        unknown = [f for f, count in zip(folders, counts, strict=True) if count != 1 or f.digest is None]
        digests = iter(reader.digests(sum(len(folder.sizes) for folder in unknown)))
        for folder in unknown:
            folder.digests = [next(digests) for _ in folder.sizes]
        kind = reader.byte()
    if kind != _END:
        raise _Damaged("substreams")


def _members(content: bytes, folder: _Folder, limits: UnpackLimits, budget: ArchiveBudget) -> Iterator[bytes]:
    if budget.files_left < len(folder.sizes):
        raise ArchiveFault("zip-limits", "files")
    if folder.size > allowed_size(folder.packed, limits, budget):
        raise ArchiveFault("zip-limits", "size")
    whole = _unpack(content, folder, folder.size)
    budget.bytes_left -= len(whole)
    budget.files_left -= len(folder.sizes)
    position = 0
    for size, digest in zip(folder.sizes, folder.digests, strict=True):
        member = whole[position : position + size] if size >= 0 else b""
        if len(member) != size or (digest is not None and zlib.crc32(member) != digest):
            raise _Damaged("member")
        yield member
        position += size


def _unpack(content: bytes, folder: _Folder, size: int) -> bytes:
    held = content[folder.begin : folder.begin + folder.packed]
    if folder.coder == _STORED:
        return held[:size]
    decompressor = _decompressor(folder, size)
    pieces: list[bytes] = []
    left = size
    while left > 0:
        piece = decompressor.decompress(held, min(left, _PIECE))
        held = getattr(decompressor, "unconsumed_tail", b"")  # zlib hands back what it did not take
        if not piece:
            break
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def _decompressor(folder: _Folder, size: int) -> _Decompressor:
    if folder.branches and folder.coder not in {_LZMA2, _LZMA}:
        raise ArchiveFault("zip-damaged", "compression")
    if folder.coder == _DEFLATE:
        return zlib.decompressobj(-zlib.MAX_WBITS)
    if folder.coder == _BZIP2:
        return bz2.BZ2Decompressor()
    before: list[dict[str, int]] = [{"id": lzma.FILTER_X86}] if folder.branches else []
    return lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[*before, _filter(folder, max(size, _LEAST_ROOM))])


def _filter(folder: _Folder, most: int) -> dict[str, int]:
    """The decompressor's settings; a dictionary larger than what comes out is never used, and only takes memory."""
    if folder.coder == _LZMA2:
        power = folder.settings[0]
        return {"id": lzma.FILTER_LZMA2, "dict_size": min((2 | power & 1) << power // 2 + 11, most)}
    if folder.coder == _LZMA:
        packed, room = struct.unpack("<BI", folder.settings)
        position, literal = divmod(packed, 9)
        bits = {"lc": literal, "lp": position % 5, "pb": position // 5}
        return {"id": lzma.FILTER_LZMA1, "dict_size": min(max(room, _LEAST_ROOM), most), **bits}
    raise ArchiveFault("zip-damaged", "compression")
