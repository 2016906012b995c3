"""A person's own wording of a mail that the program composed: any kind of it, with whatever is attached as it was."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Mapping
from dataclasses import replace
from email.message import EmailMessage

from intake.correspondence.display import unwrap_text
from intake.model import OutgoingMail
from intake.web.forms import WrongField

_LONGEST = 50_000


def field_of(mail: OutgoingMail) -> str:
    """The name of the form's field that holds a mail's text."""
    return f"text-{mail.kind}"


def text_of(content: bytes) -> str:
    """A mail's text as a person edits it: each paragraph on one line."""
    body = _read(content).get_body(("plain",))
    return unwrap_text(str(body.get_content())) if body is not None else ""


def reword(mail: OutgoingMail, typed: Mapping[str, str]) -> OutgoingMail:
    """The mail with the text that a person typed for it. Headers, and with them thread and marks, stay as composed.

    Raises WrongField for a text that cannot be sent.
    """
    text = typed.get(field_of(mail))
    if text is None:
        return mail
    if not text.strip():
        raise WrongField(field_of(mail), "The text of the email is empty", "Write it, or go back")
    if len(text) > _LONGEST:
        raise WrongField(field_of(mail), "The text of the email is too long", f"Keep it below {_LONGEST:,} characters")
    if _lines(text_of(mail.content)) == _lines(text):
        return mail
    message = _read(mail.content)
    # One plain part in place of both forms: an HTML twin would still say what the person struck out.
    words = _words(message)
    words.clear_content()
    words.set_content(text.strip() + "\n", charset="utf-8", cte="quoted-printable")
    return replace(mail, content=message.as_bytes())


def _words(message: EmailMessage) -> EmailMessage:
    """The part that holds the words: the message itself, or the first part of one with files."""
    if message.get_content_type() != "multipart/mixed":
        return message
    first = next(message.iter_parts())
    assert isinstance(first, EmailMessage)  # noqa: S101 - what the policy makes
    return first


def _read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what the policy makes
    return message


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]
