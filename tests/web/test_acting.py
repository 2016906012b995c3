from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from html import unescape

import pytest

from intake.ledger import Delivery
from intake.model import MailKind, Outcome, OutgoingState, SubmissionState
from intake.wiring.archive import Archive
from tests.web.office import COMPLETE, GAPS, REVIEW, Visitor, now


def test_looking_at_what_would_be_sent_keeps_nothing(caseworker: Visitor, archive: Archive) -> None:
    before = list(archive.store.names())
    pages = [caseworker.get(f"/submissions/{REVIEW}/actions/{action}") for action in ("compliant", "gaps")]
    assert list(archive.store.names()) == before
    caseworker.do(f"/submissions/{REVIEW}/actions/hold", reason="first")
    assert [caseworker.send(page, reason="second").status_code for page in pages] == [409, 409]
    assert list(archive.store.names()) == before


def test_releasing_as_compliant_shows_the_mail_first_and_then_queues_it(caseworker: Visitor, archive: Archive) -> None:
    page = caseworker.get(f"/submissions/{REVIEW}/actions/compliant")
    assert "Forward to the Commissioner" in page.text
    assert "dhr@commissioner.demo.example" in page.text
    answer = caseworker.send(page, reason="I rang them")
    assert "Released as compliant" in answer.text
    view = archive.ledger.queries.submission(REVIEW)
    assert view.submission.outcome is Outcome.COMPLIANT
    assert {mail.kind for mail in view.outgoing if mail.state is OutgoingState.QUEUED} >= {MailKind.FORWARD}
    assert [(note.by, note.text) for note in view.notes] == [("Cora Example (cora)", "I rang them")]
    assert "I rang them" in answer.text


def test_the_reply_leaves_as_the_person_worded_it(caseworker: Visitor, archive: Archive) -> None:
    path = f"/submissions/{REVIEW}/actions/gaps"
    words = "Dear Beth,\n\nplease send the web address.\n\n“Team”"
    caseworker.do(path, reason="with a kind word", **{"text-reply": words})
    (reply,) = [mail for mail in archive.ledger.queries.submission(REVIEW).outgoing if mail.kind is MailKind.REPLY]
    message = email.message_from_bytes(archive.store.read(reply.sha256), policy=email.policy.default)
    assert message.get_content_type() == "text/plain"
    assert message.get_content().split() == ["Dear", "Beth,", "please", "send", "the", "web", "address.", "“Team”"]
    assert message["Message-ID"] == reply.message_id
    assert message["Auto-Submitted"] == "auto-replied"
    assert REVIEW in str(message["Subject"])


def test_a_reply_that_nobody_changed_keeps_both_its_forms(caseworker: Visitor, archive: Archive) -> None:
    page = caseworker.get(f"/submissions/{REVIEW}/actions/gaps")
    text = unescape(page.text.split('name="text-reply"')[1].split(">", 1)[1].split("</textarea>")[0])
    caseworker.send(page, reason="as it is", **{"text-reply": text})
    (reply,) = [mail for mail in archive.ledger.queries.submission(REVIEW).outgoing if mail.kind is MailKind.REPLY]
    message = email.message_from_bytes(archive.store.read(reply.sha256), policy=email.policy.default)
    assert message.get_content_type() == "multipart/alternative"


def test_two_people_at_once_the_second_is_told_and_keeps_the_words(caseworker: Visitor, archive: Archive) -> None:
    slow = caseworker.get(f"/submissions/{REVIEW}/actions/ignore")
    caseworker.do(f"/submissions/{REVIEW}/actions/hold", reason="I was faster")
    answer = caseworker.send(slow, reason="a long and careful reason")
    assert answer.status_code == 409
    assert "This changed while you were looking at it" in answer.text
    assert "a long and careful reason" in answer.text
    assert "put it on hold" in answer.text
    assert archive.ledger.submissions.get(REVIEW).state is SubmissionState.REVIEW
    again = caseworker.send(answer, f"/submissions/{REVIEW}/actions/ignore", reason="a long and careful reason")
    assert again.status_code == 200
    assert archive.ledger.submissions.get(REVIEW).state is SubmissionState.CLOSED


def test_the_same_form_sent_twice_acts_once(caseworker: Visitor, archive: Archive) -> None:
    page = caseworker.get(f"/submissions/{REVIEW}/actions/compliant")
    assert caseworker.send(page, reason="yes").status_code == 200
    assert caseworker.send(page, reason="yes").status_code == 409
    mails = archive.ledger.queries.submission(REVIEW).outgoing
    assert sum(mail.kind is MailKind.FORWARD for mail in mails) == 1


def test_no_deed_without_a_reason(caseworker: Visitor, archive: Archive) -> None:
    answer = caseworker.do(f"/submissions/{REVIEW}/actions/ignore", reason="  ")
    assert answer.status_code == 422
    assert "Enter a reason" in answer.text
    assert archive.ledger.submissions.get(REVIEW).state is SubmissionState.REVIEW


def test_an_overridden_check_waits_for_a_decision_and_says_who(caseworker: Visitor, archive: Archive) -> None:
    path = f"/submissions/{GAPS}/override/feedback-letter-annex"
    assert caseworker.do(path, reason="no choice made").status_code == 422
    answer = caseworker.do(path, status="met", reason="It is on page 40, as a picture.")
    assert "Your correction was recorded" in answer.text
    assert "Our team looked at this: it is met." in answer.text
    assert "overrode" in answer.text
    row = archive.ledger.submissions.get(GAPS)
    assert row.state is SubmissionState.REVIEW
    before, after = archive.ledger.queries.submission(GAPS).judgements
    found = {finding.check: finding.status for finding in after.findings}
    assert found["feedback-letter-annex"] == "met"
    assert [each.check for each in before.findings] == [each.check for each in after.findings]
    assert caseworker.do(f"/submissions/{GAPS}/actions/compliant", reason="now it is").status_code == 200
    assert archive.ledger.events.verify().sound


def test_a_message_is_joined_to_another_submission_and_split_off_again(caseworker: Visitor, archive: Archive) -> None:
    caseworker.do("/messages/3/actions/join", reference=GAPS, reason="it is the answer")
    target, emptied = archive.ledger.submissions.get(GAPS), archive.ledger.submissions.get(REVIEW)
    assert (target.state, target.version) == (SubmissionState.REVIEW, 2)
    assert emptied.state is SubmissionState.CLOSED
    assert "What changed" in caseworker.get(f"/submissions/{GAPS}/changes").text
    answer = caseworker.do("/messages/3/actions/split", reason="no, it is not")
    assert answer.url.path.startswith("/submissions/DHR-2026-0004-")
    assert archive.ledger.submissions.get("DHR-2026-0004").state is SubmissionState.REVIEW
    assert archive.ledger.events.verify().sound


def test_joining_to_nothing_says_so_and_keeps_the_words(caseworker: Visitor) -> None:
    answer = caseworker.do("/messages/3/actions/join", reference="DHR-1999-1", reason="typed wrongly")
    assert answer.status_code == 422
    assert "There is no submission DHR-1999-1" in answer.text
    assert "typed wrongly" in answer.text


def test_the_only_message_of_a_submission_is_not_split_off(caseworker: Visitor) -> None:
    assert caseworker.do("/messages/3/actions/split", reason="why not").status_code == 422


def test_an_uncertain_mail_is_marked_as_arrived_or_sent_again(caseworker: Visitor, archive: Archive) -> None:
    caseworker.do(f"/submissions/{REVIEW}/actions/gaps", reason="send it")
    at = now() + timedelta(minutes=1)
    for claim in archive.ledger.outbox.claim(at, timedelta(minutes=5), 9, "test"):
        assert archive.ledger.outbox.start_data(claim, at, timedelta(minutes=5))
        archive.ledger.outbox.settle(claim, Delivery(outcome=OutgoingState.UNCERTAIN), at)
    mail = next(each for each in archive.ledger.queries.submission(REVIEW).outgoing if each.kind is MailKind.REPLY)
    home = caseworker.get("/").text
    assert "mails may have arrived" in home or "mail may have arrived" in home
    page = caseworker.get(f"/mail/{mail.id}").text
    assert "Mark as arrived" in page
    slow = caseworker.get(f"/mail/{mail.id}/actions/resend")
    assert caseworker.do(f"/mail/{mail.id}/actions/arrived", reason="they rang").status_code == 200
    assert archive.ledger.queries.mail(mail.id).state is OutgoingState.SENT
    assert caseworker.send(slow, reason="again").status_code == 409


def test_notes_holds_and_rechecks_are_recorded_with_their_name(caseworker: Visitor, archive: Archive) -> None:
    for action in ("note", "hold", "unhold", "recheck", "withdraw"):
        answer = caseworker.do(f"/submissions/{REVIEW}/actions/{action}", reason=f"because of {action}")
        assert answer.status_code == 200, action
        assert f"because of {action}" in answer.text
    assert archive.ledger.queries.counts().messages["arrived"] == 1
    assert {event.actor for event in archive.ledger.events.latest(20) if event.kind.startswith("staff-")} == {
        "Cora Example (cora)"
    }


@pytest.mark.parametrize("path", [f"/submissions/{REVIEW}/actions/ignore", "/mail/1/actions/resend",
                                  "/messages/3/actions/join", f"/submissions/{GAPS}/override/weblink"])  # fmt: skip
def test_a_reader_sees_everything_and_changes_nothing(visitor: Visitor, archive: Archive, path: str) -> None:
    visitor.sign_in("rita")
    page = visitor.get(f"/submissions/{REVIEW}")
    assert page.status_code == 200
    assert "What you can do" not in page.text
    assert "Override" not in page.text
    refused = visitor.get(path)
    assert refused.status_code == 403
    assert "You cannot do this" in refused.text
    forged = visitor.send(page, path, reason="let me", status="met")
    assert forged.status_code == 403
    assert archive.ledger.submissions.get(REVIEW).state is SubmissionState.REVIEW


def test_only_administrators_say_who_is_trusted(visitor: Visitor, archive: Archive) -> None:
    visitor.sign_in("cora")
    assert visitor.get("/messages/3/actions/trust").status_code == 403
    visitor.client.cookies.clear()
    visitor.sign_in("alan")
    visitor.do("/messages/3/actions/trust", reason="we know her")
    sender = archive.ledger.submissions.get(REVIEW).sender
    assert archive.ledger.actions.trusted() == [sender]
    answer = visitor.send(visitor.get("/senders"), "/senders/distrust", reason="she has left")
    assert "no longer trusted" in answer.text
    assert archive.ledger.actions.trusted() == []


def test_a_complete_submission_offers_no_second_release(caseworker: Visitor) -> None:
    assert "Release as compliant" not in caseworker.get(f"/submissions/{COMPLETE}").text
