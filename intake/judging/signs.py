"""One thing that speaks for a program as the author of a mail, and what several such things look at."""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.model import Unpacked

_REPORT_FILE = re.compile(r"\.(?:pdf|docx?|docm|odt|rtf|pages|zip|7z|eml|msg)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sign:
    """One thing that speaks for a program as the author: three points decide."""

    points: int
    reason: str


def null_sender(unpacked: Unpacked) -> bool:
    """Whether the mail has no return address, as what servers write has none (RFC 5321, 4.5.5)."""
    return any("".join(value.split()) == "<>" for value in unpacked.header_all("Return-Path"))


def may_hold_report(unpacked: Unpacked) -> bool:
    """Whether a file came that could be a report."""
    return any(
        file.declared_type == "application/pdf"
        or bool(_REPORT_FILE.search(file.name))
        or file.content[:1024].lstrip().startswith(b"%PDF-")
        for file in unpacked.attachments
        if not file.inline
    )
