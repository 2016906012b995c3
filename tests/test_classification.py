"""What a message is: words, documents and thread weighed together, and doubt where they disagree."""

from __future__ import annotations

import pytest

from intake.classification import classify
from intake.demo.letters import Letter
from intake.model import Body, Certainty, Document, Kind, Unpacked
from tests.records import PLAN_PAGE, a_document, a_dossier, a_link, a_mail, letter_pages, report_pages, wording

CERTAIN, POSSIBLE = Certainty.CERTAIN, Certainty.POSSIBLE
REPORT = a_document(report_pages())
WHOLE = a_document([*report_pages(), *letter_pages(), PLAN_PAGE])
LETTER = a_document(letter_pages(), "letter.pdf")
FINAL_WORDS = "Please find attached the final version of our report, with the changes that the Panel asked for."


def _kind(subject: str, body: str, *documents: Document, mail: Unpacked | None = None) -> tuple[Kind, Certainty]:
    dossier = a_dossier(*documents, mail=mail or a_mail(subject, body, ()))
    found = classify(dossier, wording())
    assert found.reasons
    return found.kind, found.certainty


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
    assert kind in {Kind.ENQUIRY, Kind.OTHER, Kind.QA_SUBMISSION}
    assert certainty is CERTAIN


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
