"""What comes in: once, in order, and nothing that was there before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from intake.ledger import NewArrival
from intake.model import MailKind, MessageState, OutgoingState
from tests.service.world import COMMISSIONER, World, enquiry, named, submission

NOW = datetime.now(UTC)


def test_the_first_start_leaves_old_mail_alone(world: World) -> None:
    old = submission()
    world.post(old)
    world.start()
    world.post(enquiry())
    world.run()
    assert world.states() == ["ignored"]
    assert world.where(old) == ["INBOX"]
    assert world.sent() == []


def test_since_takes_old_mail_up_and_holds_all_that_it_would_send(world: World) -> None:
    world.post(submission(1, named("Bea")), internaldate=NOW - timedelta(days=9))
    world.post(submission(2, named("Cora")), internaldate=NOW - timedelta(days=2))
    world.run(since=NOW - timedelta(days=5))
    assert len(world.messages()) == 1
    assert world.sent(COMMISSIONER) == []
    assert set(world.states_of(MailKind.FORWARD)) <= {OutgoingState.HELD}


def test_mail_older_than_three_days_is_judged_but_goes_to_review(world: World) -> None:
    world.start()
    world.post(submission(), internaldate=NOW - timedelta(days=4))
    world.run()
    (message,) = world.messages()
    assert (message.state, message.outcome) == (MessageState.PROCESSED, "review")
    assert world.sent(COMMISSIONER) == []


def test_a_renumbered_folder_loses_and_doubles_nothing(world: World) -> None:
    world.start()
    first, stays = submission(1, named("Bea")), enquiry()
    world.post(first)
    world.post(stays)
    world.run()
    world.user.change_uid_validity()
    second = submission(2, named("Cora"))
    world.post(second)
    world.run(2)
    assert sorted(world.states()) == ["duplicate", "ignored", "processed", "processed"]
    assert len(world.sent(COMMISSIONER)) == 2
    assert world.where(stays) == ["INBOX"]
    assert world.balance().balanced


@pytest.mark.parametrize("newer", [1, 3])
def test_a_server_that_counts_on_from_an_earlier_uid_loses_nothing(world: World, newer: int) -> None:
    """Whether or not it has got past where it was when we next look."""
    world.start()
    for number in range(3):
        world.post(enquiry(number))
    world.run()
    world.user.go_back_to(world.messages()[1].uid)
    for number in range(newer):
        world.post(enquiry(10 + number))
    world.run()
    assert world.states() == ["ignored"] * (3 + newer)
    world.run()
    assert len(world.messages()) == 3 + newer
    assert world.balance().balanced


def test_the_same_mail_copied_in_again_is_a_duplicate(world: World) -> None:
    world.start()
    raw = submission()
    world.post(raw)
    world.run()
    world.post(raw)
    world.run()
    assert world.states() == ["processed", "duplicate"]
    assert len(world.sent(COMMISSIONER)) == 1
    assert sorted(world.where(raw)) == ["Intake/Complete", "Intake/Duplicate"]


def test_a_copy_of_mail_that_is_none_of_ours_stays_where_it_is(world: World) -> None:
    world.start()
    raw = enquiry()
    for _ in range(2):
        world.post(raw)
    world.run(2)
    assert world.states() == ["ignored", "duplicate"]
    assert len(world.user.messages()) == 2


def test_the_same_message_id_with_other_bytes_is_judged(world: World) -> None:
    world.start()
    raw = submission(1, weblink="")
    world.post(raw)
    world.run()
    corrected = submission(1)
    message_id = next(line for line in raw.splitlines() if line.startswith(b"Message-ID:"))
    other = next(line for line in corrected.splitlines() if line.startswith(b"Message-ID:"))
    world.post(corrected.replace(other, message_id))
    world.run()
    assert [(row.state, row.outcome, row.version) for row in world.messages()] == [
        (MessageState.PROCESSED, "gaps", 1),
        (MessageState.PROCESSED, "compliant", 1),  # the very same report, now with its address
    ]


def test_mail_deleted_between_listing_and_fetching_is_vanished(world: World) -> None:
    world.start()
    world.post(enquiry(1))
    gone = world.post(enquiry(2))
    with world.ledger() as ledger:  # listed, as by a service that stopped right then
        position = ledger.arrivals.position("main", "INBOX")
        assert position is not None
        ledger.arrivals.note_listed(position, [gone - 1, gone], gone + 1, NOW)
    world.user.remove(gone)
    world.run()
    assert sorted(world.states()) == ["ignored", "vanished"]
    assert world.balance().balanced


def test_a_uid_given_twice_is_two_messages(world: World) -> None:
    world.start()
    first = submission(1, named("Bea"))
    uid = world.post(first)
    world.run()
    second = submission(2, named("Cora"))
    with world.archive() as archive:  # what the server would hand out under the same number
        position = archive.ledger.arrivals.position("main", "INBOX")
        assert position is not None
        from_before = archive.ledger.queries.messages().rows[0]
        stored = archive.store.put_bytes(second)
        arrival = archive.ledger.arrivals.record(
            NewArrival(
                position=position,
                uid=uid,
                sha256=stored.sha256,
                size=stored.size,
                message_id="<x@y>",
                internal_date=NOW,
            ),
            NOW,
        )
        assert arrival.id != from_before.id
    world.run()
    assert world.states() == ["processed", "processed"]
    assert world.balance().balanced
