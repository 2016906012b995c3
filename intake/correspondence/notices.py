"""Notices to staff: one thing that waits for a person, with the reason and what to do, and nothing of a report."""

from __future__ import annotations

from intake.correspondence.envelope import build_mail, derive_message_id, labels_of
from intake.correspondence.notice_words import NOTICES, notice_view
from intake.correspondence.occasion import Desk, Notice
from intake.correspondence.subject import own_subject
from intake.correspondence.templates import Templates
from intake.model import MailKind, OutgoingMail


def compose_notice(notice: Notice, desk: Desk, templates: Templates, *, message_id: str | None = None) -> OutgoingMail:
    """One mail to everyone on the staff list."""
    about = notice.mail.value if notice.mail else ""
    when = "" if notice.reference else notice.now.isoformat()
    derived = derive_message_id(
        desk, MailKind.NOTICE, notice.reference, notice.version, notice.kind.value, about, when, *notice.reasons
    )
    return build_mail(
        desk,
        MailKind.NOTICE,
        to=[("", address) for address in desk.staff_addresses],
        subject=own_subject(NOTICES[notice.kind].title, notice.reference),
        message_id=message_id or derived,
        now=notice.now,
        labels=[
            *labels_of(MailKind.NOTICE, notice.reference, notice.version),
            ("X-Intake-Notice", notice.kind.value),
        ],
        words=templates.render(MailKind.NOTICE, notice_view(notice, desk)),
    )
