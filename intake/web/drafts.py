"""Mail before it leaves: what a decision would send, shown to the person who decides, and their own wording of it."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage

from intake.errors import UsageError
from intake.ledger import NewMail
from intake.message_store import MessageStore
from intake.model import MailKind

_LONGEST = 50_000


def reword(store: MessageStore, mail: NewMail, text: str) -> NewMail:
    """The same mail with another text. Headers, and with them thread and marks, stay as they were composed."""
    if not text.strip():
        raise UsageError("The reply is empty.", "Write the reply, or go back.")
    if len(text) > _LONGEST:
        raise UsageError("The reply is too long.", f"Keep it below {_LONGEST} characters.")
    message = email.message_from_bytes(store.read(mail.sha256), policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what the policy makes
    body = message.get_body(("plain",))
    if body is not None and _lines(str(body.get_content())) == _lines(text):
        return mail
    # One plain part in place of both forms: an HTML twin would still say what the person struck out.
    message.clear_content()
    message.set_content(text.strip() + "\n", charset="utf-8", cte="quoted-printable")
    content = message.as_bytes()
    return replace(mail, sha256=store.put_bytes(content).sha256, size=len(content))


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip().splitlines()]


def the_reply(mails: list[NewMail]) -> NewMail | None:
    """The reply to the CSP among composed mails."""
    return next((mail for mail in mails if mail.kind is MailKind.REPLY), None)
