"""Mail to the CSP: what is missing, that all is in order, or that a colleague is looking."""

from __future__ import annotations

from collections.abc import Mapping

from intake.correspondence.envelope import build_mail, derive_message_id, labels_of
from intake.correspondence.occasion import CheckWords, Occasion
from intake.correspondence.subject import reply_subject
from intake.correspondence.templates import Templates
from intake.correspondence.view import csp_view
from intake.errors import IntakeError
from intake.model import MailKind, OutgoingMail, Policy, Verdict


def compose_reply(
    verdict: Verdict,
    occasion: Occasion,
    check_titles: Mapping[str, CheckWords],
    templates: Templates,
    *,
    message_id: str | None = None,
    gist: str = "",
) -> OutgoingMail:
    """Names every gap at once, what to do about each, and how to answer; `gist` tells replies of one version apart."""
    if not verdict.gaps(Policy.REQUIRED):
        raise IntakeError(
            "The reply would name no gap: nothing was found to be missing.",
            "Write to the CSP by hand, or release the submission as compliant.",
        )
    return _answer(MailKind.REPLY, verdict, occasion, check_titles, templates, message_id=message_id, gist=gist)


def compose_acknowledgement(
    verdict: Verdict,
    occasion: Occasion,
    check_titles: Mapping[str, CheckWords],
    templates: Templates,
    *,
    message_id: str | None = None,
) -> OutgoingMail:
    """Says that everything is in order and that a copy went to the Commissioner's office."""
    return _answer(MailKind.ACKNOWLEDGEMENT, verdict, occasion, check_titles, templates, message_id=message_id)


def compose_receipt(
    verdict: Verdict, occasion: Occasion, templates: Templates, *, message_id: str | None = None
) -> OutgoingMail:
    """Says that the message arrived and a colleague is looking, and nothing about what was found."""
    return _answer(MailKind.RECEIPT, verdict, occasion, {}, templates, message_id=message_id)


def _answer(
    kind: MailKind,
    verdict: Verdict,
    occasion: Occasion,
    check_titles: Mapping[str, CheckWords],
    templates: Templates,
    *,
    message_id: str | None,
    gist: str = "",
) -> OutgoingMail:
    target = occasion.reply_to or occasion.sender.address
    name = occasion.sender.name if target == occasion.sender.address else ""
    return build_mail(
        occasion.desk,
        kind,
        to=[(name, target)],
        subject=reply_subject(occasion.subject, occasion.reference, "Your DHR report"),
        message_id=message_id
        or derive_message_id(occasion.desk, kind, occasion.reference, occasion.version, gist, occasion.message_id),
        now=occasion.now,
        answers=(*occasion.references, occasion.message_id),
        labels=labels_of(kind, occasion.reference, occasion.version),
        words=templates.render(kind, csp_view(verdict, occasion, check_titles)),
    )
