"""A mail that is too large for one request, taken apart: a draft as Microsoft Graph's JSON, and its files.

The reader's side of it is kept: subject, text, recipients, thread and the files' bytes. The Message-ID is ours. Headers
that Graph's JSON has no place for go along as the properties that Exchange keeps them in (MS-OXCMAIL, 2.2.3).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import default
from typing import Any

from intake.errors import RelayError

_MOST_HEADERS = 5  # in internetMessageHeaders, whose names begin with x-
_INTERNET_HEADERS = "00020386-0000-0000-C000-000000000046"  # MS-OXPROPS, 1.3.2: PS_INTERNET_HEADERS
_PROPERTIES = {"In-Reply-To": "String 0x1042", "References": "String 0x1039"}  # PidTagInReplyToId, …References


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file of the mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """`message` is the JSON of a draft without its files."""

    message: dict[str, Any]
    files: tuple[DraftFile, ...]


def addressees(content: bytes) -> frozenset[str]:
    """Whom a mail's own headers name: by Graph it goes to these, since there is no envelope."""
    head = content[: content.find(b"\r\n\r\n") + 4] if b"\r\n\r\n" in content else content
    mail = _parsed(head)
    return frozenset(each.addr_spec.lower() for name in ("To", "Cc", "Bcc") for each in _addresses(mail, name))


def take_apart(content: bytes) -> Draft:
    """The draft of a whole mail. Raises RelayError for one that holds what a draft cannot."""
    mail = _parsed(content)
    body = mail.get_body(("html", "plain"))
    attached = list(mail.iter_attachments())
    if body is None or any(part.is_multipart() or part.get_content_type() == "message/rfc822" for part in attached):
        raise RelayError("The email is built in a way that Microsoft Graph cannot take in pieces.", "Send it by hand.")
    message: dict[str, Any] = {
        "subject": str(mail["Subject"] or ""),
        "body": {"contentType": body.get_content_subtype().replace("plain", "text"), "content": body.get_content()},
        "internetMessageId": str(mail["Message-ID"]).strip(),
        "from": next(iter(_recipients(mail, "From")), None),
        "toRecipients": _recipients(mail, "To"),
        "ccRecipients": _recipients(mail, "Cc"),
        "bccRecipients": _recipients(mail, "Bcc"),
        "replyTo": _recipients(mail, "Reply-To"),
        "internetMessageHeaders": _own_headers(mail),
        "singleValueExtendedProperties": list(_properties(mail)),
    }
    files = (_file(part) for part in attached)
    return Draft({name: value for name, value in message.items() if value}, tuple(files))


def _parsed(content: bytes) -> EmailMessage:
    return message_from_bytes(content, policy=default)


def _addresses(mail: EmailMessage, name: str) -> tuple[Address, ...]:
    header = mail[name]
    return tuple(header.addresses) if header is not None else ()


def _recipients(mail: EmailMessage, name: str) -> list[dict[str, Any]]:
    return [_recipient(each) for each in _addresses(mail, name)]


def _recipient(one: Address) -> dict[str, Any]:
    named = {"name": one.display_name} if one.display_name else {}
    return {"emailAddress": {"address": one.addr_spec, **named}}


def _own_headers(mail: EmailMessage) -> list[dict[str, str]]:
    found = [(name, str(value)) for name, value in mail.items() if name.lower().startswith("x-")]
    return [{"name": name, "value": value} for name, value in found[:_MOST_HEADERS]]


def _properties(mail: EmailMessage) -> Iterable[dict[str, str]]:
    for name, identity in _PROPERTIES.items():
        if mail[name]:
            yield {"id": identity, "value": " ".join(str(mail[name]).split())}
    further = [name for name in mail if name.lower().startswith("x-")][_MOST_HEADERS:]
    for name in ("Auto-Submitted", *further):
        if mail[name]:
            yield {"id": f"String {{{_INTERNET_HEADERS}}} Name {name}", "value": str(mail[name])}


def _file(part: EmailMessage) -> DraftFile:
    content = part.get_payload(decode=True)
    return DraftFile(
        part.get_filename() or "file", part.get_content_type(), content if isinstance(content, bytes) else b""
    )
