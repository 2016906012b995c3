"""A person's own wording of a reply that the program composed."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage

from intake.errors import UsageError
from intake.model import MailKind, OutgoingMail

_LONGEST = 50_000


def reword_reply(mail: OutgoingMail, text: str) -> OutgoingMail:
    """A reply with another text; any other mail as it is. Headers, and with them thread and marks, stay as composed."""
    if mail.kind is not MailKind.REPLY:
        return mail
    if not text.strip():
        raise UsageError("The reply is empty.", "Write the reply, or go back.")
    if len(text) > _LONGEST:
        raise UsageError("The reply is too long.", f"Keep it below {_LONGEST} characters.")
    message = email.message_from_bytes(mail.content, policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what the policy makes
    body = message.get_body(("plain",))
    if body is not None and _lines(str(body.get_content())) == _lines(text):
        return mail
    # One plain part in place of both forms: an HTML twin would still say what the person struck out.
    message.clear_content()
    message.set_content(text.strip() + "\n", charset="utf-8", cte="quoted-printable")
    return replace(mail, content=message.as_bytes())


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]
