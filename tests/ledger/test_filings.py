from __future__ import annotations

from intake.ledger import NewArrival
from tests.ledger.cases import NOW, Desk, act, digest, later


def test_filing_is_due_only_after_the_judgement(desk: Desk) -> None:
    desk.arrives("one")
    assert desk.ledger.filings.due(NOW) == []
    claim = desk.claims()
    desk.ledger.judgements.commit(claim, desk.judgement(claim), NOW)
    (filing,) = desk.ledger.filings.due(NOW)
    assert (filing.mailbox, filing.folder, filing.uidvalidity, filing.uid) == ("dhr", "INBOX", 7, 100)
    assert filing.target == "Processed"


def test_a_failed_filing_is_tried_again_and_done_once(desk: Desk) -> None:
    desk.submits("one")
    (filing,) = desk.ledger.filings.due(NOW)
    desk.ledger.filings.failed(filing.id, "NO folder", later(minutes=5), NOW)
    assert desk.ledger.filings.due(NOW) == []
    (again,) = desk.ledger.filings.due(later(minutes=5))
    assert again.attempts == 1
    desk.ledger.filings.done(again.id, later(minutes=5))
    desk.ledger.filings.gone(again.id, later(minutes=5))
    assert desk.ledger.filings.due(later(days=1)) == []
    assert desk.ledger.queries.message(1).message.filing == "done"


def test_a_message_that_a_person_moved_is_gone_and_asked_for_no_more(desk: Desk) -> None:
    desk.submits("one")
    (filing,) = desk.ledger.filings.due(NOW)
    desk.ledger.filings.gone(filing.id, NOW)
    assert desk.ledger.filings.due(later(days=1)) == []


def test_after_a_renumbering_the_message_is_filed_under_the_uid_it_has_now(desk: Desk) -> None:
    desk.submits("one")
    renumbered = desk.ledger.arrivals.open_folder("dhr", "INBOX", 8, 5, NOW)
    copy = NewArrival(position=renumbered, uid=4, sha256=digest("one"), size=3, message_id=None, internal_date=None)
    desk.ledger.arrivals.record(copy, NOW)
    (filing,) = desk.ledger.filings.due(NOW)
    assert (filing.uidvalidity, filing.uid) == (8, 4)


def test_a_new_judgement_may_file_elsewhere(desk: Desk) -> None:
    desk.submits("one")
    (filing,) = desk.ledger.filings.due(NOW)
    desk.ledger.filings.done(filing.id, NOW)
    desk.ledger.filings.require(1, "Review", NOW)
    (again,) = desk.ledger.filings.due(NOW)
    assert (again.id, again.target) == (filing.id, "Review")
    assert desk.ledger.submissions.get("DHR-2026-0001-JR").version == 1
    desk.ledger.actions.note("DHR-2026-0001-JR", act())
