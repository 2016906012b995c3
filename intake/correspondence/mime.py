"""RFC 5322 and MIME, written out by hand: exact headers, fixed boundaries, large files encoded once.

The standard library's message classes fold and encode a little differently from one Python to the next, and
hold a 20 MB attachment several times over. Here the same input gives the same bytes, and a file is held once
as it is and once encoded.
"""

from __future__ import annotations

import base64
import hashlib
import io
import quopri
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.header import Header
from urllib.parse import quote

from intake.correspondence.display import clean_name
from intake.correspondence.subject import header_text
from intake.errors import IntakeError

CRLF = b"\r\n"
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,248}>")
_LONGEST_LINE = 998  # RFC 5322, 2.1.1
_LONGEST_THREAD = 20
_CHUNK = 57 * 4096  # whole lines of base64: 57 bytes give 76 characters (RFC 2045, 6.8)


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that goes out with a mail."""

    name: str
    media_type: str
    content: bytes


def text_header(name: str, value: str) -> tuple[str, str]:
    """A header of free text, encoded (RFC 2047) and folded."""
    line = header_text(value)
    charset = "us-ascii" if line.isascii() else "utf-8"
    return name, Header(line, charset, header_name=name, maxlinelen=76).encode(linesep="\r\n")


def address_header(name: str, mailboxes: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """An address header from (display name, address) pairs, one to a line."""
    return name, ",\r\n ".join(_mailbox(shown, address) for shown, address in mailboxes)


def id_header(name: str, ids: Iterable[str]) -> tuple[str, str]:
    """A header of message ids; whatever is not one is left out. Long threads keep the first and the latest."""
    bracketed = (one if "<" in one else f"<{one.strip()}>" for one in ids)
    known = list(dict.fromkeys(found for one in bracketed for found in _MESSAGE_ID.findall(one)))
    kept = known if len(known) <= _LONGEST_THREAD else [known[0], *known[1 - _LONGEST_THREAD :]]
    return name, "\r\n ".join(kept)


def usable_address(address: str) -> str:
    """The address, if a relay without SMTPUTF8 can take it and no header can be smuggled in by it."""
    line = address.strip()
    local, _, domain = line.rpartition("@")
    if not domain.isascii():
        try:
            line = f"{local}@{domain.encode('idna').decode('ascii')}"
        except UnicodeError:
            line = ""
    if not _ADDRESS.fullmatch(line):
        raise IntakeError(
            "An email could not be written because an address in it is not a usable email address.",
            "Look at the sender of the message and answer by hand.",
        )
    return line


def _mailbox(shown: str, address: str) -> str:
    spec = usable_address(address)
    line = header_text(shown, limit=100)
    if not line or line == spec:
        return spec
    if line.isascii():
        quoted = re.sub(r'(["\\])', r"\\\1", line)
        return f'"{quoted}" <{spec}>'
    encoded = Header(line, "utf-8", maxlinelen=70).encode(linesep="\r\n")
    return f"{encoded}\r\n <{spec}>"


def assemble(
    headers: Sequence[tuple[str, str]], seed: str, text: str, html: str, enclosures: Sequence[Enclosure] = ()
) -> bytes:
    """The whole message. `seed` fixes the boundaries: give the Message-ID."""
    out = io.BytesIO()
    out.writelines(_header_line(name, value) for name, value in headers if value)
    out.write(b"MIME-Version: 1.0" + CRLF)
    inner = _boundary(seed, "alternative")
    if not enclosures:
        _write_alternative(out, inner, text, html)
        return out.getvalue()
    outer = _boundary(seed, "mixed")
    out.write(f'Content-Type: multipart/mixed; boundary="{outer}"\r\n\r\n--{outer}\r\n'.encode())
    _write_alternative(out, inner, text, html)
    for enclosure in enclosures:
        out.write(f"--{outer}\r\n".encode())
        _write_enclosure(out, enclosure)
    out.write(f"--{outer}--\r\n".encode())
    return out.getvalue()


def _header_line(name: str, value: str) -> bytes:
    line = f"{name}: {value}\r\n"
    # RFC 5322, 2.2.3: a line break inside a header is only ever a fold, followed by a blank.
    broken = re.search(r"\r(?!\n)|(?<!\r)\n|\r\n(?![ \t])|[^\x20-\x7e\r\n\t]", line[:-2])
    if broken or any(len(part) > _LONGEST_LINE for part in line.split("\r\n")):
        raise IntakeError(f"The header {name} of an outgoing mail could not be written.", "Answer by hand.")
    return line.encode("ascii")


def _boundary(seed: str, role: str) -> str:
    # "=_" can stand in neither quoted-printable nor base64, so no content can hold the boundary (RFC 2045, 6.7).
    return f"=_{role}_{hashlib.sha256(f'{role} {seed}'.encode()).hexdigest()[:24]}"


def _write_alternative(out: io.BytesIO, boundary: str, text: str, html: str) -> None:
    out.write(f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n\r\n'.encode())
    for subtype, words in (("plain", text), ("html", html)):
        out.write(f"--{boundary}\r\nContent-Type: text/{subtype}; charset=utf-8\r\n".encode())
        out.write(b"Content-Transfer-Encoding: quoted-printable\r\n\r\n")
        out.write(quopri.encodestring(words.encode("utf-8")).replace(b"\n", CRLF))
        out.write(CRLF)  # the break before a boundary belongs to the boundary (RFC 2046, 5.1.1)
    out.write(f"--{boundary}--\r\n".encode())


def _write_enclosure(out: io.BytesIO, enclosure: Enclosure) -> None:
    name = _header_name(enclosure.name)
    out.write(f"Content-Type: {enclosure.media_type};\r\n name={_name_for_outlook(name)}\r\n".encode())
    out.write(f"Content-Disposition: attachment;\r\n {_disposition_name(name)}\r\n".encode())
    out.write(b"Content-Transfer-Encoding: base64\r\n\r\n")
    view = memoryview(enclosure.content)
    out.writelines(
        base64.encodebytes(view[start : start + _CHUNK]).replace(b"\n", CRLF) for start in range(0, len(view), _CHUNK)
    )


def _header_name(name: str) -> str:
    kept = clean_name(header_text(name))
    while len(quote(kept, safe="")) > _LONGEST_LINE - 100:  # it goes on one line, and the ending must stay
        middle = len(kept) // 2
        kept = kept[: middle - 4] + kept[middle + 4 :]
    return kept


def _disposition_name(name: str) -> str:
    # RFC 2231, 4, in one piece: readers that know the form often do not know its continuations (3).
    return f'filename="{name}"' if name.isascii() else f"filename*=utf-8''{quote(name, safe='')}"


def _name_for_outlook(name: str) -> str:
    # Older Outlooks read only this, an encoded word in the Content-Type's name, which RFC 2047, 5 does not foresee.
    if name.isascii():
        return f'"{name}"'
    return '"' + Header(name, "utf-8", maxlinelen=70).encode(linesep="\r\n") + '"'
