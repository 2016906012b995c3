"""Content-Transfer-Encoding undone, and files that old programs write into the text (uuencode).

Damaged encodings give what can still be read.
"""

from __future__ import annotations

import binascii
import re

_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/=]+")
_PADDING = re.compile(rb"=+")
_ONLY_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]*")
_MOST_STRETCHES = 10_000
_HEAD = 8 * 1024
_UU_BEGIN = re.compile(rb"begin [0-7]{3,4} ([^\r\n]{1,200})\r?\Z")


def mend_line_ends(data: bytes) -> bytes:
    """A message whose lines end in a bare CR, or in two of them and LF, with the ends that every other one has."""
    head = data[:_HEAD]
    if b"\n" not in head:
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in head else data
    return data.replace(b"\r\r\n", b"\r\n") if b"\r\r\n" in head else data


def decode_content(content: bytes, encoding: str) -> tuple[bytes, bool]:
    """The bytes that were meant, and whether they came undamaged."""
    encoding = encoding.strip().lower()
    if encoding == "base64":
        return _decode_base64(content)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(content), True
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        files, _ = take_uuencoded(content)
        return (files[0][1], True) if files else (content, False)
    return content, True


def _decode_base64(content: bytes) -> tuple[bytes, bool]:
    padding = content.find(b"=")
    complete = padding < 0 or not content[padding:].strip(b"=\r\n\t ")
    if complete:
        try:
            return binascii.a2b_base64(content), True
        except binascii.Error:
            return _salvage(content), False
    if content.count(b"=") <= _MOST_STRETCHES and _ONLY_BASE64.fullmatch(content, padding):
        # encoded in stretches, each with its own padding: a2b_base64 would stop after the first
        pieces = _PADDING.split(_NOT_BASE64.sub(b"", content))
        return b"".join(_salvage(piece) for piece in pieces), True
    return _salvage(content[:padding]), True  # what follows was added on the way, such as a list's footer


def _salvage(content: bytes) -> bytes:
    cleaned = _NOT_BASE64.sub(b"", content).replace(b"=", b"")
    usable = cleaned[: len(cleaned) - (len(cleaned) % 4 == 1)]
    return binascii.a2b_base64(usable + b"=" * (-len(usable) % 4))


def take_uuencoded(text: bytes) -> tuple[list[tuple[bytes, bytes]], bytes]:
    """Files written into a text between `begin` and `end`, as (name, content), and the text without them."""
    if b"begin " not in text:
        return [], text
    files: list[tuple[bytes, bytes]] = []
    kept: list[bytes] = []
    name: bytes | None = None
    held: list[bytes] = []
    decoded: list[bytes] = []
    for line in text.split(b"\n"):
        if name is not None:
            held.append(line)
            if line.rstrip() == b"end":
                files.append((name, b"".join(decoded)))
                name, held, decoded = None, [], []
                continue
            piece = _uu_line(line.rstrip(b"\r"))
            if piece is not None:
                decoded.append(piece)
                continue
            kept.extend(held)
            name, held, decoded = None, [], []
            continue
        begin = _UU_BEGIN.match(line)
        if begin:
            name, held = begin[1], [line]
        else:
            kept.append(line)
    kept.extend(held)
    return files, b"\n".join(kept)


def _uu_line(line: bytes) -> bytes | None:
    try:
        return binascii.a2b_uu(line) if line else None
    except binascii.Error:
        return None
