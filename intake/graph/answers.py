"""What Graph says: its errors as GraphError, its waits in seconds, its answers as tables."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import httpx

from intake.errors import IntakeError

HINTS = {
    401: "Check [oauth]: the application's secret or certificate, its tenant, and that consent was given.",
    403: "Check the application's permissions (Mail.ReadWrite, Mail.Send), that consent was given, and that it may use "
    "this mailbox; docs/microsoft-365.md says how.",
    404: "Check the mailbox's name in the settings: its address, or its user principal name.",
}


class GraphError(IntakeError):
    """Graph could not be reached, or did not do what it was asked.

    `status` is HTTP's (0: there was no answer, and the line is gone), `code` Graph's own word.
    """

    def __init__(self, message: str, hint: str, status: int = 0, code: str = "") -> None:
        super().__init__(message, hint)
        self.status = status
        self.code = code


def error_code(answer: httpx.Response) -> str:
    """Graph's own word for what is wrong; its sentences may name people, so they are left out."""
    try:
        told = answer.json()
    except ValueError:
        return ""
    error = told.get("error") if isinstance(told, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code[:80] if isinstance(code, str) and code.isascii() and code.replace(".", "").isalnum() else ""


def segment(name: str) -> str:
    """An id as one step of a path: ids may hold "/", "+" and "="."""
    return quote(name, safe="")


def retry_after(answer: httpx.Response) -> float:
    """The seconds that an answer asks to wait: a number, or a date (RFC 9110, 10.2.3); 0 where it names none."""
    told = answer.headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return float(told)
    try:
        return max(0.0, (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0


def table(answer: httpx.Response, server: str) -> dict[str, Any]:
    if not answer.content:
        return {}
    try:
        told = answer.json()
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise GraphError(f"{server} gave an answer that is not Microsoft Graph's.", "Check [graph] endpoint.")
    return told
