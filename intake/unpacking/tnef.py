"""winmail.dat: what Outlook makes of a message that it sends in its own format (TNEF, MS-OXTNEF).

A reader of our own: it takes attachments and bodies, and passes over everything else in one linear walk.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from intake.model import Address
from intake.unpacking.addresses import valid_address
from intake.unpacking.charsets import clean_line, decode_text
from intake.unpacking.outlook_message import OutlookFile, OutlookMessage

_SIGNATURE = b"\x78\x9f\x3e\x22"
_ATTACHMENT_LEVEL = 2
_ATT_BODY = 0x800C
_ATT_TITLE = 0x8010
_ATT_DATA = 0x800F
_ATT_RENDERING = 0x9002  # begins the next attachment
_ATT_MESSAGE_PROPERTIES = 0x9003
_ATT_PROPERTIES = 0x9005
_ATT_CODEPAGE = 0x9007
_BODY, _BODY_RTF, _BODY_HTML = 0x1000, 0x1009, 0x1013
_SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP = 0x0C1A, 0x0C1F, 0x5D01
_LONG_NAME, _SHORT_NAME, _DATA, _MIME_TAG, _CONTENT_ID = 0x3707, 0x3704, 0x3701, 0x370E, 0x3712
_CODEPAGE = 0x3FDE
_UNICODE, _VARIABLE = 0x1F, frozenset({0x0D, 0x1E, 0x1F, 0x102})
_SIZES = {1: 4, 2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_MESSAGE_OBJECT = bytes.fromhex("0703020000000000c000000000000046")  # IID_IMessage before a message inside
_SHORTEST_OBJECT = 11
_MOST_OBJECTS = 20_000
_MOST_PROPERTIES = 5_000
_MOST_FILES = 500
_DEEPEST = 10


class TnefDamaged(ValueError):
    """The file does not follow the format."""


def is_tnef(name: str, declared_type: str, content: bytes) -> bool:
    """Whether a file is a winmail.dat, by its bytes or by what it is called."""
    declared = declared_type in {"application/ms-tnef", "application/vnd.ms-tnef"}
    return content.startswith(_SIGNATURE) or declared or name.lower() == "winmail.dat"


def open_tnef(content: bytes, depth: int = 0) -> OutlookMessage:
    """The bodies and files of a winmail.dat, and of messages in it. Raises TnefDamaged when it is none."""
    if not content.startswith(_SIGNATURE):
        raise TnefDamaged("signature")
    tnef = OutlookMessage()
    charset = "cp1252"
    try:
        for level, name, value in _objects(content):
            if level == _ATTACHMENT_LEVEL:
                _take_attachment(tnef, name, value, charset)
            elif name == _ATT_CODEPAGE and len(value) >= 4:
                charset = f"cp{struct.unpack_from('<I', value)[0]}"
            elif name == _ATT_BODY:
                tnef.plain = tnef.plain or _text(value, charset)
            elif name == _ATT_MESSAGE_PROPERTIES:
                _take_bodies(tnef, value, charset)
    except (struct.error, TnefDamaged):
        tnef.damaged = True
    for file in tnef.files:
        if file.message:
            file.inner, tnef.damaged = _open_inner(file, depth, damaged=tnef.damaged)
    return tnef


def _open_inner(file: OutlookFile, depth: int, *, damaged: bool) -> tuple[OutlookMessage | None, bool]:
    try:
        return (open_tnef(file.content, depth + 1), damaged) if depth < _DEEPEST else (None, True)
    except TnefDamaged:
        return None, True


def _objects(content: bytes) -> Iterator[tuple[int, int, bytes]]:
    position = 6
    for _ in range(_MOST_OBJECTS):
        if position + _SHORTEST_OBJECT > len(content):  # some programs leave a few bytes behind
            return
        level, name, _kind, length = struct.unpack_from("<BHHI", content, position)
        start = position + 9
        if level not in (1, _ATTACHMENT_LEVEL) or start + length > len(content):
            raise TnefDamaged("object")
        yield level, name, content[start : start + length]
        position = start + length + 2  # the checksum
    raise TnefDamaged("too many objects")


def _take_attachment(tnef: OutlookMessage, name: int, value: bytes, charset: str) -> None:
    if name == _ATT_RENDERING or not tnef.files:
        if len(tnef.files) >= _MOST_FILES:
            raise TnefDamaged("too many files")
        tnef.files.append(OutlookFile())
    file = tnef.files[-1]
    if name == _ATT_TITLE:
        file.name = file.name or _text(value, charset)
    elif name == _ATT_DATA:
        file.content = value
    elif name == _ATT_PROPERTIES:
        _take_file_properties(file, value, charset)


def _take_file_properties(file: OutlookFile, value: bytes, charset: str) -> None:
    long_name = short_name = ""
    for identity, kind, content in _properties(value):
        if identity == _LONG_NAME:
            long_name = _typed_text(kind, content, charset)
        elif identity == _SHORT_NAME:
            short_name = _typed_text(kind, content, charset)
        elif identity == _MIME_TAG:
            file.declared_type = _typed_text(kind, content, charset).lower() or file.declared_type
        elif identity == _CONTENT_ID:
            file.content_id = _typed_text(kind, content, charset)
        elif identity == _DATA and content:
            file.message = content.startswith(_MESSAGE_OBJECT)
            file.content = content[16:] if file.message else content
    file.name = long_name or short_name or file.name


def _take_bodies(tnef: OutlookMessage, value: bytes, charset: str) -> None:
    html = b""
    texts: dict[int, str] = {}
    for identity, kind, content in _properties(value):
        if identity in {_BODY, _SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP}:
            texts[identity] = _typed_text(kind, content, charset)
        elif identity == _BODY_HTML:
            html = content
        elif identity == _BODY_RTF:
            tnef.rtf = content
        elif identity == _CODEPAGE and len(content) >= 4:
            page = struct.unpack_from("<I", content)[0]
            charset = "utf-8" if page == 65001 else f"cp{page}"
    tnef.plain = texts.get(_BODY, tnef.plain)
    tnef.html = _text(html, charset)
    address = valid_address(texts.get(_SENDER_SMTP, "")) or valid_address(texts.get(_SENDER_ADDRESS, "")) or ""
    name = clean_line(texts.get(_SENDER_NAME, ""), 200)
    tnef.author = Address(address, name) if address or name else None


def _properties(value: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(property, type, first value) of a list of MAPI properties (MS-OXTNEF, 2.1.3.4)."""
    (count,) = struct.unpack_from("<I", value)
    if count > _MOST_PROPERTIES:
        raise TnefDamaged("too many properties")
    position = 4
    for _ in range(count):
        kind, identity = struct.unpack_from("<HH", value, position)
        position += 4
        if identity >= 0x8000:
            position = _skip_name(value, position)
        several, kind = bool(kind & 0x1000), kind & 0xEFFF
        variable = kind in _VARIABLE
        values = 1
        if several or variable:
            (values,) = struct.unpack_from("<I", value, position)
            position += 4
        if values > len(value):
            raise TnefDamaged("count")
        first = b""
        for index in range(values):
            content, position = _value(value, position, kind, variable=variable)
            first = content if index == 0 else first
        yield identity, kind, first


def _skip_name(value: bytes, position: int) -> int:
    (kind,) = struct.unpack_from("<I", value, position + 16)
    if kind == 0:
        return position + 24
    length: int = struct.unpack_from("<I", value, position + 20)[0]
    return position + 24 + length + -length % 4


def _value(value: bytes, position: int, kind: int, *, variable: bool) -> tuple[bytes, int]:
    if variable:
        (length,) = struct.unpack_from("<I", value, position)
        position += 4
    elif kind in _SIZES:
        length = _SIZES[kind]
    else:
        raise TnefDamaged("type")
    if position + length > len(value):
        raise TnefDamaged("length")
    return value[position : position + length], position + length + -length % 4


def _typed_text(kind: int, content: bytes, charset: str) -> str:
    return _text(content, "utf-16-le" if kind == _UNICODE else charset)


def _text(content: bytes, charset: str) -> str:
    return decode_text(content, charset).rstrip("\x00")
