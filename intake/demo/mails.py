"""Sample mails: what partnerships and others write to the enquiries mailbox, as RFC 5322 bytes."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr
from typing import Any

from intake.demo.reviews import NORTHMERE, Review

TO = "dhrenquiries@intake.example"
DISCLAIMER = (
    "This email and any files sent with it are confidential and meant only for the person to whom they are "
    "addressed. If you have received it by mistake please tell the sender and delete it."
)
_TYPES = {
    "pdf": ("application", "pdf"),
    "docx": ("application", "vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "zip": ("application", "zip"),
    "png": ("image", "png"),
    "jpg": ("image", "jpeg"),
    "txt": ("text", "plain"),
}


@dataclass(frozen=True, slots=True)
class File:
    """One attachment. `media_type` "" goes by the name; `name` "" is an attachment without any."""

    name: str
    content: bytes
    media_type: str = ""
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to be. `html` is made of the body when it is True; `body` is what the sender wrote this time."""

    subject: str = "Final DHR report"
    body: str = ""
    files: Sequence[File] = ()
    sender: str = ""
    sender_name: str = ""
    to: str = TO
    cc: Sequence[str] = ()
    signature: str = ""
    quoted: str = ""
    html: bool | str = False
    html_only: bool = False
    marking: str = ""  # a security marking in front of the subject
    headers: Mapping[str, str] = field(default_factory=dict)
    review: Review = NORTHMERE
    number: int = 1  # makes the Message-ID and moves the date
    in_reply_to: str = ""


def a_message(mail: Mail | None = None, report: bytes | None = None, **changes: Any) -> bytes:
    """The mail as bytes: `a_message(report=a_report(), body="…")`, `a_message(Mail(…))`."""
    mail = mail or Mail(**changes)
    message = EmailMessage()
    _address(message, mail)
    text = "\n\n".join(part for part in (mail.body, mail.signature, mail.quoted) if part) + "\n"
    page = mail.html if isinstance(mail.html, str) else as_html(text)
    if mail.html_only:
        message.set_content(page, subtype="html")
    else:
        message.set_content(text)
        if mail.html:
            message.add_alternative(page, subtype="html")
    files = list(mail.files)
    if report is not None:
        files.insert(0, File(f"{mail.review.short_kind} {mail.review.name} final.pdf", report))
    for file in files:
        _attach(message, file)
    for number, part in enumerate(message.walk()):
        if part.get_content_maintype() == "multipart":
            part.set_boundary(f"=_sample_{mail.number}_{number}")  # else chance makes one
    return message.as_bytes()


def _address(message: EmailMessage, mail: Mail) -> None:
    review = mail.review
    sender = mail.sender or review.sender
    when = datetime(2026, 11, 2, 9, 30, tzinfo=UTC) + timedelta(hours=mail.number)
    message["From"] = formataddr((mail.sender_name or review.officer, sender))
    message["To"] = mail.to
    if mail.cc:
        message["Cc"] = ", ".join(mail.cc)
    message["Subject"] = f"{mail.marking} {mail.subject}".strip()
    message["Date"] = format_datetime(when)
    message["Message-ID"] = f"<sample-{mail.number}-{abs(_sum(mail.subject + mail.body))}@{sender.rpartition('@')[2]}>"
    if mail.in_reply_to:
        message["In-Reply-To"] = message["References"] = mail.in_reply_to
    for name, value in mail.headers.items():
        message[name] = value


def _sum(text: str) -> int:
    # hash() of a string differs from run to run
    return sum(ord(letter) * (place + 1) for place, letter in enumerate(text))


def _attach(message: EmailMessage, file: File) -> None:
    ending = file.name.rpartition(".")[2].lower()
    main, sub = _TYPES.get(ending, ("application", "octet-stream"))
    if file.media_type:
        main, _, sub = file.media_type.partition("/")
    disposition, name = "inline" if file.inline else "attachment", file.name or None
    if main == "text":
        message.add_attachment(file.content.decode(), subtype=sub, disposition=disposition, filename=name)
    else:
        message.add_attachment(file.content, maintype=main, subtype=sub, disposition=disposition, filename=name)


def signature(review: Review, disclaimer: bool = True) -> str:
    """A council officer's signature block with the council's home page in it."""
    lines = [
        "Kind regards",
        "",
        review.officer,
        review.officer_title,
        review.council,
        f"{review.street}, {review.town} {review.postcode}",
        "Tel: 01632 960 147",
        f"www.{review.domain}",
        f"Follow us: https://twitter.com/{review.town.lower()}council",
    ]
    return "\n".join(lines + (["", DISCLAIMER] if disclaimer else []))


def quoted_request(review: Review, day: str = "12 March 2024") -> str:
    """The Home Office's covering mail that an answer carries below itself."""
    return (
        f"From: DHR Enquiries <DHREnquiries@homeoffice.gov.uk>\nSent: {day} 14:02\nTo: {review.officer} "
        f"<{review.sender}>\nSubject: {review.reference}: QA Panel feedback letter\n\nDear {review.officer.split()[0]},"
        "\n\nPlease find attached the letter of the Quality Assurance Panel. Once the changes are made, please send us "
        "the final report as a PDF with the action plan and this letter as annexes, and the weblink to the site where "
        "it will be published. The guidance is at https://www.gov.uk/government/publications/"
        "revised-statutory-guidance-for-the-conduct-of-domestic-homicide-reviews\n\nMany thanks\nDHR Enquiries"
    )


def as_html(text: str) -> str:
    """Plain text as the simple HTML a mail program would make of it."""
    blocks = [f"<p>{html.escape(block).replace(chr(10), '<br>')}</p>" for block in text.strip().split("\n\n")]
    return f"<html><body>{''.join(blocks)}</body></html>"
