"""S/MIME in one part (application/pkcs7-mime): signed mail is opened, encrypted mail is recognised.

Reads just enough of the Cryptographic Message Syntax (RFC 5652) to find the signed content. The signature is not
verified: nothing here relies on it.
"""

from __future__ import annotations

from dataclasses import dataclass

_SIGNED = bytes.fromhex("2a864886f70d010702")  # 1.2.840.113549.1.7.2
_ENCRYPTED = frozenset(
    bytes.fromhex(code) for code in ("2a864886f70d010703", "2a864886f70d010706", "2a864886f70d0109100117")
)
_OBJECT, _OCTETS, _CONSTRUCTED_OCTETS = 0x06, 0x04, 0x24
_DEEPEST = 12
_MOST_PIECES = 200_000


class _Unreadable(ValueError):
    """Not BER, or not the structure that was looked for."""


@dataclass(frozen=True, slots=True)
class _Element:
    tag: int
    start: int
    end: int  # for an indefinite length, the end of what holds it
    indefinite: bool


def open_signed(content: bytes) -> bytes | None:
    """The message inside an opaque signature; None when the part is encrypted or cannot be read."""
    try:
        outer = _read(content, 0, len(content))
        kind = _read(content, outer.start, outer.end)
        if content[kind.start : kind.end] != _SIGNED:
            return None
        explicit = _read(content, kind.end, outer.end)
        signed = _read(content, explicit.start, explicit.end)
        version = _read(content, signed.start, signed.end)
        algorithms = _skip(content, version.end, signed.end)
        encapsulated = _read(content, algorithms, signed.end)
        inner_kind = _read(content, encapsulated.start, encapsulated.end)
        inner_explicit = _read(content, inner_kind.end, encapsulated.end)
        return _octets(content, _read(content, inner_explicit.start, inner_explicit.end))
    except (_Unreadable, IndexError, RecursionError):
        return None


def is_encrypted(content: bytes) -> bool:
    """Whether the part says that it is encrypted; where it cannot be read, it is taken to be."""
    try:
        outer = _read(content, 0, len(content))
        kind = _read(content, outer.start, outer.end)
    except (_Unreadable, IndexError):
        return True
    identifier = content[kind.start : kind.end]
    return identifier in _ENCRYPTED or identifier != _SIGNED


def _read(content: bytes, position: int, end: int) -> _Element:
    if position + 2 > end:
        raise _Unreadable
    tag, length = content[position], content[position + 1]
    position += 2
    if length == 0x80:
        return _Element(tag, position, end, indefinite=True)
    if length > 0x80:
        size = length & 0x7F
        if size > 8:
            raise _Unreadable
        length = int.from_bytes(content[position : position + size], "big")
        position += size
    if position + length > end:
        raise _Unreadable
    return _Element(tag, position, position + length, indefinite=False)


def _skip(content: bytes, position: int, end: int, depth: int = 0) -> int:
    """Where the element that begins at `position` ends."""
    element = _read(content, position, end)
    if not element.indefinite:
        return element.end
    if depth > _DEEPEST:
        raise _Unreadable
    position = element.start
    for _ in range(_MOST_PIECES):
        if content[position : position + 2] == b"\x00\x00":
            return position + 2
        position = _skip(content, position, end, depth + 1)
    raise _Unreadable


def _octets(content: bytes, element: _Element) -> bytes:
    if element.tag == _OCTETS:
        return content[element.start : element.end]
    if element.tag != _CONSTRUCTED_OCTETS:
        raise _Unreadable
    pieces: list[bytes] = []
    position = element.start
    while position < element.end and content[position : position + 2] != b"\x00\x00":
        piece = _read(content, position, element.end)
        if piece.tag != _OCTETS or piece.indefinite or len(pieces) > _MOST_PIECES:
            raise _Unreadable
        pieces.append(content[piece.start : piece.end])
        position = piece.end
    return b"".join(pieces)
