"""Message-ID, In-Reply-To and References: the identifiers of a thread, each in its angle brackets."""

from __future__ import annotations

import re

from intake.unpacking.headers import decode_header

_MOST = 200
_IN_BRACKETS = re.compile(r"<([^<>\s]{1,500})>")
_BARE = re.compile(r"(?<![^<>\s,;\"])[^<>\s,;\"]{1,500}@[^<>\s,;\"]{1,500}")


def read_identifiers(value: str) -> tuple[str, ...]:
    """The identifiers of a field in order, each once; one without brackets, as some programs write, gets them."""
    text = decode_header(value)
    found = _IN_BRACKETS.findall(text) or _BARE.findall(text[:1000])
    return tuple(dict.fromkeys(f"<{identifier}>" for identifier in found))[-_MOST:]
