"""The MIME structure of a message, found by offsets in the message's own bytes.

Nothing is copied until a part's content is asked for, and nothing recurses: whoever walks the structure counts
parts and depth. (The standard library's parser copies every line, and fails on 300 nested messages.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from intake.unpacking.headers import Block, decode_header, read_block, read_parameters
from intake.unpacking.limits import UnpackLimits
from intake.unpacking.names import safe_name
from intake.unpacking.transfer import decode_content

_GUESSED_BOUNDARY = re.compile(rb"(?:\A|\n)--([!-~][\t -~]{0,199})\r?\n(?=[A-Za-z-]{1,60}:)")
_BOUNDARY_TAIL = re.compile(rb"(--)?[ \t]{0,200}(?:\r?(?=\n)|\Z)")
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,100}/[a-z0-9!#$&^_.+-]{1,100}")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its header fields, and where its body lies in `data`."""

    data: bytes
    header: Block
    end: int
    media_type: str
    parameters: dict[str, str]
    disposition: str
    disposition_parameters: dict[str, str]

    @property
    def raw(self) -> bytes:
        """The body, still encoded."""
        return self.data[self.header.body_start : self.end]

    @property
    def encoding(self) -> str:
        return self.header.first("content-transfer-encoding").partition(";")[0].partition("(")[0].strip().lower()

    @property
    def name(self) -> str:
        """The file name in either header, made safe; "" when there is none."""
        given = self.disposition_parameters.get("filename") or self.parameters.get("name", "")
        return safe_name(decode_header(given), "")

    @property
    def content_id(self) -> str:
        return decode_header(self.header.first("content-id")).strip("<> ")

    def content(self) -> tuple[bytes, bool]:
        """The body as it was meant, and whether it came undamaged."""
        return decode_content(self.raw, self.encoding)


def read_part(data: bytes, start: int, end: int, limits: UnpackLimits, default: str = "text/plain") -> Part:
    """The part that lies between two offsets."""
    header = read_block(data, start, end, limits.header_bytes, limits.headers)
    media_type, parameters = read_parameters(header.first("content-type"))
    disposition, disposition_parameters = read_parameters(header.first("content-disposition"))
    if not _MEDIA_TYPE.fullmatch(media_type):
        # RFC 2045, 5.2 says text/plain; a nameless type with a file name is a file
        named = parameters.get("name") or disposition_parameters.get("filename")
        media_type = "application/octet-stream" if named else default
    return Part(data, header, end, media_type, parameters, disposition, disposition_parameters)


def find_boundary(part: Part) -> bytes | None:
    """The boundary declared, or else the one that the body shows; None without either."""
    declared = part.parameters.get("boundary", "").encode("utf-8", "replace").rstrip()
    start, end = part.header.body_start, part.end
    if declared and part.data.find(b"--" + declared, start, end) >= 0:
        return declared
    guessed = _GUESSED_BOUNDARY.search(part.data[start : min(end, start + 64 * 1024)])
    return guessed[1].rstrip() if guessed else None


def divide(part: Part, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """(start, end, closed) of each part of a multipart; the last one is not closed when the mail was cut short."""
    mark = b"\n--" + boundary
    start, end = part.header.body_start, part.end
    opened: int | None = None
    position = part.data.find(mark, max(0, start - 1), end)
    while position >= 0:
        tail = _BOUNDARY_TAIL.match(part.data, position + len(mark), end)
        if tail is not None:
            if opened is not None:
                # RFC 2046, 5.1.1: the line break before a boundary belongs to it
                before = position - (part.data[position - 1 : position] == b"\r")
                yield min(opened, before), max(before, opened), True
            if tail[1]:
                return
            opened = min(tail.end() + 1, end)
        position = part.data.find(mark, position + len(mark), end)
    if opened is not None:
        yield min(opened, end), end, False
