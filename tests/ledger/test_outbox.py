from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from intake.errors import Conflict, NotFound
from intake.ledger import Delivery, Proof, RecipientResult, RecipientState
from intake.ledger.references import envelope_id
from intake.model import MailKind, Outcome, OutgoingState, SubmissionState
from tests.ledger.cases import COMMISSIONER, LEASE, NOW, SENDER, Desk, a_mail, act, later

S = OutgoingState


def test_a_mail_goes_from_queued_to_sent_with_its_attempt_on_record(desk: Desk) -> None:
    desk.submits("one")
    claim = desk.takes()
    assert desk.state_of(claim.id) is S.SENDING
    assert desk.ledger.queries.mail(claim.id).attempts[0].outcome is None  # written before it is made
    assert desk.ledger.outbox.start_data(claim, NOW, LEASE)
    assert desk.state_of(claim.id) is S.DATA_STARTED
    assert desk.ledger.outbox.settle(claim, Delivery(outcome=S.SENT, code=250, detail="ok"), NOW) is S.SENT
    mail = desk.ledger.queries.mail(claim.id)
    assert mail.recipients[0].state == "accepted"
    assert (mail.attempts[0].data_started_at, mail.attempts[0].outcome) == (NOW, "sent")


def test_mail_waits_until_it_is_due(desk: Desk) -> None:
    desk.submits("one", mails=(a_mail(not_before=later(minutes=15)),))
    assert desk.ledger.outbox.claim(NOW, LEASE, 5, "one") == []
    assert desk.ledger.outbox.next_due() == later(minutes=15)
    assert len(desk.ledger.outbox.claim(later(minutes=15), LEASE, 5, "one")) == 1


def test_a_claimed_mail_is_not_claimed_again(desk: Desk) -> None:
    desk.submits("one")
    desk.takes()
    assert desk.ledger.outbox.claim(NOW, LEASE, 5, "two") == []


def test_a_deferred_mail_is_tried_again_when_its_time_comes(desk: Desk) -> None:
    desk.submits("one")
    claim = desk.delivers(S.DEFERRED, code=451, next_attempt_at=later(minutes=5))
    assert desk.ledger.outbox.claim(later(minutes=4), LEASE, 5, "one") == []
    again = desk.takes(later(minutes=5))
    assert (again.id, again.attempt, again.message_id) == (claim.id, 2, claim.message_id)
    assert again.first_attempt_at == NOW


def test_deferred_without_a_next_time_is_given_up_and_told(desk: Desk) -> None:
    desk.submits("one")
    claim = desk.delivers(S.DEFERRED, code=451)
    assert desk.state_of(claim.id) is S.FAILED
    assert [notice.kind for notice in desk.ledger.notices.due(NOW)] == ["failed"]


def test_a_forward_that_is_sent_completes_the_submission(desk: Desk) -> None:
    desk.submits("one", Outcome.COMPLIANT)
    desk.delivers(S.SENT)
    assert desk.ledger.submissions.get("DHR-2026-0001-JR").state is SubmissionState.COMPLETE


def test_a_forward_that_fails_goes_to_review(desk: Desk) -> None:
    desk.submits("one", Outcome.COMPLIANT)
    desk.delivers(S.FAILED, code=552, detail="too large")
    assert desk.ledger.submissions.get("DHR-2026-0001-JR").state is SubmissionState.REVIEW


def test_recipients_are_settled_one_by_one(desk: Desk) -> None:
    people = ("a@x.gov.uk", "b@x.gov.uk", "c@x.gov.uk")
    desk.submits("one", mails=(a_mail(recipients=people),))
    answers = (
        RecipientResult(address=people[0], state=RecipientState.ACCEPTED, code=250),
        RecipientResult(address=people[1], state=RecipientState.REFUSED, code=550),
        RecipientResult(address=people[2], state=RecipientState.PENDING, code=451),
    )
    claim = desk.delivers(S.DEFERRED, recipients=answers, next_attempt_at=later(minutes=5))
    assert desk.state_of(claim.id) is S.DEFERRED
    again = desk.takes(later(minutes=5))
    assert again.recipients == (people[2],)
    assert desk.ledger.outbox.settle(again, Delivery(outcome=S.SENT), later(minutes=5)) is S.SENT
    states = [each.state for each in desk.ledger.queries.mail(claim.id).recipients]
    assert states == ["accepted", "refused", "accepted"]
    assert [notice.kind for notice in desk.ledger.notices.due(later(minutes=5))] == ["failed"]


def test_a_mail_that_some_have_is_never_remade_or_cancelled(desk: Desk) -> None:
    people = ("a@x.gov.uk", "b@x.gov.uk")
    desk.submits("one", mails=(a_mail(recipients=people),))
    answers = (
        RecipientResult(address=people[0], state=RecipientState.ACCEPTED),
        RecipientResult(address=people[1], state=RecipientState.PENDING),
    )
    claim = desk.delivers(S.DEFERRED, recipients=answers, next_attempt_at=later(minutes=5))
    assert desk.joins("two", "DHR-2026-0001-JR").withdrawn == ()
    with pytest.raises(Conflict):
        desk.ledger.mail_actions.cancel(claim.id, act())


def test_all_refused_is_failed(desk: Desk) -> None:
    desk.submits("one")
    refused = (RecipientResult(address=SENDER, state=RecipientState.REFUSED, code=550),)
    claim = desk.delivers(S.FAILED, recipients=refused)
    assert desk.state_of(claim.id) is S.FAILED


def test_a_lost_claim_without_the_mark_is_queued_again(desk: Desk) -> None:
    desk.submits("one")
    lost = desk.takes()
    assert desk.ledger.outbox.recover(later(minutes=9)).queued == 0
    assert desk.ledger.outbox.recover(later(minutes=10)).queued == 1
    again = desk.takes(later(minutes=10), "two")
    assert again.attempt == 2
    assert not desk.ledger.outbox.start_data(lost, later(minutes=10), LEASE)
    assert desk.ledger.outbox.settle(lost, Delivery(outcome=S.SENT), later(minutes=10)) is None
    assert [each.outcome for each in desk.ledger.queries.mail(lost.id).attempts] == ["interrupted", None]


def test_a_lost_claim_with_the_mark_is_uncertain_told_and_never_resent(desk: Desk) -> None:
    desk.submits("one")
    lost = desk.takes()
    desk.ledger.outbox.start_data(lost, NOW, LEASE)
    assert desk.ledger.outbox.recover(later(minutes=10)).uncertain == 1
    assert desk.ledger.outbox.claim(later(days=10), LEASE, 5, "two") == []
    assert desk.ledger.outbox.recover(later(days=1)).uncertain == 0
    assert [notice.kind for notice in desk.ledger.notices.due(later(days=1))] == ["uncertain"]


def test_a_worker_that_starts_again_frees_what_it_held_at_once(desk: Desk) -> None:
    desk.submits("one")
    desk.takes(worker="one")
    assert desk.ledger.outbox.recover(NOW, worker="two").queued == 0
    assert desk.ledger.outbox.recover(NOW, worker="one").queued == 1


def test_an_answer_that_comes_after_the_lease_is_still_the_truth(desk: Desk) -> None:
    desk.submits("one", Outcome.COMPLIANT)
    slow = desk.takes()
    desk.ledger.outbox.start_data(slow, NOW, LEASE)
    desk.ledger.outbox.recover(later(minutes=10))
    assert desk.ledger.outbox.settle(slow, Delivery(outcome=S.SENT), later(minutes=11)) is S.SENT
    assert desk.ledger.submissions.get("DHR-2026-0001-JR").state is SubmissionState.COMPLETE
    assert desk.ledger.notices.due(later(minutes=11)) == []  # nothing uncertain is left to tell


def test_a_relay_that_cannot_be_reached_gives_the_mail_back(desk: Desk) -> None:
    desk.submits("one")
    desk.ledger.outbox.give_back(desk.takes(), NOW, later(minutes=1))
    assert desk.ledger.outbox.claim(NOW, LEASE, 5, "one") == []
    assert desk.takes(later(minutes=1)).attempt == 2


def test_a_held_mail_waits_for_its_release(desk: Desk) -> None:
    committed = desk.submits("one", mails=(a_mail(hold_reason="supervised"),))
    assert desk.ledger.outbox.claim(NOW, LEASE, 5, "one") == []
    desk.ledger.mail_actions.release(committed.held[0], act())
    assert desk.takes().id == committed.held[0]


def test_a_person_holds_releases_and_cancels(desk: Desk) -> None:
    (mail,) = desk.submits("one").queued
    desk.ledger.mail_actions.hold(mail, act())
    assert desk.state_of(mail) is S.HELD
    desk.ledger.mail_actions.cancel(mail, act())
    assert desk.state_of(mail) is S.CANCELLED
    with pytest.raises(Conflict):
        desk.ledger.mail_actions.release(mail, act())
    with pytest.raises(NotFound):
        desk.ledger.mail_actions.release(999, act())


def test_an_uncertain_mail_is_sent_again_or_marked_arrived_by_a_person(desk: Desk) -> None:
    desk.submits("one")
    desk.submits("two")
    first, second = desk.delivers(S.UNCERTAIN), desk.delivers(S.UNCERTAIN)
    desk.ledger.mail_actions.resend(first.id, act(reason="they never got it"))
    assert desk.takes().message_id == first.message_id
    desk.ledger.mail_actions.mark_arrived(second.id, act(reason="they rang"))
    assert desk.state_of(second.id) is S.SENT
    with pytest.raises(Conflict):
        desk.ledger.mail_actions.resend(second.id, act())


def test_the_second_of_two_people_is_told(desk: Desk) -> None:
    desk.submits("one")
    claim = desk.delivers(S.UNCERTAIN)
    seen = desk.ledger.queries.mail(claim.id).row_version
    desk.ledger.mail_actions.mark_arrived(claim.id, act(expected=seen))
    with pytest.raises(Conflict):
        desk.ledger.mail_actions.resend(claim.id, act(expected=seen))
    assert desk.state_of(claim.id) is S.SENT


@pytest.mark.parametrize("proof", [Proof.DSN, Proof.SENT_COPY, Proof.ANSWER])
def test_evidence_settles_an_uncertain_mail(desk: Desk, proof: Proof) -> None:
    desk.submits("one", Outcome.COMPLIANT)
    claim = desk.delivers(S.UNCERTAIN)
    assert desk.ledger.evidence.settle(later(minutes=1), proof, message_id=claim.message_id)
    assert desk.state_of(claim.id) is S.SENT
    assert desk.ledger.submissions.get("DHR-2026-0001-JR").state is SubmissionState.COMPLETE
    assert not desk.ledger.evidence.settle(later(minutes=2), proof, envelope_id=claim.envelope_id)


def test_evidence_before_the_end_of_an_attempt_counts_when_its_worker_is_lost(desk: Desk) -> None:
    desk.submits("one")
    claim = desk.takes()
    desk.ledger.outbox.start_data(claim, NOW, LEASE)
    assert desk.ledger.evidence.settle(NOW, Proof.DSN, envelope_id=claim.envelope_id)
    assert desk.ledger.outbox.recover(later(minutes=10)).sent == 1


def test_a_forged_report_cannot_keep_a_mail_from_leaving(desk: Desk) -> None:
    desk.submits("one")
    mail = desk.ledger.queries.mail(1)
    assert not desk.ledger.evidence.settle(NOW, Proof.DSN, message_id=mail.message_id)
    assert desk.state_of(1) is S.QUEUED


def test_a_bounced_forward_opens_its_submission_again_and_is_told_once(desk: Desk) -> None:
    desk.submits("one", Outcome.COMPLIANT)
    claim = desk.delivers(S.SENT)
    tied = desk.ledger.evidence.tie_bounce(NOW, message_id=claim.message_id, recipient=COMMISSIONER, code=550)
    assert tied is not None
    assert (tied.reference, tied.kind, tied.reopened, tied.first) == ("DHR-2026-0001-JR", MailKind.FORWARD, True, True)
    again = desk.ledger.evidence.tie_bounce(NOW, envelope_id=claim.envelope_id)
    assert again is not None
    assert not again.first
    assert desk.ledger.submissions.get("DHR-2026-0001-JR").state is SubmissionState.REVIEW
    assert [notice.kind for notice in desk.ledger.notices.due(NOW)] == ["bounce"]
    assert [mail.id for mail in desk.ledger.queries.waiting().bounced] == [claim.id]
    desk.ledger.mail_actions.resend(claim.id, act())
    assert desk.ledger.queries.mail(claim.id).recipients[0].state == "pending"


def test_a_bounced_reply_shows_and_reopens_nothing(desk: Desk) -> None:
    desk.submits("one")
    claim = desk.delivers(S.SENT)
    tied = desk.ledger.evidence.tie_bounce(NOW, message_id=claim.message_id)
    assert tied is not None
    assert not tied.reopened
    assert desk.ledger.queries.mail(claim.id).bounced_at == NOW


def test_a_bounce_of_strangers_mail_is_not_ours(desk: Desk) -> None:
    assert desk.ledger.evidence.tie_bounce(NOW, message_id="<other@elsewhere>") is None
    assert desk.ledger.evidence.tie_bounce(NOW) is None
    assert not desk.ledger.evidence.knows(message_id="<other@elsewhere>", envelope_id="other")
    assert not desk.ledger.evidence.knows()


def test_a_mail_is_known_by_either_of_its_names(desk: Desk) -> None:
    desk.submits("one")
    claim = desk.takes()
    assert desk.ledger.evidence.knows(message_id=claim.message_id, envelope_id="other")
    assert desk.ledger.evidence.knows(envelope_id=claim.envelope_id)
    assert claim.envelope_id == envelope_id(bytes(32), claim.message_id)  # the same after a restore
    assert claim.envelope_id != envelope_id(bytes([1] * 32), claim.message_id)


def test_a_bounce_settles_what_was_uncertain(desk: Desk) -> None:
    desk.submits("one")
    claim = desk.delivers(S.UNCERTAIN)
    desk.ledger.evidence.tie_bounce(NOW, message_id=claim.message_id)
    mail = desk.ledger.queries.mail(claim.id)
    assert (mail.state, mail.bounced_at) == (S.SENT, NOW)


def test_the_same_mail_queued_twice_is_one(desk: Desk) -> None:
    first = desk.ledger.outbox.queue(a_mail(MailKind.NOTICE), NOW)
    claim = desk.takes()
    second = desk.ledger.outbox.queue(a_mail(MailKind.NOTICE), NOW)
    assert (second.id, second.skipped) == (first.id, True)
    assert desk.state_of(claim.id) is S.SENDING


def test_a_notice_that_fails_owes_no_notice(desk: Desk) -> None:
    desk.ledger.outbox.queue(a_mail(MailKind.NOTICE), NOW)
    desk.delivers(S.FAILED)
    assert desk.ledger.notices.due(NOW) == []


def test_hold_on_everything_holds_what_waits_and_what_comes_but_not_notices(desk: Desk) -> None:
    desk.submits("one")
    assert desk.ledger.outbox.hold_everything("restored", NOW) == 1
    desk.submits("two")
    desk.ledger.outbox.queue(a_mail(MailKind.NOTICE), NOW)
    assert desk.ledger.queries.counts().outgoing == {"held": 2, "queued": 1}
    desk.ledger.outbox.let_go("A. Caseworker", NOW)
    desk.submits("three")
    assert desk.ledger.queries.counts().outgoing == {"held": 2, "queued": 2}


def test_a_long_outage_is_one_event(desk: Desk) -> None:
    desk.submits("one")
    moment = NOW
    for _ in range(6):
        desk.delivers(S.DEFERRED, moment, next_attempt_at=moment + timedelta(hours=1))
        moment += timedelta(hours=1)
    events = [event for event in desk.ledger.events.latest() if event.kind == "mail-deferred"]
    assert len(events) == 1


# --- several who send -------------------------------------------------------------------------------------------------


def test_a_later_version_waits_while_the_earlier_one_is_on_its_way(desk: Desk) -> None:
    reference = desk.submits("one", Outcome.COMPLIANT).reference or ""
    first = desk.takes(worker="one")
    desk.joins("two", reference, Outcome.COMPLIANT)
    assert desk.ledger.outbox.claim(NOW, LEASE, 5, "two") == []
    assert desk.ledger.outbox.start_data(first, NOW, LEASE)
    assert desk.ledger.outbox.claim(NOW, LEASE, 5, "two") == []
    desk.ledger.outbox.settle(first, Delivery(outcome=OutgoingState.SENT), NOW)
    assert [claim.version for claim in desk.ledger.outbox.claim(NOW, LEASE, 5, "two") if claim.version != 1] == [2]


def test_many_who_claim_at_once_take_each_mail_once_and_one_of_a_submission(desk: Desk) -> None:
    for number in range(6):
        reference = desk.submits(f"m{number}", Outcome.COMPLIANT).reference or ""
        desk.joins(f"again {number}", reference, Outcome.COMPLIANT)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda worker: desk.ledger.outbox.claim(NOW, LEASE, 3, f"{worker}"), range(12)))
    claims = [claim for each in taken for claim in each if claim.kind is MailKind.FORWARD]
    assert len({claim.id for claim in claims}) == len(claims)
    assert sorted(claim.submission or 0 for claim in claims) == list(range(1, 7))


# --- what has come and is not judged yet ------------------------------------------------------------------------------


def claimed(desk: Desk, at: datetime) -> list[MailKind]:
    return [claim.kind for claim in desk.ledger.outbox.claim(at, LEASE, 10, "one")]


def test_nothing_leaves_while_a_message_is_not_judged(desk: Desk) -> None:
    desk.submits("one", Outcome.COMPLIANT)
    desk.arrives("two")
    assert claimed(desk, later(minutes=1)) == []
    claim = desk.claims(later(minutes=1))  # it may be an objection even now
    assert claimed(desk, later(minutes=2)) == []
    desk.ledger.judgements.commit(claim, desk.judgement(claim, Outcome.REVIEW), later(minutes=2))
    assert claimed(desk, later(minutes=2)) == [MailKind.FORWARD]


def test_no_message_keeps_mail_back_for_long(desk: Desk) -> None:
    desk.submits("one", Outcome.COMPLIANT)
    desk.arrives("two")
    assert claimed(desk, later(minutes=9, seconds=59)) == []
    assert claimed(desk, later(minutes=10)) == [MailKind.FORWARD]


def test_a_message_that_waits_to_be_tried_again_keeps_nothing_back(desk: Desk) -> None:
    desk.submits("one", Outcome.COMPLIANT)
    desk.arrives("two")
    desk.ledger.claims.fail(desk.claims(), "the disk was full", NOW, later(minutes=5))
    assert claimed(desk, later(minutes=1)) == [MailKind.FORWARD]


def test_a_notice_to_staff_waits_for_nothing(desk: Desk) -> None:
    desk.arrives("one")
    desk.ledger.outbox.queue(a_mail(MailKind.NOTICE), NOW)
    assert claimed(desk, NOW) == [MailKind.NOTICE]
