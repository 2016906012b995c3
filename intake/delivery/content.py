"""A mail's bytes as they go over the line: CRLF line ends, dots doubled, nothing else touched.

The mail goes out in pieces, so that a large one is in memory once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

PIECE = 128 * 1024
END = b".\r\n"

BARE_LINE_END = re.compile(rb"\r(?!\n)|(?<!\r)\n")
LEADING_DOT = re.compile(rb"(?m)^\.")


def wire_size(content: bytes) -> int:
    """The size to announce: with CRLF line ends, without doubled dots (RFC 1870, 3)."""
    pairs = content.count(b"\r\n")
    bare = content.count(b"\n") + content.count(b"\r") - 2 * pairs
    return len(content) + bare + (0 if content.endswith((b"\r", b"\n")) else 2)


def wire_pieces(content: bytes) -> Iterator[bytes]:
    """The content in pieces that each end with a line; the final dot is not among them."""
    start = 0
    while start < len(content):
        end = content.find(b"\n", start + PIECE) + 1 or len(content)
        piece = BARE_LINE_END.sub(b"\r\n", content[start:end])
        if end == len(content) and not piece.endswith(b"\r\n"):
            piece += b"\r\n"
        # RFC 5321, 4.5.2: a dot that begins a line is doubled; the receiver takes it away again.
        yield LEADING_DOT.sub(b"..", piece)
        start = end


def is_seven_bit(content: bytes) -> bool:
    """Can any server carry it?"""
    return content.isascii()


def has_raw_utf8_headers(content: bytes) -> bool:
    """Do the headers themselves hold more than ASCII, so that SMTPUTF8 is needed (RFC 6531)?"""
    end = re.search(rb"\r?\n\r?\n", content)
    return not content[: end.start() if end else len(content)].isascii()
