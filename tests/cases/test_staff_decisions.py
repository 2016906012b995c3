"""What people decide on a case: carried out as one says it, or refused with a sentence that names the way."""

from __future__ import annotations

import email
from dataclasses import replace
from email.policy import default
from typing import Any

import pytest

from intake.errors import Conflict, IntakeError, NotFound, UsageError
from intake.ledger import Act, OutgoingRow
from intake.model import MailKind, Outcome, OutgoingState, Status, SubmissionState
from tests.builders import NORTHMERE, THORNWICK, File, Review, a_message, a_report, a_word_report
from tests.cases.office import Bench
from tests.service.world import covering, named, stamped, submission

COMPLIANT, GAPS, IGNORE = Outcome.COMPLIANT, Outcome.GAPS, Outcome.IGNORE
OBJECTS = "Dear team,\n\nPlease do not forward the report: the family objects to it.\n\nRegards"


def act(bench: Bench, **changes: Any) -> Act:
    return replace(Act(by="Ana", reason="looked at it", at=bench.now), **changes)


def comes(bench: Bench, number: int = 1, review: Review = NORTHMERE, **changes: Any) -> str:
    """A submission comes and is judged; the reference of the newest."""
    bench.receives(submission(number, review, **changes))
    bench.judges()
    return bench.submissions()[0].reference


def says(bench: Bench, text: str, number: int = 2, **changes: Any) -> None:
    usual: dict[str, Any] = {"number": number, "subject": "Final report", "body": text, "review": NORTHMERE}
    bench.receives(stamped(a_message(**(usual | changes))))
    bench.judges()


def mails(bench: Bench, kind: MailKind) -> list[OutgoingRow]:
    return sorted((mail for mail in bench.outgoing() if mail.kind is kind), key=lambda mail: mail.id)


def states(bench: Bench, kind: MailKind) -> list[OutgoingState]:
    return [mail.state for mail in mails(bench, kind)]


def state(bench: Bench, reference: str) -> SubmissionState:
    return bench.view(reference).submission.state


def codes(bench: Bench, reference: str) -> list[str]:
    return [row.code for row in bench.view(reference).doubts if row.closed_at is None]


def words(bench: Bench, mail: OutgoingRow) -> str:
    message = email.message_from_bytes(bench.office.archive.store.read(mail.sha256), policy=default)
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def refused(bench: Bench, reference: str, as_: Outcome, **options: Any) -> tuple[str, str]:
    """The sentence and the way to go, with its command; nothing has changed."""
    before = bench.view(reference)
    with pytest.raises(IntakeError) as raised:
        bench.decisions.release(reference, as_, act(bench), **options)
    assert raised.value.exit_code in {1, 2}
    assert bench.view(reference) == before
    return raised.value.message, f"{raised.value.hint} {raised.value.command}"


# --- what is refused ------------------------------------------------------------------------------------------------


def test_a_reply_that_would_name_no_gap(bench: Bench) -> None:
    message, hint = refused(bench, comes(bench), GAPS)
    assert message == "There is no gap that a reply could name."
    assert "intake override" in hint


def test_a_forward_without_a_report(bench: Bench) -> None:
    bench.receives(stamped(a_message(subject="Final report", body=covering(NORTHMERE), review=NORTHMERE, number=1)))
    bench.judges()
    (row,) = bench.submissions()
    message, _ = refused(bench, row.reference, COMPLIANT)
    assert message == "There is no report that could be forwarded."


def test_a_word_file_as_the_pdf(bench: Bench) -> None:
    files = [File("Final report.docx", a_word_report())]
    bench.receives(
        stamped(a_message(subject="Final report", body=covering(NORTHMERE), review=NORTHMERE, number=1, files=files))
    )
    bench.judges()
    (row,) = bench.submissions()
    message, hint = refused(bench, row.reference, COMPLIANT)
    assert message.startswith("The report is not a PDF (application/vnd.openxmlformats")
    assert "Send the gaps" in hint


def test_a_report_whose_bytes_are_no_longer_kept(bench: Bench) -> None:
    reference = comes(bench, weblink="")
    (message,) = bench.view(reference).messages
    assert message.sha256
    bench.office.archive.store.delete(message.sha256)
    told, hint = refused(bench, reference, COMPLIANT)
    assert told == "The report's file is no longer kept."
    assert "send it again" in hint


@pytest.mark.parametrize(
    ("outcome", "fate"), [(OutgoingState.SENT, "is sent"), (OutgoingState.UNCERTAIN, "may be on its way")]
)
def test_a_second_copy_of_a_report_that_went_or_may_have_gone(bench: Bench, outcome: OutgoingState, fate: str) -> None:
    reference = comes(bench)
    bench.delivers(outcome)
    (forward,) = mails(bench, MailKind.FORWARD)
    message, hint = refused(bench, reference, COMPLIANT)
    assert message == f"A forward of this report {fate}: mail {forward.id}. It is not sent twice."
    assert f"intake retry {forward.id} --mail" in hint


def test_a_file_that_is_not_of_the_submission(bench: Bench) -> None:
    message, hint = refused(bench, comes(bench, weblink=""), COMPLIANT, report="another.pdf")
    assert message == "This submission has no file of that name."
    assert "intake show" in hint


def test_a_release_as_review(bench: Bench) -> None:
    message, _ = refused(bench, comes(bench), Outcome.REVIEW)
    assert message == "A submission cannot be released as review."


def test_the_second_of_two_people(bench: Bench) -> None:
    reference = comes(bench, weblink="")
    seen = bench.view(reference).submission.row_version
    bench.ledger.actions.note(reference, act(bench))
    bench.decisions.release(reference, COMPLIANT, act(bench, expected=seen))
    with pytest.raises(Conflict, match="Somebody else changed it"):
        bench.decisions.release(reference, IGNORE, act(bench, expected=seen))


def test_nothing_is_decided_on_a_message_that_nobody_has_judged(bench: Bench) -> None:
    number = bench.receives(submission(1))
    with pytest.raises(UsageError, match="belongs to no submission"):
        bench.decisions.split(number, act(bench))
    with pytest.raises(UsageError, match="belongs to no submission"):
        bench.decisions.join(number, "DHR-2026-0001", act(bench))


# --- what is carried out --------------------------------------------------------------------------------------------


def test_a_release_past_a_gap_forwards_and_thanks(bench: Bench) -> None:
    reference = comes(bench, weblink="")
    bench.decisions.release(reference, COMPLIANT, act(bench))
    assert states(bench, MailKind.REPLY) == [OutgoingState.CANCELLED]
    assert states(bench, MailKind.FORWARD) == [OutgoingState.QUEUED]
    bench.delivers(OutgoingState.SENT)
    assert state(bench, reference) is SubmissionState.COMPLETE


def test_after_a_wrong_reply_the_answer_takes_it_back(bench: Bench) -> None:
    reference = comes(bench, weblink="")
    bench.delivers(OutgoingState.SENT)
    bench.decisions.override(reference, "weblink", Status.MET, act(bench))
    assert state(bench, reference) is SubmissionState.REVIEW
    bench.decisions.release(reference, COMPLIANT, act(bench))
    (thanks,) = mails(bench, MailKind.ACKNOWLEDGEMENT)
    assert "An earlier email from us" in words(bench, thanks)


def test_without_a_wrong_reply_nothing_is_taken_back(bench: Bench) -> None:
    reference = comes(bench, weblink="")
    bench.decisions.override(reference, "weblink", Status.MET, act(bench))  # before the reply has left
    bench.decisions.release(reference, COMPLIANT, act(bench))
    (thanks,) = mails(bench, MailKind.ACKNOWLEDGEMENT)
    assert "An earlier email from us" not in words(bench, thanks)


def test_a_check_found_missing_by_a_person_is_asked_for(bench: Bench) -> None:
    reference = comes(bench)
    bench.decisions.override(reference, "executive-summary", Status.GAP, act(bench))
    assert states(bench, MailKind.FORWARD) == [OutgoingState.CANCELLED]
    bench.decisions.override(reference, "weblink", Status.GAP, act(bench))
    bench.decisions.release(reference, GAPS, act(bench))
    assert states(bench, MailKind.REPLY) == [OutgoingState.QUEUED]


def test_a_correction_and_what_follows_are_one_act(bench: Bench) -> None:
    reference = comes(bench, report=a_report(pages=8, letter=None))
    leads_to, composed = bench.decisions.compose_corrected(reference, "feedback-letter-annex", Status.MET, bench.now)
    assert leads_to is COMPLIANT
    assert [mail.kind for mail in composed] == [MailKind.FORWARD, MailKind.ACKNOWLEDGEMENT]
    bench.decisions.correct_and_send(reference, "feedback-letter-annex", Status.MET, act(bench))
    assert states(bench, MailKind.FORWARD) == [OutgoingState.QUEUED]
    assert codes(bench, reference) == []
    assert [note.about for note in bench.view(reference).notes] == ["override", "released"]


def test_nothing_is_recorded_of_a_correction_whose_mail_cannot_be_written(bench: Bench) -> None:
    reference = comes(bench, report=a_report(pages=8, letter=None))
    (message,) = bench.view(reference).messages
    assert message.sha256 is not None
    bench.office.archive.store.delete(message.sha256)
    before = bench.view(reference)
    with pytest.raises(UsageError, match="no longer kept"):
        bench.decisions.correct_and_send(reference, "feedback-letter-annex", Status.MET, act(bench))
    assert bench.view(reference) == before


def test_the_same_reply_is_not_sent_twice_but_one_that_puts_it_right_is(bench: Bench) -> None:
    reference = comes(bench, report=a_report(pages=8, letter=None))
    bench.delivers(OutgoingState.SENT)
    message, hint = refused(bench, reference, GAPS)
    assert "has already gone" in message
    assert "ring or write" in hint
    bench.decisions.override(reference, "feedback-letter-annex", Status.MET, act(bench))
    bench.decisions.correct_and_send(reference, "weblink", Status.GAP, act(bench))
    assert states(bench, MailKind.REPLY) == [OutgoingState.SENT, OutgoingState.QUEUED]
    assert "Please disregard it" in words(bench, mails(bench, MailKind.REPLY)[-1])


def test_there_is_no_override_of_an_unknown_check(bench: Bench) -> None:
    with pytest.raises(NotFound, match="no such check"):
        bench.decisions.override(comes(bench), "spelling", Status.MET, act(bench))


def test_one_of_two_reports_is_chosen_by_name_or_hash(bench: Bench) -> None:
    one, other = (a_report(review=named(name), pages=8) for name in ("Anna", "Bea"))
    files = [File("Anna final.pdf", one), File("Bea final.pdf", other)]
    body = covering(NORTHMERE).replace("report (Anna)", "reports (Anna and Bea)")
    bench.receives(stamped(a_message(subject="Final reports", body=body, review=NORTHMERE, number=1, files=files)))
    bench.judges()
    (row,) = bench.submissions()
    assert "rival-reports" in codes(bench, row.reference)
    chosen = next(
        file for entry in bench.view(row.reference).judgements for file in entry.files if file.name == "Bea final.pdf"
    )
    (previewed, *_) = bench.decisions.compose(row.reference, COMPLIANT, bench.now, report=chosen.sha256[:12])
    assert mails(bench, MailKind.FORWARD) == []
    bench.decisions.release(row.reference, COMPLIANT, act(bench), report="Bea final.pdf")
    (forward,) = mails(bench, MailKind.FORWARD)
    assert [file["sha256"] for file in bench.manifest(forward)["files"]] == [chosen.sha256]
    assert previewed.message_id == forward.message_id
    assert bench.view(row.reference).submission.report_sha256 == chosen.sha256


def test_what_a_release_goes_past_is_told_before(bench: Bench) -> None:
    reference = comes(bench, weblink="")
    says(bench, OBJECTS, subject=f"[{reference}] Final report")
    bench.ledger.actions.hold(reference, act(bench))
    past = bench.decisions.past(reference)
    assert {each.doubt.code for each in past.doubts} >= {"asks-for-a-person"}
    assert [each.doubt.quote for each in past.doubts if each.doubt.code == "asks-for-a-person"] == [
        "Please do not forward the report: the family objects to it."
    ]
    assert [gap.check for gap in past.gaps] == ["weblink"]
    assert (past.on_hold, past.sent) == (True, False)


# --- doubts ---------------------------------------------------------------------------------------------------------


def test_a_settled_doubt_lets_the_submission_go_on(bench: Bench) -> None:
    bench.receives(submission(1).replace(b"dmarc=pass", b"dmarc=fail", 1))
    bench.judges()
    (row,) = bench.submissions()
    assert codes(bench, row.reference) == ["sender-unproved"]
    bench.decisions.settle(row.reference, "sender-unproved", act(bench))
    bench.judges()
    assert codes(bench, row.reference) == []
    assert states(bench, MailKind.FORWARD) == [OutgoingState.QUEUED]


def test_one_settled_doubt_of_two_changes_nothing_else(bench: Bench) -> None:
    reference = comes(bench)
    says(bench, OBJECTS, subject=f"[{reference}] Final report")
    says(bench, OBJECTS, number=3, subject=f"[{reference}] Final report", sender=THORNWICK.sender)
    asked, *others = [row for row in bench.view(reference).doubts if row.closed_at is None]
    assert others
    bench.decisions.settle(reference, str(asked.id), act(bench))
    bench.judges()
    assert state(bench, reference) is SubmissionState.REVIEW
    assert [row.id for row in bench.view(reference).doubts if row.closed_at is None] == [row.id for row in others]


def test_a_doubt_that_is_not_open_cannot_be_settled(bench: Bench) -> None:
    with pytest.raises(NotFound, match="no open doubt list-mail"):
        bench.decisions.settle(comes(bench), "list-mail", act(bench))


def test_ignoring_a_message_closes_the_message_and_not_the_case(bench: Bench) -> None:
    reference = comes(bench)
    bench.delivers(OutgoingState.SENT)
    bench.delivers(OutgoingState.SENT)
    says(bench, "Could somebody tell me when the board meets?", subject=f"[{reference}] Final report")
    assert state(bench, reference) is SubmissionState.REVIEW
    bench.decisions.release(reference, IGNORE, act(bench))
    view = bench.view(reference)
    assert (view.submission.state, codes(bench, reference)) == (SubmissionState.COMPLETE, [])
    assert [row.left_out for row in view.messages] == [False, True]
    assert states(bench, MailKind.FORWARD) == [OutgoingState.SENT]


def test_ignoring_a_submissions_only_message_closes_it(bench: Bench) -> None:
    reference = comes(bench, weblink="")
    bench.decisions.release(reference, IGNORE, act(bench))
    assert state(bench, reference) is SubmissionState.CLOSED
    assert states(bench, MailKind.REPLY) == [OutgoingState.CANCELLED]


def test_the_end_of_a_hold_lets_go_what_it_kept(bench: Bench) -> None:
    reference = comes(bench)
    bench.ledger.actions.hold(reference, act(bench))
    assert bench.delivers(OutgoingState.SENT) == 0
    bench.decisions.unhold(reference, act(bench))
    assert states(bench, MailKind.FORWARD) == [OutgoingState.QUEUED]


def test_the_end_of_a_hold_lets_go_on_what_came_meanwhile(bench: Bench) -> None:
    reference = comes(bench, weblink="")
    bench.delivers(OutgoingState.SENT)
    bench.ledger.actions.hold(reference, act(bench))
    link = f"Dear team,\n\nThe report will be published at {NORTHMERE.weblink}\n\nMany thanks"
    says(bench, link, subject=f"[{reference}] Final report")
    assert (codes(bench, reference), mails(bench, MailKind.FORWARD)) == (["on-hold"], [])
    bench.decisions.unhold(reference, act(bench))
    bench.judges()
    assert codes(bench, reference) == []
    assert states(bench, MailKind.FORWARD) == [OutgoingState.QUEUED]


# --- placing --------------------------------------------------------------------------------------------------------


def test_a_split_and_its_undoing_leave_everything_as_it_was(bench: Bench) -> None:
    reference = comes(bench, weblink="")
    bench.delivers(OutgoingState.SENT)
    says(bench, OBJECTS, subject=f"[{reference}] Final report")
    assert state(bench, reference) is SubmissionState.REVIEW
    before = bench.view(reference).submission
    stray = bench.view(reference).messages[-1].id
    made = bench.decisions.split(stray, act(bench))
    bench.judges()
    assert state(bench, reference) is SubmissionState.WAITING_FOR_CSP
    assert made.reference != reference
    assert state(bench, made.reference) is SubmissionState.REVIEW
    bench.decisions.join(stray, reference, act(bench))
    after = bench.view(reference).submission
    assert (after.report_sha256, after.weblink, after.version, after.state) == (
        before.report_sha256,
        before.weblink,
        before.version,
        SubmissionState.REVIEW,
    )
    assert (bench.view(made.reference).messages, state(bench, made.reference)) == ((), SubmissionState.CLOSED)


def test_the_only_message_cannot_be_split_off(bench: Bench) -> None:
    reference = comes(bench)
    with pytest.raises(UsageError, match="only message"):
        bench.decisions.split(bench.view(reference).messages[0].id, act(bench))
    assert states(bench, MailKind.FORWARD) == [OutgoingState.QUEUED]


def test_a_message_cannot_be_joined_to_where_it_is(bench: Bench) -> None:
    reference = comes(bench)
    with pytest.raises(UsageError, match="already"):
        bench.decisions.join(bench.view(reference).messages[0].id, reference, act(bench))


def test_a_corrected_report_joined_by_hand_is_the_one_that_is_released(bench: Bench) -> None:
    first = comes(bench, 1, named("Anna"), report=a_report(review=named("Anna"), pages=8, letter=None))
    bench.delivers(OutgoingState.SENT)
    second = comes(bench, 2, named("Anna", THORNWICK))
    assert first != second
    bench.decisions.join(bench.view(second).messages[0].id, first, act(bench))
    assert codes(bench, first) == ["put-right"]
    assert states(bench, MailKind.FORWARD) == [OutgoingState.CANCELLED]
    bench.decisions.release(first, COMPLIANT, act(bench))
    live = [mail for mail in mails(bench, MailKind.FORWARD) if mail.state is OutgoingState.QUEUED]
    assert [mail.report_sha256 for mail in live] == [bench.view(first).submission.report_sha256]


def test_a_message_joined_by_mistake_and_split_off_again_leaves_a_complete_case_complete(bench: Bench) -> None:
    complete = comes(bench, 1, named("Anna"))
    bench.delivers(OutgoingState.SENT)
    other = comes(bench, 2, named("Bea"), weblink="")
    message = bench.view(other).messages[0].id
    bench.decisions.join(message, complete, act(bench))
    assert (state(bench, complete), state(bench, other)) == (SubmissionState.REVIEW, SubmissionState.CLOSED)
    made = bench.decisions.split(message, act(bench)).reference
    assert (state(bench, complete), codes(bench, complete)) == (SubmissionState.COMPLETE, [])
    assert (state(bench, made), codes(bench, made)) == (SubmissionState.REVIEW, ["put-right"])


def test_judging_again_does_not_answer_for_the_person_who_placed_a_message(bench: Bench) -> None:
    first = comes(bench, 1, named("Anna"), weblink="")
    second = comes(bench, 2, named("Anna", THORNWICK))
    message = bench.view(second).messages[0].id
    bench.decisions.join(message, first, act(bench))
    bench.ledger.actions.judge_again(message, act(bench))
    bench.judges()
    assert codes(bench, first) == ["put-right"]
    assert (state(bench, first), states(bench, MailKind.FORWARD)) == (
        SubmissionState.REVIEW,
        [OutgoingState.CANCELLED],
    )
