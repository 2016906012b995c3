"""Mails written out for the tests of unpacking and triage: a few words each, everything else filled in."""

from __future__ import annotations

import base64
import io
import lzma
import struct
import zipfile
import zlib
from email.message import EmailMessage

from intake.model import LinkPlace, Unpacked
from intake.unpacking.message import unpack

PDF = b"%PDF-1.7\n% an invented report\n%%EOF\n"
TOP = (
    b"From: Jane Smith <jane.smith@northshire.gov.uk>\r\nTo: dhr@intake.example\r\n"
    b"Subject: Final report\r\nMIME-Version: 1.0\r\n"
)


def a_message(words: str = "Please find our report attached.", **headers: str) -> EmailMessage:
    """A mail by a person; header names with underscores for hyphens."""
    message = EmailMessage()
    fields = {
        "From": "Jane Smith <jane.smith@northshire.gov.uk>",
        "To": "dhr@intake.example",
        "Subject": "Final report",
        "Date": "Mon, 23 Nov 2026 10:15:00 +0000",
        "Message-ID": "<one@northshire.gov.uk>",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in fields.items():
        message[name] = value
    message.set_content(words)
    return message


def with_pdf(message: EmailMessage, name: str = "report.pdf", content: bytes = PDF) -> EmailMessage:
    message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    return message


def plain(words: str, extra: str = "") -> bytes:
    """A mail with a plain body, byte for byte."""
    return TOP + f"Content-Type: text/plain; charset=utf-8{extra}\r\n\r\n".encode() + words.encode()


def html(words: str) -> bytes:
    """A mail with an HTML body only."""
    return TOP + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + f"<html><body>{words}</body></html>".encode()


def one_part(headers: str, content: bytes = PDF) -> bytes:
    """A multipart mail with some words and one part whose headers are given as they stand."""
    return (
        TOP
        + b"Content-Type: multipart/mixed; boundary=bound\r\n\r\n--bound\r\nContent-Type: text/plain\r\n\r\nHello\r\n"
        + b"--bound\r\n"
        + headers.encode("latin-1")
        + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(content)
        + b"\r\n--bound--\r\n"
    )


def a_zip(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


def a_seven_zip(
    files: dict[str, bytes], coder: bytes = b"\x21", settings: bytes = b"\x16", packed: bytes | None = None
) -> bytes:
    """A 7z of one stream, as 7-Zip writes it: packed by LZMA2 unless told otherwise."""
    whole = b"".join(files.values())
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 1 << 23}]
    packed = lzma.compress(whole, lzma.FORMAT_RAW, filters=filters) if packed is None else packed
    names = b"".join((name + "\0").encode("utf-16-le") for name in files)
    sizes = b"".join(_long_number(len(content)) for content in list(files.values())[:-1])
    digests = b"".join(struct.pack("<I", zlib.crc32(content)) for content in files.values())
    flags = bytes([len(coder) | (0x20 if settings else 0)])
    folder = b"\x01" + flags + coder + (bytes([len(settings)]) + settings if settings else b"")
    header = (
        b"\x01\x04\x06\x00\x01\x09"
        + _long_number(len(packed))
        + b"\x00\x07\x0b\x01\x00"
        + folder
        + b"\x0c"
        + _long_number(len(whole))
        + b"\x00\x08\x0d"
        + _long_number(len(files))
        + b"\x09"
        + sizes
        + b"\x0a\x01"
        + digests
        + b"\x00\x00\x05"
        + _long_number(len(files))
        + b"\x11"
        + _long_number(len(names) + 1)
        + b"\x00"
        + names
        + b"\x00\x00"
    )
    start = struct.pack("<QQI", len(packed), len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<I", zlib.crc32(start)) + start + packed + header


def _long_number(value: int) -> bytes:
    return b"\xff" + struct.pack("<Q", value)


def zipped(content: bytes, name: str = "papers.zip") -> bytes:
    """A mail that carries a ZIP."""
    return one_part(f'Content-Type: application/zip; name="{name}"', content)


def a_winmail(
    files: dict[str, bytes],
    words: str = "",
    rtf: bytes = b"",
    *,
    sender: str = "",
    inner: dict[str, bytes] | None = None,
) -> bytes:
    """A winmail.dat with long names, as Outlook writes it (MS-OXTNEF)."""
    objects = [_tnef_object(1, 0x00089006, struct.pack("<I", 0x10000)), _tnef_object(1, 0x00069007, _codepage())]
    if rtf:
        objects.append(_tnef_object(1, 0x00069003, _properties([(0x1009, 0x102, stored_rtf(rtf))])))
    texts = [
        (identity, 0x1F, (text + "\0").encode("utf-16-le")) for identity, text in ((0x1000, words), (0x0C1F, sender))
    ]
    if words:
        objects.append(_tnef_object(1, 0x00069003, _properties(texts)))
    for name, content in files.items():
        long_name = (name + "\0").encode("utf-16-le")
        objects += [
            _tnef_object(2, 0x00069002, b"\x01\x00" + b"\xff" * 4 + bytes(8)),
            _tnef_object(2, 0x00018010, b"REPORT~1.PDF\0"),
            _tnef_object(2, 0x0006800F, content),
            _tnef_object(2, 0x00069005, _properties([(0x3707, 0x1F, long_name), (0x3705, 0x03, bytes([1, 0, 0, 0]))])),
        ]
    for name, content in (inner or {}).items():
        held = bytes.fromhex("0703020000000000c000000000000046") + content
        named = _properties([(0x3707, 0x1F, (name + "\0").encode("utf-16-le")), (0x3701, 0x0D, held)])
        objects += [_tnef_object(2, 0x00069002, bytes(14)), _tnef_object(2, 0x00069005, named)]
    return struct.pack("<IH", 0x223E9F78, 1) + b"".join(objects)


def stored_rtf(text: bytes) -> bytes:
    """A rich text in the frame of a compressed one, stored as it is (MS-OXRTFCP, 2.1.3.1.1)."""
    return struct.pack("<II4sI", len(text) + 12, len(text), b"MELA", 0) + text


def _codepage() -> bytes:
    return struct.pack("<II", 1252, 0)


def _tnef_object(level: int, attribute: int, value: bytes) -> bytes:
    return struct.pack("<BII", level, attribute, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)


def _properties(values: list[tuple[int, int, bytes]]) -> bytes:
    pieces = [struct.pack("<I", len(values))]
    for identity, kind, value in values:
        pieces.append(struct.pack("<HH", kind, identity))
        if kind in {0x0D, 0x1F, 0x102}:
            pieces.append(struct.pack("<II", 1, len(value)))
        pieces.append(value + bytes(-len(value) % 4))
    return b"".join(pieces)


def opened(message: EmailMessage | bytes) -> Unpacked:
    """Unpack a mail, built or raw."""
    return unpack(message if isinstance(message, bytes) else message.as_bytes())


def urls(unpacked: Unpacked, place: LinkPlace | None = None) -> list[str]:
    """The addresses found, of one place or of all."""
    return [link.url for link in unpacked.links if place in {None, link.place}]


def names(unpacked: Unpacked) -> list[str]:
    return [file.name for file in unpacked.attachments]


def faults(unpacked: Unpacked) -> list[str]:
    return [problem.fault for problem in unpacked.problems]
