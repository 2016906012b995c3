"""What staff are told has been sent: what left, what came back, what may have arrived; never more than is so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from intake.cases.truth import in_a_line, what_was_sent
from intake.ledger import FindingRow, JudgementRow, OutgoingRow, SubmissionRow, SubmissionView
from intake.model import MailKind, Outcome, OutgoingState, SubmissionState

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def shown(moment: datetime) -> str:
    return f"{moment:%d %B}"


def mail(kind: MailKind, state: OutgoingState = OutgoingState.SENT, *, day: int = 0, **changes: Any) -> OutgoingRow:
    row = OutgoingRow(
        id=1,
        kind=kind,
        state=state,
        submission=1,
        reference="DHR-2026-0001-KX",
        version=1,
        answers=1,
        hold_reason=None,
        sender="dhr@intake.example",
        subject="About a report",
        message_id="<1@intake.example>",
        envelope_id="1",
        sha256="0" * 64,
        size=1,
        created_at=NOW,
        due_at=NOW,
        attempt_count=1,
        report_sha256=None,
        gist=None,
        first_attempt_at=NOW,
        settled_at=NOW + timedelta(days=day) if state is OutgoingState.SENT else None,
        bounced_at=None,
        evidence=None,
        last_code=None,
        last_detail=None,
        row_version=1,
        csp="Northmere CSP",
        case_name="Ada",
    )
    return replace(row, **changes)


def test_nothing_has_been_sent() -> None:
    none = ("Its report has not gone to the Commissioner.", "The CSP has had no answer.")
    cancelled = [mail(kind, OutgoingState.CANCELLED) for kind in (MailKind.FORWARD, MailKind.REPLY)]
    assert what_was_sent([], shown) == none
    assert what_was_sent(cancelled, shown) == none
    assert what_was_sent([mail(MailKind.NOTICE)], shown) == none


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (OutgoingState.SENT, "Its report went to the Commissioner on 23 November."),
        (
            OutgoingState.UNCERTAIN,
            "Its report may have reached the Commissioner: the delivery is uncertain.",
        ),
        (OutgoingState.FAILED, "The forward to the Commissioner could not be delivered."),
        (OutgoingState.HELD, "The forward to the Commissioner waits for a person’s release."),
        (OutgoingState.QUEUED, "The forward to the Commissioner is on its way."),
        (OutgoingState.DATA_STARTED, "The forward to the Commissioner is on its way."),
    ],
)
def test_what_became_of_the_forward(state: OutgoingState, told: str) -> None:
    assert what_was_sent([mail(MailKind.FORWARD, state)], shown)[0] == told


def test_a_forward_that_came_back_did_not_arrive() -> None:
    returned = mail(MailKind.FORWARD, bounced_at=NOW)
    told, _ = what_was_sent([returned], shown)
    assert told == "The forward to the Commissioner came back as undeliverable."


def test_an_earlier_copy_is_named_beside_the_new_one() -> None:
    told, _ = what_was_sent([mail(MailKind.FORWARD), mail(MailKind.FORWARD, OutgoingState.HELD)], shown)
    assert told == ("The forward to the Commissioner waits for a person’s release. An earlier one went on 23 November.")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (mail(MailKind.REPLY), "The CSP was asked for what is missing on 23 November."),
        (mail(MailKind.ACKNOWLEDGEMENT, day=1), "The CSP was told that everything is in order on 24 November."),
        (mail(MailKind.RECEIPT), "The CSP was told that a colleague is looking on 23 November."),
        (mail(MailKind.REPLY, OutgoingState.HELD), "An answer to the CSP waits for a person’s release."),
        (mail(MailKind.REPLY, OutgoingState.DEFERRED), "An answer to the CSP is on its way."),
        (mail(MailKind.REPLY, OutgoingState.UNCERTAIN), "An answer to the CSP may not have arrived."),
        (mail(MailKind.REPLY, OutgoingState.FAILED), "An answer to the CSP may not have arrived."),
        (mail(MailKind.REPLY, bounced_at=NOW), "An answer to the CSP may not have arrived."),
    ],
)
def test_what_the_csp_was_told(answer: OutgoingRow, told: str) -> None:
    assert what_was_sent([answer], shown)[1] == told


def test_the_latest_answer_is_the_one_that_is_told() -> None:
    _, told = what_was_sent([mail(MailKind.REPLY), mail(MailKind.ACKNOWLEDGEMENT, day=2)], shown)
    assert told == "The CSP was told that everything is in order on 25 November."


# --- in a line --------------------------------------------------------------------------------------------------------


def line(*mails: OutgoingRow, judgements: tuple[JudgementRow, ...] = ()) -> tuple[str, str]:
    row = SubmissionRow(
        id=1,
        reference="DHR-2026-0001-KX",
        state=SubmissionState.REVIEW,
        outcome=Outcome.REVIEW,
        version=1,
        csp=None,
        case_name=None,
        sender=None,
        sender_domain=None,
        weblink=None,
        report_sha256=None,
        on_hold=False,
        released_sha256=None,
        judgement_id=None,
        opened_at=NOW,
        changed_at=NOW,
        state_since=NOW,
        completed_at=None,
        row_version=1,
    )
    view = SubmissionView(
        submission=row, messages=(), judgements=judgements, doubts=(), outgoing=mails, notes=(), events=()
    )
    return in_a_line(view, shown)


@pytest.mark.parametrize(
    ("state", "changes", "told"),
    [
        (OutgoingState.SENT, {}, "sent 23 November"),
        (OutgoingState.UNCERTAIN, {}, "may have arrived"),
        (OutgoingState.HELD, {}, "waits for a person’s release"),
        (OutgoingState.QUEUED, {}, "waits to leave"),
        (OutgoingState.DATA_STARTED, {}, "is being sent"),
        (OutgoingState.FAILED, {"last_code": 550, "last_detail": "5.1.1 no such user"}, "failed (recipient unknown)"),
        (OutgoingState.FAILED, {"last_code": 552, "last_detail": "5.3.4 too big"}, "failed (too large for them)"),
        (OutgoingState.FAILED, {"last_code": 554, "last_detail": "go away"}, "failed (refused with 554)"),
        (OutgoingState.SENT, {"bounced_at": NOW}, "came back 23 November"),
    ],
)
def test_the_line_about_the_commissioner_names_the_fate_of_the_latest_forward(
    state: OutgoingState, changes: dict[str, Any], told: str
) -> None:
    assert line(mail(MailKind.FORWARD, state, **changes)) == (told, "no answer yet")


def test_nothing_sent_is_said_in_a_line() -> None:
    assert line() == ("not sent", "no answer yet")
    assert line(mail(MailKind.FORWARD, OutgoingState.CANCELLED))[0] == "not sent"


def test_the_line_about_the_csp_names_what_was_asked_for_then() -> None:
    def judged(at: datetime, *checks: str) -> JudgementRow:
        found = tuple(
            FindingRow(
                check=check,
                status="gap",
                policy="required",
                certainty="certain",
                fault=None,
                summary="",
                remedy="",
                evidence=(),
                blocked_by=None,
                rules_version="1",
            )
            for check in checks
        )
        return JudgementRow(
            id=1,
            message=1,
            round=1,
            judged_at=at,
            kind="final-submission",
            certainty="certain",
            outcome="gaps",
            reasons=(),
            verdict={},
            rules_version="1",
            findings=found,
            files=(),
        )

    entries = (judged(NOW, "weblink"), judged(NOW + timedelta(days=1), "size-limit"))
    asked = line(mail(MailKind.REPLY), judgements=entries)[1]
    assert asked == "asked for “The weblink to where the report will be published” 23 November"
    assert line(mail(MailKind.ACKNOWLEDGEMENT))[1] == "told that all is in order 23 November"
    assert line(mail(MailKind.REPLY, OutgoingState.UNCERTAIN))[1] == "answer may have arrived"
