"""What a message in one of Outlook's own formats holds: winmail.dat (`tnef`) and a saved message (`msg`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from intake.model import Address


@dataclass(slots=True)
class OutlookFile:
    """One attachment; `message` when its content is a message in TNEF, `inner` when it is one that was opened."""

    name: str = ""
    content: bytes = b""
    declared_type: str = "application/octet-stream"
    content_id: str = ""
    message: bool = False
    inner: OutlookMessage | None = None


@dataclass(slots=True)
class OutlookMessage:
    """Its bodies and files; `damaged` when it breaks off."""

    plain: str = ""
    html: str = ""
    rtf: bytes = b""  # still compressed
    author: Address | None = None
    headers: bytes = b""  # those it came with, if it says
    subject: str = ""
    files: list[OutlookFile] = field(default_factory=list)
    damaged: bool = False
