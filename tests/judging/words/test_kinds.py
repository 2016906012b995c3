"""What a message is: words, documents and thread weighed together, and doubt where they disagree."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from intake.demo.letters import Letter
from intake.judging.facts import Dossier
from intake.judging.words import Reading, asking, classify, read
from intake.judging.words.placing import settled
from intake.model import Address, Body, Certainty, Classification, Document, Kind, Link, LinkPlace, Series, Unpacked
from intake.wiring.reading import sentence_reader
from tests.records import PLAN_PAGE, a_document, a_dossier, a_link, a_mail, letter_pages, report_pages, wording

CERTAIN, POSSIBLE = Certainty.CERTAIN, Certainty.POSSIBLE
REPORT = a_document(report_pages())
WHOLE = a_document([*report_pages(), *letter_pages(), PLAN_PAGE])
LETTER = a_document(letter_pages(), "letter.pdf")
FINAL_WORDS = "Please find attached the final version of our report, with the changes that the Panel asked for."


def _read(dossier: Dossier) -> tuple[Reading, ...]:
    """The sentences of a mail, read by the reader that the program has."""
    subject = "" if dossier.unpacked.subject.lower().startswith("re:") else dossier.unpacked.subject
    return read(subject, dossier.words, sentence_reader())


def _classify(dossier: Dossier, *, own: Collection[str] = ()) -> Classification:
    readings = _read(dossier)
    found = classify(settled(dossier, readings), wording(), readings, own=own)
    assert found.reasons
    return found


def _kind(subject: str, body: str, *documents: Document, mail: Unpacked | None = None) -> tuple[Kind, Certainty]:
    found = _classify(a_dossier(*documents, mail=mail or a_mail(subject, body, ())))
    return found.kind, found.certainty


def _goes_on(subject: str, body: str, *documents: Document, mail: Unpacked | None = None) -> bool:
    """Whether its kind is certain and none of its sentences asks for a person."""
    dossier = a_dossier(*documents, mail=mail or a_mail(subject, body, ()))
    found = _classify(dossier)
    return found.certainty is CERTAIN and not asking(_read(dossier), dossier)


@pytest.mark.parametrize(
    ("subject", "body", "documents"),
    [
        ("DHR", "", (WHOLE,)),
        ("Final DHR report", FINAL_WORDS, (REPORT,)),
        ("Northmere DHR", FINAL_WORDS, (REPORT, LETTER)),
        ("Domestic Homicide Review", "Please find attached our final report. Could you confirm receipt?", (WHOLE,)),
    ],
)
def test_final_submissions(subject: str, body: str, documents: tuple[Document, ...]) -> None:
    assert _kind(subject, body, *documents) == (Kind.FINAL_SUBMISSION, CERTAIN)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("DHR for QA Panel", "Please find attached our report for consideration by the QA Panel."),
        ("Submission", "We submit the attached review to the Quality Assurance Panel, with the data collection form."),
    ],
)
def test_first_versions_for_the_panel(subject: str, body: str) -> None:
    assert _kind(subject, body, REPORT) == (Kind.QA_SUBMISSION, CERTAIN)


def test_a_report_without_any_words_is_doubtful() -> None:
    assert _kind("DHR", "", REPORT)[1] is POSSIBLE


def test_words_of_both_kinds_are_doubtful() -> None:
    assert _kind("Final DHR report", "Final report attached for consideration by the QA Panel.", REPORT)[1] is POSSIBLE


@pytest.mark.parametrize(
    ("subject", "body", "documents"),
    [
        ("Question", "Could you tell us when the next panel meets?", ()),
        ("Our letter", "We received the attached feedback letter. Do we need to add it to the report?", (LETTER,)),
        ("Extension", "We would like to request an extension to the deadline. Could you advise?", ()),
    ],
)
def test_questions(subject: str, body: str, documents: tuple[Document, ...]) -> None:
    kind, certainty = _kind(subject, body, *documents)
    assert kind in {Kind.ENQUIRY, Kind.OTHER, Kind.QA_SUBMISSION} or not _goes_on(subject, body, *documents)
    assert certainty is CERTAIN or documents


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Notification of a domestic homicide", "This is to notify you of our decision to undertake a review."),
        ("Newsletter", "Register now for our training event. Unsubscribe here."),
        ("FOI request", "This is a freedom of information request about domestic homicide reviews."),
        ("Lunch", "See you at noon."),
    ],
)
def test_other_business(subject: str, body: str) -> None:
    assert _kind(subject, body) == (Kind.OTHER, CERTAIN)


def test_a_final_report_behind_a_portal_link_is_a_submission_without_its_file() -> None:
    mail = a_mail(
        "Final DHR report",
        "Our final report for publication can be downloaded at the link below.",
        [a_link("https://northmere.sharepoint.com/x")],
    )
    assert _kind("", "", mail=mail)[0] is Kind.FINAL_SUBMISSION


def test_an_answer_with_our_reference_is_a_follow_up() -> None:
    mail = Unpacked(
        subject="Re: [DHR-2026-0004] Final report",
        in_reply_to=("<a@b>",),
        body=Body(latest="The letter is now included, as requested."),
    )
    assert _kind("", "", WHOLE, mail=mail) == (Kind.FOLLOW_UP, CERTAIN)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("The final report", "Please find attached the final report. What action will the Minister take?"),
        ("Final report", "Under the FOI Act I ask for the minutes about the attached final report."),
        ("Final report", "We act for the family and enclose the final report provided to our clients."),
        ("Our sister", "This is the final report the council sent us. Page 14 is a lie."),
        ("Final DHR report", "Final report attached. It is embargoed until the hearing."),
        ("Final DHR report", "The final draft of our report is attached."),
        ("Final DHR report", "Our final report is attached. Which of the two letters should be the annex?"),
        (
            "Northmere DHR - is this right?",
            "We made the changes and added the letter. Could somebody look at it first?",
        ),
    ],
)
def test_a_whole_report_whose_words_ask_for_a_person_gets_one(subject: str, body: str) -> None:
    assert not _goes_on(subject, body, WHOLE)


@pytest.mark.parametrize(
    "closing",
    [
        "Could you please acknowledge receipt of this email?",
        "Please let me know if you need anything else.",
        "Do you require any further information?",
        "Can you confirm safe receipt?\nHope you are well?",
    ],
)
def test_what_closes_a_letter_is_no_question(closing: str) -> None:
    assert _kind("Final DHR report", f"{FINAL_WORDS}\n\n{closing}", WHOLE) == (Kind.FINAL_SUBMISSION, CERTAIN)


@pytest.mark.parametrize(
    ("latest", "signature"),
    [("That is wonderful news, thank you.", ""), ("", "Many thanks\nJo"), ("Noted, thanks!", "")],
)
def test_thanks_for_our_mail_are_left_for_people(latest: str, signature: str) -> None:
    mail = Unpacked(subject="Re: [DHR-2026-0004] Final report", body=Body(latest=latest, signature=signature))
    assert _kind("", "", mail=mail) == (Kind.OTHER, CERTAIN)


@pytest.mark.parametrize(
    "latest",
    [
        "The letter was in the report that we sent. We did attach it, please check the link again.",
        "Thank you. The letter was attached, on page 84.",
        "Thanks. Do you need the plan as well?",
        "We cannot do that before the summer.",
    ],
)
def test_an_answer_that_brings_nothing_and_says_something_is_read_by_a_person(latest: str) -> None:
    mail = Unpacked(subject="Re: [DHR-2026-0004] Final report", body=Body(latest=latest))
    assert _kind("", "", mail=mail) == (Kind.FOLLOW_UP, POSSIBLE)


def test_a_link_in_a_signature_is_nothing_brought() -> None:
    link = a_link("https://www.northmere.gov.example", place=LinkPlace.SIGNATURE)
    mail = Unpacked(
        subject="Re: [DHR-2026-0004] Final report", body=Body(latest="We cannot do that before May."), links=(link,)
    )
    assert _kind("", "", mail=mail)[1] is POSSIBLE


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("Please disregard", "Please disregard the final report I sent. There is a real name in it."),
        ("Karen final", "Hi, the final Karen overview report is here: https://www.dropbox.com/s/xyz"),
    ],
)
def test_a_report_taken_back_or_left_elsewhere_reaches_a_person(subject: str, body: str) -> None:
    links = [a_link("https://www.dropbox.com/s/xyz")] if "dropbox" in body else []
    assert _kind("", "", mail=a_mail(subject, body, links))[0] in {Kind.FINAL_SUBMISSION, Kind.FOLLOW_UP}


@pytest.mark.parametrize(
    "words",
    [
        "Please ignore my last e-mail, I attached the wrong version.",
        "The weblink is https://www.northmere.gov.example/dhr/anna",
        "We cannot give you a weblink: the partnership has decided not to publish.",
    ],
)
def test_what_mends_or_takes_back_reaches_a_person_without_our_reference_too(words: str) -> None:
    links = [a_link("https://www.northmere.gov.example/dhr/anna", words)] if "https" in words else []
    mail = a_mail("Northmere DHR", words, links)
    assert _kind("", "", mail=mail)[0] in {Kind.FINAL_SUBMISSION, Kind.FOLLOW_UP}
    assert not _goes_on("", "", mail=mail)


@pytest.mark.parametrize(
    "words",
    [
        "You saw an earlier draft of it in May.",
        "We submitted the first draft to the Panel in October.",
        "Thank you for granting the extension, which we have met.",
        "The draft watermark has been removed.",
        "It is shorter than the draft.",
        "If you are not the intended recipient please delete it and notify the sender.",
    ],
)
def test_what_went_before_is_no_doubt(words: str) -> None:
    assert _kind("Final DHR report", f"{FINAL_WORDS} {words}", WHOLE) == (Kind.FINAL_SUBMISSION, CERTAIN)


def test_a_partnerships_own_number_is_not_our_reference() -> None:
    assert _kind("DHR-2021-004: final report", FINAL_WORDS, WHOLE)[0] is Kind.FINAL_SUBMISSION


def test_a_password_or_a_promise_of_the_link_is_no_report_that_is_missing() -> None:
    assert not _goes_on("Final DHR - password", "The password for the report I sent you is Harbour!42")
    word = replace(a_document(["A page of words."], "DHR.docx"), media_type="application/msword", is_pdf=False)
    said = "The final version is attached in Word, and the letter as a PDF. We will send the link later."
    assert _kind("DHR final report", said, word, LETTER)[0] is Kind.FINAL_SUBMISSION


def test_photographs_of_the_report_are_a_submission_in_the_wrong_form() -> None:
    photograph = replace(a_document(["4.2 The panel met."], "IMG_1.jpg"), media_type="image/jpeg", is_pdf=False)
    assert _kind("Final DHR", "I photographed the final report.", photograph)[0] is Kind.FINAL_SUBMISSION


def test_one_mail_of_several_waits_for_the_others() -> None:
    found = _classify(a_dossier(LETTER, mail=a_mail("DHR Louise, email 2 of 2", "As mentioned.", ())))
    assert (found.kind, found.series) == (Kind.FINAL_SUBMISSION, Series(2, 2))


def test_the_quoted_thread_decides_nothing() -> None:
    mail = Unpacked(
        subject="Hello", body=Body(latest="Thank you.", quoted="Please find attached the final report for publication.")
    )
    assert _kind("", "", mail=mail)[0] in {Kind.OTHER, Kind.ENQUIRY}


def test_an_earlier_letter_in_a_resubmission_to_the_panel_is_not_a_final_submission() -> None:
    document = a_document([*report_pages(), *letter_pages(Letter(wording="resubmit"))])
    assert (
        _kind("DHR resubmission", "We are resubmitting our report to the QA Panel.", document)[0] is Kind.QA_SUBMISSION
    )


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("RE: Anna - final", "Happy with this. OK to send once the page is ready."),
        ("RE: Final DHR Anna", "Thank you, received with thanks."),
    ],
)
def test_a_reply_that_hands_nothing_in_is_doubtful(subject: str, body: str) -> None:
    document = a_document([*report_pages(), *letter_pages(), PLAN_PAGE], "DHR final.pdf")
    assert not _goes_on(subject, body, document)


def test_a_report_that_waits_for_the_panel_is_doubtful() -> None:
    body = "Please find attached the final report, signed off by us. We await the Panel's feedback letter."
    link = a_link("https://www.northmere.gov.example/dhr", "It will be published at")
    assert _kind("Final report", body, REPORT, mail=a_mail("Final report", body, (link,)))[1] is POSSIBLE


def test_a_review_of_another_kind_is_doubtful() -> None:
    body = "Please find attached our final Safeguarding Adults Review report. See https://northmere.gov.example/dhrs"
    assert _kind("Final report", body, REPORT)[1] is POSSIBLE
    assert _kind("Final report", body.replace("Review report", "Review and DHR report"), WHOLE)[1] is CERTAIN


def test_asking_for_our_own_attachment_again_is_an_enquiry() -> None:
    body = "The attachment would not open. Please resend as PDF so that we can annex it to the final report."
    assert _kind("RE: DHR feedback letter", body)[0] in {Kind.ENQUIRY, Kind.FOLLOW_UP}
    assert not _goes_on("RE: DHR feedback letter", body)


def test_a_recording_is_never_a_report() -> None:
    voice = replace(a_document([], "voice.wav"), media_type="audio/x-wav", is_pdf=False)
    body = "Transcript: it is about the final report, please ring back."
    assert not _goes_on("Voice message", body, voice)


@pytest.mark.parametrize(
    "request_",
    [
        "If you have any enquiry please ring me.",
        "Can you get this to the Home Office?",
        "The report was last seen in draft.",
    ],
)
def test_what_asks_nothing_of_us_is_no_doubt(request_: str) -> None:
    assert _kind("Final DHR report", f"{FINAL_WORDS} {request_}", WHOLE) == (Kind.FINAL_SUBMISSION, CERTAIN)


@pytest.mark.parametrize(
    "body",
    [
        "My final version is attached. Over to you for the formal submission once the lawyers have cleared it.",
        "As part of our inspection we have been given the attached review. On which day did it reach the Panel",
        "Comments on the attached final are due by noon on Friday. Nil returns please.",
        "Please let me have 40 copies of the attached in colour, comb bound.",
    ],
)
@pytest.mark.parametrize("links", [(), (a_link("https://www.northmere.gov.example/dhr", "It will be published at"),)])
def test_a_report_that_is_only_spoken_of_is_doubtful(body: str, links: tuple[Link, ...]) -> None:
    assert not _goes_on("", "", WHOLE, mail=a_mail("Anna: final report", body, links))


def test_chatter_with_a_report_is_doubtful() -> None:
    assert not _goes_on("Anna: final report", "Brilliant work everyone, well done!", WHOLE)


OURS, OTHER = Address("dhrenquiries@homeoffice.gov.uk"), Address("board@northmere.gov.example")
COMMISSIONER = Address("dhr@domesticabusecommissioner.independent.gov.uk")


@pytest.mark.parametrize(
    ("to", "cc", "certainty"),
    [
        ((OTHER,), (OURS,), POSSIBLE),
        ((OTHER, OURS), (), CERTAIN),
        ((COMMISSIONER,), (OURS,), CERTAIN),
        ((OTHER,), (OTHER,), CERTAIN),
        ((OTHER,), (COMMISSIONER,), CERTAIN),
        ((), (OURS,), CERTAIN),
    ],
)
def test_a_copy_of_what_was_sent_to_somebody_else_is_doubtful(
    to: tuple[Address, ...], cc: tuple[Address, ...], certainty: Certainty
) -> None:
    mail = replace(a_mail("Final DHR report", FINAL_WORDS, ()), to=to, cc=cc)
    assert _kind("", "", WHOLE, mail=mail)[1] is certainty


def test_the_mailboxs_own_address_is_ours_too() -> None:
    mail = replace(a_mail("Final DHR report", FINAL_WORDS, ()), to=(OTHER,), cc=(Address("DHR@Intake.example"),))
    found = _classify(a_dossier(WHOLE, mail=mail), own={"dhr@intake.example"})
    assert found.certainty is POSSIBLE


def test_a_link_that_was_forgotten_is_a_follow_up() -> None:
    link = a_link("https://www.northmere.gov.example/dhr/anna", "here is the link we forgot")
    logo = replace(a_document([], "logo.png"), media_type="image/png", is_pdf=False, inline=True)
    body = "Sorry, here is the link we forgot for the DHR we sent yesterday"
    assert _kind("", "", logo, mail=a_mail("RE: DHR Anna", body, (link,)))[0] is Kind.FOLLOW_UP


def test_a_web_page_is_never_a_report() -> None:
    page = replace(a_document([], "Final DHR.html"), media_type="text/html", is_pdf=False)
    assert _kind("Final DHR Anna - secure document", "Please open the attached final report.", page)[1] is POSSIBLE
