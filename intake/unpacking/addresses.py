"""Address fields, read strictly: mail is answered only where the address is beyond doubt.

`email.utils.parseaddr` makes one address of `alice@example.org)bob@example.net` in some versions of Python; this
reader refuses what does not follow RFC 5322, 3.4, with two exceptions that real programs write: an unquoted
comma in a name ("Smith, Jane <j@x>") and a name that repeats the address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from intake.model import Address
from intake.unpacking.headers import decode_header

_LONGEST = 32 * 1024
_MOST = 200
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')
_TOKEN = re.compile(r'[(),:;<>]|[^"(),:;<>]+|"')
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"({_LOCAL})@((?:{_LABEL}\.)+{_LABEL})")


def read_addresses(value: str) -> tuple[Address, ...]:
    """The addresses of a To, Cc or Reply-To field, those that are in order; group names are dropped."""
    found: list[Address] = []
    for piece in _split(value, groups=True) or ():
        address = _read_mailbox(piece)
        if address is not None and len(found) < _MOST:
            found.append(address)
    return tuple(found)


def read_sender(values: list[str]) -> Address | None:
    """The one author's address of the From fields; None when there is not exactly one."""
    if len(values) != 1:
        return None
    pieces = _split(values[0], groups=False)
    if pieces is None:
        return None
    # "Smith, Jane <j@x>": a piece without an address belongs to the name that goes on after the comma
    if any("@" in mark or "<" in mark for piece in pieces[:-1] for mark in piece):
        return None
    return _read_mailbox([mark for piece in pieces for mark in piece])


def valid_address(text: str) -> str | None:
    """An address with its domain in lower case; None when it is not one."""
    match = _ADDRESS.fullmatch(text) if len(text) <= 254 else None
    return f"{match[1]}@{match[2].lower()}" if match and len(match[1]) <= 64 else None


def _split(value: str, *, groups: bool) -> list[list[str]] | None:
    """Tokens between commas, comments left out; None when brackets or groups are not in order."""
    pieces: list[list[str]] = [[]]
    comment = 0
    angle = False
    for mark in _tokens(value[:_LONGEST]):
        if mark == "(":
            comment += 1
        elif comment:
            comment -= mark == ")"
        elif mark in {")", '"'} or (mark == "<" and angle) or (mark == ">" and not angle):
            return None
        elif mark in {":", ";"} and not angle:
            if not groups:
                return None
            pieces.append([])  # the group's name before, its end behind
        elif mark == "," and not angle:
            pieces.append([])
        else:
            angle = mark == "<" or (angle and mark != ">")
            pieces[-1].append(mark)
    return None if comment or angle else pieces


def _tokens(value: str) -> Iterator[str]:
    """Quoted strings, signs and runs of other text; a quotation mark alone where nothing closes it."""
    position = 0
    closes = True
    while position < len(value):
        quoted = _QUOTED.match(value, position) if closes and value[position] == '"' else None
        # After one that stays open none is looked for again: that would take time by the square of the length.
        closes = closes and (quoted is not None or value[position] != '"')
        match = quoted or _TOKEN.match(value, position)
        if match is None:
            return
        yield match[0]
        position = match.end()


def _read_mailbox(tokens: list[str]) -> Address | None:
    tokens = [token for token in tokens if token.strip()]
    if "<" not in tokens:
        address = valid_address("".join(tokens).strip())
        return Address(address) if address else None
    opening = tokens.index("<")
    if tokens[-1] != ">" or ">" in tokens[:-1]:
        return None
    address = valid_address("".join(tokens[opening + 1 : -1]).strip())
    if address is None:
        return None
    words = tokens[:opening]
    bare = "".join(word for word in words if not word.startswith('"')).strip()
    if "@" in bare and bare.lower() != address.lower():
        return None  # two addresses, and no saying which one is meant
    name = " ".join(_plain(word) for word in words)
    return Address(address, decode_header(name))


def _plain(word: str) -> str:
    word = word.strip()
    return re.sub(r"\\(.)", r"\1", word[1:-1]) if word.startswith('"') else word
