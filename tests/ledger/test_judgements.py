from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from intake.errors import Conflict, IntakeError
from intake.ledger import SERVICE, Caps, Headers, Joining, NewNotice
from intake.model import Doubt, Kind, MailKind, MessageState, Outcome, OutgoingState, SubmissionState
from tests.ledger.cases import LEASE, NOW, SENDER, Desk, a_mail, a_verdict, act, digest, later

REF = "DHR-2026-0001-JR"


def test_a_judgement_and_all_that_follows_stand_together(desk: Desk) -> None:
    committed = desk.submits("one", notices=(NewNotice(kind="review", key="review:1"),))
    view = desk.ledger.queries.submission("DHR-2026-0001-JR")
    (message,), (judgement,), (mail,) = view.messages, view.judgements, view.outgoing
    assert (committed.reference, committed.version) == ("DHR-2026-0001-JR", 1)
    assert (message.state, message.kind, message.outcome) == (MessageState.PROCESSED, "final-submission", "gaps")
    assert (message.filing, message.filing_target) == ("due", "Processed")
    assert (judgement.findings[0].check, judgement.findings[0].rules_version) == ("weblink", "rules-1")
    assert judgement.findings[0].evidence[0]["page"] == 3
    assert judgement.files[0].is_report
    assert (mail.state, mail.answers, mail.version) == (OutgoingState.QUEUED, message.id, 1)
    assert [each.address for each in mail.recipients] == [SENDER]
    assert (view.submission.csp, view.submission.case_name) == ("Northmere CSP", "Ada")
    assert view.submission.state is SubmissionState.WAITING_FOR_CSP
    assert [each.kind for each in view.events] == [
        "message-arrived",
        "submission-opened",
        "message-judged",
        "mail-queued",
    ]


def test_a_failing_commit_leaves_nothing_behind(desk: Desk) -> None:
    desk.arrives("one")
    claim = desk.claims()
    twice = (a_mail(MailKind.REPLY, "x"), a_mail(MailKind.NOTICE, "y", size=None))
    with pytest.raises(IntakeError):
        desk.ledger.judgements.commit(claim, desk.judgement(claim, mails=twice), NOW)
    counts = desk.ledger.queries.counts()
    assert (counts.messages, counts.submissions, counts.outgoing) == ({"arrived": 1}, {}, {})
    assert desk.ledger.events.verify().sound


def test_a_second_commit_changes_nothing(desk: Desk) -> None:
    desk.arrives("one")
    claim = desk.claims()
    judgement = desk.judgement(claim)
    assert desk.ledger.judgements.commit(claim, judgement, NOW).done
    assert not desk.ledger.judgements.commit(claim, judgement, NOW).done
    assert desk.ledger.queries.counts().outgoing == {"queued": 1}


def test_a_claim_that_another_took_over_cannot_commit(desk: Desk) -> None:
    desk.arrives("one")
    first = desk.claims()
    second = desk.claims(NOW + LEASE)
    assert not desk.ledger.judgements.commit(first, desk.judgement(second), NOW).done
    assert desk.ledger.judgements.commit(second, desk.judgement(second), NOW).done


def test_mail_that_is_no_submission_is_ignored_and_not_filed(desk: Desk) -> None:
    desk.arrives("newsletter")
    claim = desk.claims()
    judgement = replace(
        desk.judgement(claim, Outcome.IGNORE),
        verdict=a_verdict(Outcome.IGNORE, kind=Kind.OTHER),
        state=MessageState.IGNORED,
        submission=None,
        filing=None,
    )
    committed = desk.ledger.judgements.commit(claim, judgement, NOW)
    assert committed.done
    assert committed.reference is None
    assert desk.ledger.filings.due(NOW) == []
    assert desk.ledger.queries.message(claim.id).message.state is MessageState.IGNORED


def test_the_reserved_reference_stays_after_a_crash_and_numbers_run_on(desk: Desk) -> None:
    desk.arrives("one")
    desk.arrives("two")
    first, other = desk.claims(), desk.claims()
    reference = desk.ledger.claims.reserve_reference(first, NOW)
    after_crash = desk.claims(NOW + LEASE)
    assert desk.ledger.claims.reserve_reference(after_crash, NOW) == reference == "DHR-2026-0001-JR"
    assert desk.ledger.claims.reserve_reference(other, NOW) == "DHR-2026-0002-WS"


def test_references_begin_anew_each_year(desk: Desk) -> None:
    desk.submits("one")
    desk.arrives("two")
    claim = desk.claims()
    assert desk.ledger.claims.reserve_reference(claim, NOW + timedelta(days=60)) == "DHR-2027-0001-XV"


def test_a_message_that_joins_makes_the_next_version_and_withdraws_the_unsent_reply(desk: Desk) -> None:
    first = desk.submits("one", mails=(a_mail(name="v1", not_before=later(minutes=15)),))
    second = desk.joins("two", "DHR-2026-0001-JR", Outcome.COMPLIANT)
    assert second.withdrawn == first.queued
    view = desk.ledger.queries.submission("DHR-2026-0001-JR")
    assert (view.submission.version, view.submission.outcome) == (2, Outcome.COMPLIANT)
    assert [(mail.kind, mail.version, mail.state) for mail in view.outgoing] == [
        (MailKind.REPLY, 1, OutgoingState.CANCELLED),
        (MailKind.FORWARD, 2, OutgoingState.QUEUED),
    ]


def test_a_reply_on_its_way_is_not_withdrawn(desk: Desk) -> None:
    desk.submits("one")
    claim = desk.takes()
    assert desk.joins("two", "DHR-2026-0001-JR").withdrawn == ()
    assert desk.ledger.outbox.start_data(claim, NOW, LEASE)


def test_joining_a_submission_that_changed_meanwhile_is_a_conflict_and_can_be_tried_again(desk: Desk) -> None:
    desk.submits("one")
    desk.arrives("two")
    claim, row = desk.claims(), desk.ledger.submissions.get("DHR-2026-0001-JR")
    joining = Joining(reference=row.reference, state=SubmissionState.OPEN, joined_by="thread", expected=row.row_version)
    judgement = desk.judgement(claim, submission=joining, mails=())
    desk.ledger.actions.note("DHR-2026-0001-JR", act())
    desk.ledger.actions.hold("DHR-2026-0001-JR", act())
    with pytest.raises(Conflict):
        desk.ledger.judgements.commit(claim, judgement, NOW)
    again = replace(joining, expected=desk.ledger.submissions.get("DHR-2026-0001-JR").row_version)
    assert desk.ledger.judgements.commit(claim, replace(judgement, submission=again), NOW).done


def test_doubts_stand_in_rows_until_they_are_closed(desk: Desk) -> None:
    raised = (Doubt("sender-unproved", "sender", "It is not proved."), Doubt("active-content", "safety", "It runs."))
    desk.submits("one", Outcome.REVIEW, doubts=raised)
    view = desk.ledger.queries.submission(REF)
    assert tuple(row.doubt for row in view.doubts) == raised
    desk.ledger.actions.settle_doubts(REF, [view.doubts[0].id], act(by="Ana", reason="rang them"))
    first, second = desk.ledger.queries.submission(REF).doubts
    assert (first.closed_by, first.closed_why, second.closed_at) == ("Ana", "rang them", None)
    desk.joins("two", REF, Outcome.REVIEW, settled=((second.id, "the scanner is back"),))
    assert all(row.closed_at for row in desk.ledger.queries.submission(REF).doubts)


def test_judging_again_ends_the_doubts_it_does_not_find_and_opens_none_that_a_person_closed(desk: Desk) -> None:
    gone, settled = Doubt("scanner-away", "safety", "Away."), Doubt("sender-untrusted", "sender", "Not listed.")
    desk.submits("one", Outcome.REVIEW, doubts=(gone, settled))
    rows = desk.ledger.queries.submission(REF).doubts
    desk.ledger.actions.settle_doubts(REF, [rows[1].id], act(by="Ana"))
    desk.ledger.actions.judge_again(1, act())
    claim, row = desk.claims(), desk.ledger.submissions.get(REF)
    joining = Joining(reference=REF, state=SubmissionState.OPEN, joined_by="again", expected=row.row_version)
    again = desk.judgement(claim, submission=joining, mails=(), doubts=(settled,))
    desk.ledger.judgements.commit(claim, again, NOW)
    closed = {each.code: each.closed_by for each in desk.ledger.queries.submission(REF).doubts}
    assert closed == {"scanner-away": SERVICE, "sender-untrusted": "Ana"}


def test_a_closed_submission_opens_again_when_a_new_version_comes(desk: Desk) -> None:
    desk.submits("one")
    desk.ledger.actions.move("DHR-2026-0001-JR", SubmissionState.CLOSED, act())
    desk.joins("two", "DHR-2026-0001-JR", Outcome.GAPS)
    assert desk.ledger.submissions.get("DHR-2026-0001-JR").state is SubmissionState.WAITING_FOR_CSP


def test_one_reply_and_one_forward_for_each_version_whatever_is_judged_again(desk: Desk) -> None:
    desk.submits("one", Outcome.COMPLIANT)
    desk.delivers(OutgoingState.SENT)
    desk.ledger.actions.judge_again(1, act())
    claim = desk.claims()
    row = desk.ledger.submissions.get("DHR-2026-0001-JR")
    joining = Joining(
        reference=row.reference,
        state=SubmissionState.OPEN,
        joined_by="again",
        expected=row.row_version,
    )
    same = digest("report DHR-2026-0001-JR")
    forward = a_mail(MailKind.FORWARD, "other", report_sha256=same)
    mails = (forward, a_mail(MailKind.ACKNOWLEDGEMENT, "DHR-2026-0001-JR"))
    committed = desk.ledger.judgements.commit(claim, desk.judgement(claim, submission=joining, mails=mails), NOW)
    assert committed.skipped == (MailKind.FORWARD,)
    forwards = [mail for mail in desk.ledger.queries.submission(row.reference).outgoing if mail.kind == "forward"]
    assert [mail.state for mail in forwards] == [OutgoingState.SENT]


def test_the_database_itself_refuses_a_second_forward_of_a_report(desk: Desk) -> None:
    desk.submits("one", Outcome.COMPLIANT)
    copy = (
        "INSERT INTO outgoing (kind, state, submission_id, version, sender, subject, message_id, envelope_id, sha256,"
        " size, report_sha256, created_at, due_at, attempts, row_version)"
        " SELECT kind, state, submission_id, version, sender, subject,"
        " 'other', 'other', sha256, size, report_sha256, created_at, due_at, attempts, row_version FROM outgoing"
        " WHERE kind = 'forward'"
    )
    with pytest.raises(Exception, match=r"(?i)unique"), desk.ledger.database.write() as writer:
        writer.connection.exec_driver_sql(copy)


def test_answers_over_the_cap_are_held_and_told_once_an_hour(desk: Desk) -> None:
    caps = Caps(per_sender=3, per_submission=5, per_hour=100)
    for number in range(6):
        desk.submits(f"m{number}", caps=caps)
    assert desk.ledger.queries.counts().outgoing == {"queued": 3, "held": 3}
    (notice,) = desk.ledger.notices.due(NOW)
    assert (notice.kind, notice.reasons) == ("cap", ("cap-sender",))
    assert desk.ledger.outbox.count_replies(later(hours=-1), recipient=SENDER) == 3


def test_the_hourly_cap_counts_all_senders(desk: Desk) -> None:
    caps = Caps(per_sender=100, per_submission=100, per_hour=2)
    for number in range(4):
        desk.submits(f"m{number}", caps=caps, mails=(a_mail(name=str(number), recipients=(f"{number}@x.gov.uk",)),))
    assert desk.ledger.queries.counts().outgoing == {"queued": 2, "held": 2}


def test_caps_do_not_hold_forwards(desk: Desk) -> None:
    caps = Caps(per_sender=0, per_submission=0, per_hour=0)
    desk.submits("one", Outcome.COMPLIANT, caps=caps)
    assert desk.ledger.queries.counts().outgoing == {"queued": 1, "held": 1}


def test_a_message_costs_a_handful_of_commits(desk: Desk) -> None:
    commits: list[int] = []
    position = desk.position
    event.listen(desk.ledger.database.engine, "commit", lambda connection: commits.append(_writes(connection)))

    def cost() -> int:
        total = sum(commits)
        commits.clear()
        return total

    desk.ledger.arrivals.note_listed(position, [100], 101, NOW)
    assert cost() == 1
    desk.arrives("one", uid=100)
    assert cost() == 1
    claim = desk.claims()
    assert cost() == 1
    judgement = desk.judgement(claim)
    assert cost() == 1  # the new reference
    desk.ledger.judgements.commit(claim, judgement, NOW)
    assert cost() == 1
    (filing,) = desk.ledger.filings.due(NOW)
    desk.ledger.filings.done(filing.id, NOW)
    assert cost() == 1
    desk.delivers(OutgoingState.SENT)
    assert cost() == 3


def _writes(connection: object) -> int:
    options = connection.get_execution_options()  # type: ignore[attr-defined]
    return 0 if options.get("intake_read") else 1


def test_headers_find_their_way_into_the_log(desk: Desk) -> None:
    desk.arrives("one")
    claim = desk.claims()
    headers = Headers(sender="A@Northmere.GOV.UK", subject="s", sent_at=NOW, authentication="dmarc=pass")
    desk.ledger.judgements.commit(claim, desk.judgement(claim, headers=headers), NOW)
    assert desk.ledger.queries.message(claim.id).message.authentication == "dmarc=pass"
    assert desk.ledger.submissions.get("DHR-2026-0001-JR").sender_domain == "northmere.gov.uk"
    assert desk.ledger.arrivals.knows(digest("one"))
