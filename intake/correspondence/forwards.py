"""The forward to the Commissioner: a cover note, the report's bytes unchanged, and a manifest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace

from intake.correspondence.display import clean_name
from intake.correspondence.envelope import build_mail, derive_message_id, labels_of
from intake.correspondence.manifest import NAME, build_manifest
from intake.correspondence.mime import Enclosure
from intake.correspondence.occasion import CheckWords, Occasion
from intake.correspondence.subject import own_subject
from intake.correspondence.templates import Templates
from intake.correspondence.view import commissioner_view, subject_of_review
from intake.errors import IntakeError
from intake.model import Attachment, FileFacts, MailKind, OutgoingMail, Verdict


def compose_forward(
    verdict: Verdict,
    occasion: Occasion,
    check_titles: Mapping[str, CheckWords],
    templates: Templates,
    report: Attachment,
    *,
    message_id: str | None = None,
) -> OutgoingMail:
    """Passes the judged report on, once it is certain that these are the bytes that were judged."""
    facts = _judged(verdict, report)
    desk, kind = occasion.desk, MailKind.FORWARD
    topic = "Final DHR report" if occasion.version == 1 else f"Final DHR report, version {occasion.version}"
    about = subject_of_review(verdict)
    return build_mail(
        desk,
        kind,
        to=[("", desk.commissioner_address)],
        subject=own_subject(f"{topic}: {about}" if about else topic, occasion.reference, occasion.subject),
        message_id=message_id or derive_message_id(desk, kind, occasion.reference, occasion.version, facts.sha256),
        now=occasion.now,
        labels=labels_of(kind, occasion.reference, occasion.version),
        words=templates.render(kind, commissioner_view(verdict, occasion, check_titles, facts)),
        enclosures=(
            Enclosure(facts.name, "application/pdf", report.content),
            Enclosure(NAME, "application/json", build_manifest(verdict, occasion, facts)),
        ),
    )


def _judged(verdict: Verdict, report: Attachment) -> FileFacts:
    found = hashlib.sha256(report.content).hexdigest()
    if verdict.report is None or found != verdict.report.sha256:
        raise IntakeError(
            "The file to forward is not the report that was checked.",
            "Have the message checked again, then release it.",
        )
    name = clean_name(verdict.report.name)
    # Readers open a file by its ending, and this one is known to be a PDF whatever it was called.
    named = name if name.lower().endswith(".pdf") else f"{name}.pdf"
    return replace(verdict.report, name=named, size=len(report.content))
