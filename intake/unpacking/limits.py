"""How much of one message is opened before the rest is left for a person."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UnpackLimits:
    """Bounds on one message. Real submissions stay far below all of them."""

    parts: int = 1000  # MIME parts looked at, forwarded messages' own included
    depth: int = 24  # multiparts and forwarded messages inside each other
    files: int = 500  # files handed on
    header_bytes: int = 1024 * 1024
    headers: int = 1000
    body_characters: int = 500_000
    html_characters: int = 4_000_000  # pictures may be written into the HTML itself
    archive_depth: int = 3
    archive_total: int = 200 * 1024 * 1024  # bytes out of all archives of one message together
    archive_ratio: int = 200  # bytes out for each byte in, counted from 10 MB on
    links: int = 1000
