"""What staff read: which submission, why, what to do, and nothing of a report."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from intake.correspondence import Notice, NoticeKind, Templates, compose_notice
from intake.correspondence.samples import SAMPLE_DESK, SAMPLE_OCCASION
from intake.errors import IntakeError
from intake.model import MailKind


def notice(kind: NoticeKind, **changes: Any) -> Notice:
    plain = Notice(kind=kind, now=SAMPLE_OCCASION.now, reference="DHR-2026-0001", version=1, reasons=("Two reports.",))
    return replace(plain, **changes)


@pytest.mark.parametrize("kind", NoticeKind)
def test_every_kind_names_the_submission_the_reason_and_the_next_step(
    kind: NoticeKind, templates: Templates, parse: Any
) -> None:
    made = compose_notice(notice(kind), SAMPLE_DESK, templates)
    mail = parse(made)
    assert made.recipients == SAMPLE_DESK.staff_addresses
    assert made.subject.startswith("[DHR-2026-0001] ")
    assert "- Two reports." in mail.text
    assert "What to do" in mail.text
    assert "{" not in mail.text
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["X-Intake-Notice"] == kind.value
    assert max(len(line) for line in mail.text.splitlines()) <= 78


def test_the_notices_differ_from_each_other(templates: Templates) -> None:
    made = [compose_notice(notice(kind), SAMPLE_DESK, templates) for kind in NoticeKind]
    assert len({mail.message_id for mail in made}) == len({mail.subject for mail in made}) == len(NoticeKind)


def test_it_says_which_mail_and_how_many(templates: Templates, parse: Any) -> None:
    uncertain = parse(compose_notice(notice(NoticeKind.UNCERTAIN, mail=MailKind.FORWARD), SAMPLE_DESK, templates))
    assert "while the forward to the Commissioner was being handed over" in uncertain.flat
    cap = parse(compose_notice(notice(NoticeKind.CAP, count=1), SAMPLE_DESK, templates))
    assert "so one mail is held" in cap.flat


def test_it_leads_to_the_log_or_the_command(templates: Templates, parse: Any) -> None:
    desk = replace(SAMPLE_DESK, log_url="https://log.example/")
    mail = parse(compose_notice(notice(NoticeKind.REVIEW), desk, templates))
    assert "https://log.example/submissions/DHR-2026-0001" in mail.text
    assert '<a href="https://log.example/submissions/DHR-2026-0001">' in mail.html
    aside = parse(compose_notice(notice(NoticeKind.SET_ASIDE, reference="", message=12), desk, templates))
    assert "https://log.example/messages/12" in aside.text
    assert "intake show DHR-2026-0001" in parse(compose_notice(notice(NoticeKind.REVIEW), SAMPLE_DESK, templates)).text


def test_alarms_without_a_submission_are_told_apart_by_their_time(templates: Templates, parse: Any) -> None:
    first = compose_notice(notice(NoticeKind.ALARM, reference="", version=0), SAMPLE_DESK, templates)
    later = SAMPLE_OCCASION.now + timedelta(hours=1)
    second = compose_notice(notice(NoticeKind.ALARM, reference="", version=0, now=later), SAMPLE_DESK, templates)
    assert first.message_id != second.message_id
    assert first.subject == "Alarm: the service needs attention"
    assert "intake show" not in parse(first).text


def test_a_notice_to_nobody_is_refused(templates: Templates) -> None:
    with pytest.raises(IntakeError, match="no recipient"):
        compose_notice(notice(NoticeKind.ALARM), replace(SAMPLE_DESK, staff_addresses=()), templates)
