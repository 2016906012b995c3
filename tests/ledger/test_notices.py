from __future__ import annotations

from intake.ledger import NewNotice
from intake.model import MailKind, Outcome, SubmissionState
from tests.ledger.cases import NOW, Desk, a_mail, act, later

REVIEW = NewNotice(kind="review", key="review:1", reasons=("The kind is in doubt.",))
REMINDER = NewNotice(kind="reminder", key="reminder:1", due_at=later(days=1))


def test_a_notice_is_due_until_its_mail_is_queued_and_then_never_again(desk: Desk) -> None:
    assert desk.ledger.notices.add(REVIEW, NOW)
    assert not desk.ledger.notices.add(REVIEW, NOW)
    (notice,) = desk.ledger.notices.due(NOW)
    assert notice.reasons == ("The kind is in doubt.",)
    assert desk.ledger.notices.queue(notice.id, a_mail(MailKind.NOTICE), NOW) is not None
    assert desk.ledger.notices.queue(notice.id, a_mail(MailKind.NOTICE, "2"), NOW) is None
    assert desk.ledger.notices.due(NOW) == []
    assert not desk.ledger.notices.add(REVIEW, NOW)
    assert desk.ledger.queries.counts().outgoing == {"queued": 1}


def test_a_review_is_told_at_once_and_again_after_a_day_if_nobody_acted(desk: Desk) -> None:
    desk.submits("one", Outcome.REVIEW, notices=(REVIEW, REMINDER))
    assert [notice.kind for notice in desk.ledger.notices.due(NOW)] == ["review"]
    assert desk.ledger.notices.next_due() == NOW
    due = desk.ledger.notices.due(later(days=1))
    assert [(notice.kind, notice.reference, notice.version) for notice in due] == [
        ("review", "DHR-2026-0001-JR", 1),
        ("reminder", "DHR-2026-0001-JR", 1),
    ]


def test_what_a_person_settled_is_not_told_any_more(desk: Desk) -> None:
    desk.submits("one", Outcome.REVIEW, notices=(REVIEW, REMINDER))
    desk.ledger.actions.move("DHR-2026-0001-JR", SubmissionState.CLOSED, act())
    assert desk.ledger.notices.due(later(days=1)) == []
    desk.ledger.actions.move("DHR-2026-0001-JR", SubmissionState.REVIEW, act())
    assert desk.ledger.notices.due(later(days=1)) == []  # who took it back knows


def test_an_alarm_is_told_once_when_it_goes_on_and_once_when_it_goes_off(desk: Desk) -> None:
    facts = desk.ledger.facts
    assert not facts.alarm("imap", NOW, on=False)
    assert facts.alarm("imap", NOW, on=True, reason="no sweep for ten minutes")
    assert not facts.alarm("imap", later(minutes=5), on=True, reason="no sweep for fifteen minutes")
    assert [(name, fact.since) for name, fact in facts.alarms().items()] == [("imap", NOW)]
    assert facts.alarm("imap", later(minutes=9), on=False)
    assert facts.alarms() == {}
    assert facts.alarm("imap", later(minutes=20), on=True)
    kinds = [notice.kind for notice in desk.ledger.notices.due(later(days=1))]
    assert kinds == ["alarm", "recovered", "alarm"]


def test_a_fact_remembers_since_when_it_holds(desk: Desk) -> None:
    facts = desk.ledger.facts
    assert facts.set("sweep", {"ok": True}, NOW)
    assert not facts.set("sweep", {"ok": True}, later(minutes=1))
    fact = facts.get("sweep")
    assert fact is not None
    assert (fact.since, fact.updated_at) == (NOW, later(minutes=1))
    assert facts.set("sweep", {"ok": False}, later(minutes=2))
    assert facts.get("unknown") is None
