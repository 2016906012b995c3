"""The mails that come in, as bytes: a person's mail in its thread, or what a mail server reports."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import format_datetime

from tests.builders import File as Attachment
from tests.builders import a_message, signature
from tests.conversations.files import the_review
from tests.conversations.records import Bounce, Mail
from tests.service.world import BORDER, COMMISSIONER, SERVICE, covering, stamped

_RESULTS = {"proved": "pass", "unproved": "none", "failed": "fail"}
_DAEMON = "MAILER-DAEMON@mx.intake.example"


@dataclass(frozen=True, slots=True)
class Thread:
    """What an answer needs to know of the mail that it answers."""

    message_id: str
    references: tuple[str, ...]
    subject: str
    sender: str
    text: str

    @classmethod
    def of(cls, raw: bytes) -> Thread:
        mail = message_from_bytes(raw, policy=default)
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("plain",))
        return cls(
            str(mail["Message-ID"] or "").strip(),
            tuple(str(mail["References"] or "").split()),
            str(mail["Subject"]),
            str(mail["From"]),
            body.get_content() if body is not None else "",
        )


def compose(
    mail: Mail,
    *,
    about: str,
    files: list[Attachment],
    answered: Thread | None,
    message_id: str,
    now: datetime,
    fill: Callable[[str, str], str],
) -> bytes:
    """The mail as it lies in the mailbox, with what the border server says of its sender on top."""
    review = the_review(mail.about or about)
    sender = mail.sender or review.sender
    subject = mail.subject or (f"RE: {answered.subject}" if answered else f"Final {review.reference} - {review.csp}")
    link = "" if mail.link is False else mail.link if isinstance(mail.link, str) else None
    text = covering(review, link) if mail.text is None else fill(mail.text, mail.about or about)
    thread = [*answered.references, answered.message_id] if answered else []
    headers = {"In-Reply-To": answered.message_id, "References": " ".join(thread)} if answered else {}
    raw = a_message(
        subject=fill(subject, mail.about or about),
        body=text.strip("\n"),
        files=files,
        sender=sender,
        sender_name=mail.name or ("" if mail.sender and mail.sender != review.sender else review.officer),
        to=mail.to or SERVICE,
        cc=mail.cc,
        signature=signature(review) if mail.signed else "",
        quoted=_quoted(answered) if mail.quotes and answered else "",
        html=fill(mail.html, mail.about or about) if isinstance(mail.html, str) else mail.html,
        review=review,
        headers=headers | mail.headers,
    )
    raw = _with_header(raw, "Date", format_datetime(now))
    raw = _with_header(raw, "Message-ID", message_id)
    return proved(raw, mail.proof)


def proved(raw: bytes, proof: str) -> bytes:
    """The mail under the border server's word on its sender."""
    return raw if proof == "none" else stamped(raw, BORDER, _RESULTS[proof])


def _with_header(raw: bytes, name: str, value: str) -> bytes:
    line = re.compile(rb"^" + name.encode() + rb": [^\n]*\n", re.MULTILINE)
    return line.sub(f"{name}: {value}\n".encode(), raw, count=1)


def _quoted(answered: Thread) -> str:
    head = f"From: {answered.sender}\nSubject: {answered.subject}\n"
    return f"-----Original Message-----\n{head}\n{answered.text.strip()}"


def delivery_report(bounce: Bounce, raw: bytes, envelope_id: str, now: datetime) -> bytes:
    """What a mail server says of a mail of ours. `guessed` knows only what a stranger could make up."""
    mail = message_from_bytes(raw, policy=default)
    recipient = bounce.recipient or str(mail["To"].addresses[0].addr_spec)
    message_id = str(mail["Message-ID"])
    if bounce.form == "guessed":
        message_id, envelope_id = re.sub(r"[0-9a-f]{8,}", "0" * 16, message_id), "intake-1"
    head = (
        f"From: {_DAEMON}\r\nTo: {SERVICE}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        f"Date: {format_datetime(now)}\r\nMessage-ID: <{bounce.label.replace(' ', '-')}@mx.example>\r\n"
        "Return-Path: <>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
    )
    returned = f"Message-ID: {message_id}\r\nSubject: {mail['Subject']}\r\nTo: {recipient}\r\n"
    if bounce.form == "plain":
        words = f"I could not deliver your message to {recipient}.\r\n\r\n--- Below is a copy of its header ---\r\n\r\n"
        body = f"Content-Type: text/plain\r\nX-Failed-Recipients: {recipient}\r\n\r\n{words}{returned}"
        return proved((head + body).encode(), bounce.proof)
    body = (
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: text/plain\r\n\r\nYour message could not be delivered.\r\n"
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nOriginal-Envelope-Id: {envelope_id}\r\n\r\n"
        f"Final-Recipient: rfc822;{recipient}\r\nAction: {bounce.action}\r\nStatus: {bounce.status}\r\n\r\n"
        f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\n{returned}\r\n--b--\r\n"
    )
    return proved((head + body).encode(), bounce.proof)


def names(about: str) -> Mapping[str, str]:
    """What stands for {weblink}, {csp}, {name}, {officer} and {commissioner} in a text about this review."""
    review = the_review(about)
    return {
        "weblink": review.weblink,
        "csp": review.csp,
        "name": review.name,
        "officer": review.officer,
        "kind": review.kind,
        "commissioner": COMMISSIONER,
    }
