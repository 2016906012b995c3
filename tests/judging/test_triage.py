from __future__ import annotations

from email.message import EmailMessage

import pytest

from intake.judging.triage import OwnMail, triage
from intake.model import Kind
from tests.unpacking.mails import TOP, a_message, opened, with_pdf

OWN = OwnMail(frozenset({"dhr@intake.example"}), message_id_domain="intake.example")


def kind_of(message: EmailMessage | bytes, own: OwnMail = OWN) -> Kind | None:
    found = triage(opened(message), own)
    assert found is None or found.reasons
    return found.kind if found else None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Auto_Submitted": "no"},
        {"X_Auto_Response_Suppress": "All"},
        {"X_Auto_Response_Suppress": "None"},
        {"Precedence": "list", "List_Id": "<dhr.northshire>", "List_Unsubscribe": "<mailto:x@x.uk>"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"X_MS_Exchange_Inbox_Rules_Loop": "old-dhr@homeoffice.example"},
        {"Auto_Submitted": "auto-forwarded"},
        {"Subject": "Read: our final report, please"},
        {"Subject": "Out of office copy of the final report"},
        {"Subject": "Recall: final report - corrected version attached"},
        {"From": "No reply <no-reply@northshire.gov.uk>"},
        {"X_Loop": "dhr", "X_Auto_Response_Suppress": "All"},
        {"Reply_To": "postmaster@northshire.gov.uk"},
    ],
)
def test_a_report_by_a_person_is_not_swallowed_for_one_weak_sign(headers: dict[str, str]) -> None:
    assert kind_of(with_pdf(a_message("Our final report is attached.", **headers))) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "Auto-Generated; owner-email=x"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "Out"},
        {"Precedence": "auto_reply"},
        {"Subject": "Automatic reply: Final report"},
        {"Subject": "Out of office: Final report"},
        {"Subject": "Out of Office Re: Final report"},
        {"Subject": "Ateb awtomatig: Adroddiad terfynol"},
        {"Subject": "Read: Final report", "X_Auto_Response_Suppress": "All"},
        {"Subject": "Accepted: Panel meeting", "X_Auto_Response_Suppress": "DR, OOF"},
        {"Precedence": "bulk", "X_Auto_Response_Suppress": "All", "From": "noreply@tickets.example"},
        {"Return_Path": "<>", "X_Auto_Response_Suppress": "All"},
        {"X_Intake_Marker": "reply@other.example"},
    ],
)
def test_automatic_mail_is_recognised(headers: dict[str, str]) -> None:
    assert kind_of(a_message("I am away until Monday.", **headers)) is Kind.AUTOMATIC


def test_an_automatic_reply_with_a_leaflet_attached_is_automatic_still() -> None:
    message = with_pdf(
        a_message("Thank you.", Subject="Automatic reply: x", Auto_Submitted="auto-replied"), "leaflet.pdf"
    )
    assert kind_of(message) is Kind.AUTOMATIC


def test_an_automatic_subject_with_a_second_sign_outweighs_a_file() -> None:
    message = with_pdf(a_message("Away.", Subject="Automatic reply: x", X_Auto_Response_Suppress="All"), "leaflet.pdf")
    assert kind_of(message) is Kind.AUTOMATIC


def test_an_invitation_is_automatic() -> None:
    message = a_message("Meet")
    message.add_alternative("BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR", subtype="calendar")
    assert kind_of(message) is Kind.AUTOMATIC


def test_what_exchange_calls_an_invitation_is_automatic() -> None:
    assert kind_of(TOP + b"Content-Class: urn:content-classes:calendarmessage\r\n\r\nMeet") is Kind.AUTOMATIC


def test_an_invitation_to_which_a_report_is_attached_is_left_to_the_classification() -> None:
    message = a_message("Meet")
    message.add_alternative("BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR", subtype="calendar")
    assert kind_of(with_pdf(message)) is None


@pytest.mark.parametrize(
    ("report_type", "kind"),
    [
        ("delivery-status", Kind.BOUNCE),
        ("disposition-notification", Kind.AUTOMATIC),
        ("feedback-report", Kind.AUTOMATIC),
    ],
)
def test_reports_by_mail_programs_are_told_apart(report_type: str, kind: Kind) -> None:
    headers = f"Content-Type: multipart/report; report-type={report_type}; boundary=r\r\n\r\n".encode()
    assert kind_of(TOP + headers + b"--r\r\n\r\nx\r\n--r--\r\n") is kind


@pytest.mark.parametrize(
    "headers",
    [
        {"From": "MAILER-DAEMON@relay.example", "Subject": "Undelivered Mail Returned to Sender"},
        {"From": "Mail Delivery System <Mailer-Daemon@relay.example>", "Return_Path": "<>"},
        {"From": "postmaster@northshire.gov.uk", "Subject": "Undeliverable: Your final report"},
        {"From": "x@relay.example", "X_Failed_Recipients": "jane@northshire.gov.uk"},
        {"From": "x@relay.example", "X_MS_Exchange_Message_Is_Ndr": "yes"},
        {"From": "x@relay.example", "Subject": "Delivery Status Notification (Failure)", "Return_Path": "<>"},
    ],
)
def test_bounces_are_recognised(headers: dict[str, str]) -> None:
    assert kind_of(a_message("Failed.", **headers)) is Kind.BOUNCE


SAYS = "Your message could not be delivered to one or more recipients."


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"From": "MAILER-DAEMON <>", "Subject": "Mail delivery failed"}, "A message could not be delivered."),
        ({"From": "Mailer Daemon <mailer.daemon@relay.example>", "Subject": "Re: x"}, "550 5.1.1 unknown"),
        ({"From": "Mail Delivery Subsystem <bounce@relay.example>", "Subject": "Hello"}, SAYS),
        ({"From": "postmaster@relay.example", "Subject": "Delivery report"}, "x"),
        ({"From": "Postmaster <post_master@relay.example>", "Subject": "Undeliverable Message"}, "x"),
        ({"From": "System Administrator <admin@relay.example>", "Subject": "Undeliverable: Final report"}, SAYS),
        ({"From": "filter@relay.example", "Subject": "Mail could not be delivered"}, SAYS),
        ({"From": "filter@relay.example", "Subject": "Delivery failure (jane@x.example)"}, SAYS),
        ({"From": "filter@relay.example", "Subject": "Message status - undeliverable"}, SAYS),
        ({"From": "filter@relay.example", "Subject": "NOTICE: mail delivery status."}, SAYS),
        ({"From": "filter@relay.example", "Subject": "Your message to jane@x.example couldn't be delivered"}, SAYS),
        ({"From": "filter@relay.example", "Subject": "Mail System Error - Returned Mail"}, "x returned to sender"),
        ({"From": "filter@relay.example", "Subject": "Unable to deliver"}, SAYS),
        ({"From": "filter@relay.example", "Subject": "Returned mail: see transcript"}, "permanent fatal errors"),
        ({"From": "filter@relay.example", "Subject": "failure notice"}, "Hi. This is the qmail-send program."),
        ({"From": "Some Mail System <>", "Subject": "Mail error"}, "It cannot be delivered: mail box space"),
        ({"From": "MDaemon@relay.example", "Subject": "Warning: jane@x.example - User unknown!"}, "no such user here"),
        ({"From": "ndr@relay.example", "Subject": "Mail delivery failed: returning message to sender"}, "x"),
        ({"From": "postmaster@relay.example", "Subject": "Mail delivery warning"}, "It has been postponed."),
        ({"From": "filter@relay.example", "Subject": "Permanent delivery failure"}, "It had PERMANENT fatal errors."),
        ({"From": "filter@relay.example", "Subject": "Returned mail - error"}, "Failed recipients: <jane@x.example>"),
        ({"From": "filter@relay.example", "Subject": "Unzustellbar: x"}, "Diagnostic code: 5.1.1"),
        ({"From": "filter@relay.example", "Subject": "Heb ei ddanfon: x"}, "Heb ei ddanfon."),
    ],
)
def test_bounces_without_a_null_sender_are_recognised(headers: dict[str, str], words: str) -> None:
    assert kind_of(a_message(words, **headers)) is Kind.BOUNCE


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Final report", SAYS),
        ("Final report", "We were unable to deliver the training before May."),
        ("Undeliverable: Final report", "It came back to me, so here is the link again: www.x.gov.uk/dhr"),
        ("Undeliverable: Final report", "Dear team,\n\nIt could not be delivered. The link is www.x.gov.uk/dhr"),
        ("Delivery of the final report", "The report could not be delivered last week. It is attached."),
        ("Warning: the report names people", "Please take care with it."),
        ("Final report: not delivered", "It is the one that was not delivered last week."),
    ],
)
def test_a_person_who_speaks_of_delivery_is_a_person(subject: str, words: str) -> None:
    assert kind_of(a_message(words, Subject=subject)) is None


def returned(words: str = "", **headers: str) -> EmailMessage:
    outer = a_message(words, **headers)
    outer.add_attachment(with_pdf(a_message("We have sent it on.", X_Intake_Marker="forward@intake.example")))
    return outer


def test_a_mail_of_ours_that_comes_back_attached_is_our_own() -> None:
    assert kind_of(returned()) is Kind.OWN_MAIL
    assert kind_of(returned("Sender: x\nRecipient: y", X_MS_Journal_Report="")) is Kind.OWN_MAIL


def test_a_mail_of_ours_that_comes_back_as_undeliverable_is_a_bounce() -> None:
    assert kind_of(returned("See below.", From="relay@x.example", Subject="Undeliverable: your report")) is Kind.BOUNCE


def test_a_person_who_attaches_our_mail_to_their_words_is_a_person() -> None:
    assert kind_of(returned("The weblink that you ask for is www.northshire.gov.uk/dhr")) is None
    assert kind_of(with_pdf(returned())) is None
    assert kind_of(returned(), OwnMail()) is None


def test_a_person_who_forwards_a_bounce_is_a_person() -> None:
    assert kind_of(with_pdf(a_message("Please see.", Subject="FW: Undeliverable: Final report"))) is None


def test_a_person_who_answers_a_bounce_with_the_report_is_a_person() -> None:
    assert kind_of(with_pdf(a_message("Trying again.", Subject="Undeliverable: Final report"))) is None


@pytest.mark.parametrize("headers", [{"X_Intake_Marker": "reply@intake.example"}, {"From": "DHR <DHR@intake.example>"}])
def test_our_own_mail_is_recognised(headers: dict[str, str]) -> None:
    own = OwnMail(frozenset({"dhr@intake.example"}), message_id_domain="Intake.example")
    if "From" in headers:
        own = OwnMail(frozenset({"dhr@intake.example"}))
    assert kind_of(a_message(**headers), own) is Kind.OWN_MAIL


def test_an_answer_to_our_mail_is_not_our_mail() -> None:
    message = with_pdf(a_message(In_Reply_To="<dhr-1.1.reply.ab@intake.example>", Subject="RE: [DHR-2026-0001]"))
    assert kind_of(message) is None


def test_an_odd_author_that_names_our_address_is_not_ours() -> None:
    raw = b"From: dhr@intake.example, jane@x.uk\r\nSubject: x\r\n\r\nhi"
    assert kind_of(raw) is None


@pytest.mark.parametrize(
    ("subject", "body", "headers"),
    [
        ("Read: Final DHR report", "Your message was read on 14 May 2026.", {}),
        ("Not read: Final DHR report", "It was deleted without being read on 14 May 2026.", {}),
        ("RE: Final DHR report", "I am out of the office until Monday.", {"Precedence": "bulk"}),
        ("R\u00e9ponse automatique : Final report", "Je suis absente.", {}),
        ("Abwesenheitsnotiz: Final report", "Ich bin nicht da.", {}),
    ],
)
def test_the_words_of_a_program_add_to_its_other_signs(subject: str, body: str, headers: dict[str, str]) -> None:
    assert kind_of(a_message(body, Subject=subject, **headers)) is Kind.AUTOMATIC
    assert kind_of(with_pdf(a_message(body, Subject=subject, **headers))) is None


def test_a_person_who_will_be_away_is_a_person() -> None:
    assert kind_of(a_message("I am on leave from Friday, so please answer by then.", Subject="Final report")) is None
