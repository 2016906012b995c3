from __future__ import annotations

from datetime import timedelta

import pytest

from intake.errors import NotFound
from intake.ledger import Joining, Ledger, NewArrival, Position
from intake.model import Doubt, MessageState, Outcome
from tests.ledger.cases import NOW, Desk, a_mail, act, digest, later


def _arrival(position: Position, uid: int, text: str) -> NewArrival:
    return NewArrival(
        position=position, uid=uid, sha256=digest(text), size=len(text), message_id="<a@b>", internal_date=NOW
    )


def test_first_start_begins_at_uidnext_and_leaves_earlier_mail_alone(ledger: Ledger) -> None:
    position = ledger.arrivals.open_folder("dhr", "INBOX", 7, 5120, NOW)
    assert (position.first_uid, position.next_uid, position.watched_since) == (5120, 5120, NOW)
    assert ledger.arrivals.unfetched(position) == []


def test_opening_again_goes_on_where_it_was(ledger: Ledger) -> None:
    position = ledger.arrivals.open_folder("dhr", "INBOX", 7, 100, NOW)
    assert ledger.arrivals.note_listed(position, [100, 103], 104, NOW) == 2
    again = ledger.arrivals.open_folder("dhr", "INBOX", 7, 104, later(hours=1))
    assert (again.first_uid, again.next_uid, again.epoch_id) == (100, 104, position.epoch_id)
    assert ledger.arrivals.unfetched(again) == [100, 103]


def test_listed_uids_wait_to_be_fetched_until_recorded_or_vanished(ledger: Ledger) -> None:
    position = ledger.arrivals.open_folder("dhr", "INBOX", 7, 1, NOW)
    ledger.arrivals.note_listed(position, [1, 2, 3], 4, NOW)
    ledger.arrivals.record(_arrival(position, 1, "one"), NOW)
    ledger.arrivals.record_vanished(position, 2, NOW)
    assert ledger.arrivals.unfetched(position) == [3]


def test_same_bytes_again_are_a_duplicate_whatever_their_uid(desk: Desk) -> None:
    first = desk.arrives("one")
    second = desk.arrives("one")
    assert (first.state, second.state, second.duplicate_of) == (MessageState.ARRIVED, MessageState.DUPLICATE, first.id)


def test_same_message_id_with_other_bytes_is_not_a_duplicate(desk: Desk) -> None:
    desk.arrives("one", message_id="<same@id>")
    assert desk.arrives("two", message_id="<same@id>").state is MessageState.ARRIVED


def test_recording_the_same_uid_and_bytes_twice_changes_nothing(desk: Desk) -> None:
    first = desk.arrives("one", uid=100)
    again = desk.arrives("one", uid=100)
    assert again.known
    assert again.id == first.id
    assert desk.ledger.arrivals.balance("dhr", "INBOX", NOW).seen == 1


def test_a_uid_given_twice_keeps_both_messages(desk: Desk) -> None:
    first, second = desk.arrives("one", uid=100), desk.arrives("two", uid=100)
    assert first.id != second.id
    assert second.state is MessageState.ARRIVED
    assert not second.known
    balance = desk.ledger.arrivals.balance("dhr", "INBOX", NOW)
    assert (balance.seen, balance.arrived, balance.balanced) == (2, 2, True)


def test_reading_can_go_back_and_knows_what_else_was_there(desk: Desk) -> None:
    arrivals = desk.ledger.arrivals
    desk.arrives("one", uid=100, message_id="<one@id>")
    back = arrivals.rewind(desk.position, 100, NOW)
    assert arrivals.position("dhr", "INBOX") == back
    assert back.next_uid == 100
    (known,) = arrivals.given_again(back, {100: ("<two@id>", NOW), 101: ("<three@id>", NOW)})
    assert known == 100


def test_a_vanished_message_that_comes_after_all_has_arrived(desk: Desk) -> None:
    desk.ledger.arrivals.record_vanished(desk.position, 100, NOW)
    assert desk.arrives("one", uid=100).state is MessageState.ARRIVED
    balance = desk.ledger.arrivals.balance("dhr", "INBOX", NOW)
    assert (balance.vanished, balance.arrived, balance.balanced) == (0, 1, True)


def test_a_recorded_message_cannot_be_called_vanished(desk: Desk) -> None:
    desk.arrives("one", uid=100)
    desk.ledger.arrivals.record_vanished(desk.position, 100, NOW)
    assert desk.ledger.arrivals.balance("dhr", "INBOX", NOW).arrived == 1


def test_a_new_uidvalidity_starts_again_and_loses_nothing(desk: Desk) -> None:
    arrivals = desk.ledger.arrivals
    desk.arrives("one", uid=100)
    arrivals.note_listed(desk.position, [101], 102, NOW)
    renumbered = arrivals.open_folder("dhr", "INBOX", 8, 3, later(days=1))
    assert (renumbered.uidvalidity, renumbered.first_uid, renumbered.watched_since) == (8, 1, NOW)
    arrivals.note_listed(renumbered, [1, 2], 3, NOW)
    assert arrivals.record(_arrival(renumbered, 1, "one"), NOW).state is MessageState.DUPLICATE
    assert arrivals.record(_arrival(renumbered, 2, "two"), NOW).state is MessageState.ARRIVED
    balance = arrivals.balance("dhr", "INBOX", NOW)
    assert (balance.seen, balance.arrived, balance.duplicate, balance.vanished) == (4, 2, 1, 1)
    assert balance.balanced


def test_going_back_to_an_earlier_uidvalidity_goes_on_there(desk: Desk) -> None:
    desk.arrives("one", uid=100)
    desk.ledger.arrivals.open_folder("dhr", "INBOX", 8, 3, NOW)
    back = desk.ledger.arrivals.open_folder("dhr", "INBOX", 7, 101, NOW)
    assert (back.uidvalidity, back.next_uid) == (7, 101)


def test_older_mail_taken_up_on_purpose_holds_what_it_would_send(desk: Desk) -> None:
    assert desk.ledger.arrivals.take_up(desk.position, [40, 41], later(days=-30), NOW) == 2
    assert desk.position.watched_since == later(days=-30)
    assert desk.ledger.arrivals.unfetched(desk.position) == [40, 41]
    desk.arrives("old", uid=40)
    claim = desk.claims()
    assert claim.hold_outgoing
    committed = desk.ledger.judgements.commit(claim, desk.judgement(claim, Outcome.REVIEW, mails=(a_mail(),)), NOW)
    assert committed.queued == ()
    assert len(committed.held) == 1


def test_older_mail_that_a_person_has_settled_goes_as_any_other(desk: Desk) -> None:
    desk.ledger.arrivals.take_up(desk.position, [40], later(days=-30), NOW)
    desk.arrives("old", uid=40)
    claim = desk.claims()
    doubts = (Doubt("old-mail", "case", "it is old"),)
    made = desk.ledger.judgements.commit(claim, desk.judgement(claim, Outcome.REVIEW, doubts=doubts), NOW)
    assert made.reference is not None
    (raised,) = desk.ledger.queries.submission(made.reference).doubts
    desk.ledger.actions.settle_doubts(made.reference, [raised.id], act())
    desk.ledger.actions.judge_again(claim.id, act())
    again, row = desk.claims(), desk.ledger.submissions.get(made.reference)
    joining = Joining(reference=row.reference, state=row.state, joined_by="again", expected=row.row_version)
    committed = desk.ledger.judgements.commit(again, desk.judgement(again, submission=joining), NOW)
    assert (len(committed.queued), committed.held) == (1, ())


def test_the_balance_names_what_is_overdue(desk: Desk) -> None:
    desk.arrives("one", uid=100)
    desk.ledger.arrivals.note_listed(desk.position, [101], 102, NOW)
    soon = desk.ledger.arrivals.balance("dhr", "INBOX", later(minutes=30), timedelta(hours=1))
    late = desk.ledger.arrivals.balance("dhr", "INBOX", later(minutes=90), timedelta(hours=1))
    assert (soon.arrived, soon.unfetched, soon.overdue, soon.balanced) == (1, 1, 0, True)
    assert (late.overdue, late.balanced) == (2, False)


def test_a_message_that_was_never_listed_unbalances_the_mailbox(desk: Desk) -> None:
    desk.arrives("one", uid=100)
    with desk.ledger.database.write() as writer:
        writer.connection.exec_driver_sql("DELETE FROM seen_uids WHERE uid = 100")
    balance = desk.ledger.arrivals.balance("dhr", "INBOX", NOW)
    assert (balance.stray, balance.balanced) == (1, False)


def test_a_message_that_went_missing_unbalances_the_mailbox_in_time(desk: Desk) -> None:
    desk.ledger.arrivals.note_listed(desk.position, [100], 101, NOW)
    assert not desk.ledger.arrivals.balance("dhr", "INBOX", later(days=1)).balanced


def test_a_folder_never_watched_has_no_balance(ledger: Ledger) -> None:
    with pytest.raises(NotFound):
        ledger.arrivals.balance("dhr", "Elsewhere", NOW)


def test_a_sweep_that_finds_nothing_new_writes_nothing(desk: Desk) -> None:
    desk.arrives("one", uid=100)
    assert desk.ledger.arrivals.note_listed(desk.position, [100], 101, NOW) == 0
