"""The traps that real material showed, each as a case of its own."""

from __future__ import annotations

import random

from intake.demo.letters import paragraphs
from intake.model import Kind, Outcome
from tests.builders import File, Plan, Scan, a_letter, a_message
from tests.corpus.case import ANY, NOT_GAP, NOT_MET, Case, Maker, Style, other, submission, unreadable
from tests.corpus.gaps import LETTER, NO_LETTER, NO_PLAN_TO_LOOK_AT, PLAN, REVIEW
from tests.corpus.kit import Kit

GAPS = frozenset({Outcome.GAPS})
DOUBT = frozenset({Kind.FINAL_SUBMISSION, Kind.QA_SUBMISSION, Kind.FOLLOW_UP, Kind.OTHER})


def letter_mentioned_only(rng: random.Random, style: Style) -> Case:
    """The report says that the letter is attached; it is not."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report(letter=None, mention=rng.choice(style.mentions), listed=("letter",))))
    return submission("letter-mentioned-only", raw, gaps={LETTER: NO_LETTER}, weblink=kit.weblink)


def letter_title_only(rng: random.Random, style: Style) -> Case:
    """A title page for the letter, and the file ends."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report(letter=None, titled=("letter",), labels="annexe-number")))
    return submission("letter-title-only", raw, loose={LETTER: NOT_MET}, outcome=Outcome.GAPS, also=REVIEW)


def letter_quoted_in_mail(rng: random.Random, style: Style) -> Case:
    """The letter's words are in the quoted thread, not in the report."""
    kit = Kit(rng, style)
    lines = _letter_text(kit)
    quoted = "From: DHR Enquiries <DHREnquiries@homeoffice.gov.uk>\nSent: 2 May 2024\nSubject: Feedback\n\n" + lines
    raw = kit.mail(kit.file(kit.report(letter=None)), quoted=quoted)
    return submission("letter-quoted-in-mail", raw, gaps={LETTER: NO_LETTER}, weblink=kit.weblink)


def letter_asks_again(rng: random.Random, style: Style) -> Case:
    """The letter inside is the earlier one, which asks to see the report again."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report(letter=kit.resubmit_letter())))
    gaps = {LETTER: "feedback-letter-resubmit"}
    return submission("letter-asks-again", raw, gaps=gaps, also=REVIEW, kinds=DOUBT, weblink=kit.weblink)


def letter_of_another_csp(rng: random.Random, style: Style) -> Case:
    """The letter inside was written to another partnership."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report(letter_review=kit.other_review())))
    return submission("letter-of-another-csp", raw, loose={LETTER: NOT_MET}, outcome=Outcome.GAPS, also=REVIEW)


def letter_of_another_csp_scanned(rng: random.Random, style: Style) -> Case:
    """The same, and the letter is a scan."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report(letter=kit.letter(scan=Scan()), letter_review=kit.other_review())))
    return submission("other-csp-scanned", raw, loose={LETTER: NOT_MET}, outcome=Outcome.GAPS, also=REVIEW)


def letter_of_another_csp_separate(rng: random.Random, style: Style) -> Case:
    """Another partnership's letter beside the report."""
    kit = Kit(rng, style)
    letter = File("Letter.pdf", a_letter(kit.other_review(), kit.letter()))
    raw = kit.mail(kit.file(kit.report(letter=None)), letter)
    return submission("other-csp-separate", raw, loose={LETTER: NOT_MET}, outcome=Outcome.GAPS, also=REVIEW)


def letter_at_front(rng: random.Random, style: Style) -> Case:
    """The letter stands before the report instead of behind it."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report(order=("letter", "summary", "body", "plan"))))
    gaps = {LETTER: "feedback-letter-not-at-end"}
    return submission("letter-at-front", raw, gaps=gaps, also=REVIEW, weblink=kit.weblink)


def letter_in_the_middle(rng: random.Random, style: Style) -> Case:
    """The letter stands between the summary and the report."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report(order=("summary", "letter", "body", "plan"))))
    gaps = {LETTER: "feedback-letter-not-at-end"}
    return submission("letter-in-the-middle", raw, gaps=gaps, also=REVIEW, weblink=kit.weblink)


def plan_blank(rng: random.Random, style: Style) -> Case:
    """The plan's headings with nothing filled in."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report(plan=Plan(blank=True, rows=8))))
    loose = {PLAN: NOT_MET} | NO_PLAN_TO_LOOK_AT
    return submission("plan-blank", raw, loose=loose, outcome=Outcome.GAPS, also=REVIEW)


def home_page_named(rng: random.Random, style: Style) -> Case:
    """A home page is named as the place: nobody can say for certain."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report()), body=kit.cover(kit.words(rng.choice(style.home_named))), quoted="")
    return submission("home-page-named", raw, loose={"weblink": NOT_GAP}, outcome=Outcome.REVIEW)


def withheld(rng: random.Random, style: Style) -> Case:
    """Said to be withheld from publication: for a person."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report()), body=kit.cover(rng.choice(style.withheld)), quoted="")
    return submission("withheld", raw, loose={"weblink": NOT_GAP}, outcome=Outcome.REVIEW)


def portal_link(rng: random.Random, style: Style) -> Case:
    """A secure-mail portal's link came, the file did not."""
    kit = Kit(rng, style)
    subject, body = rng.choice(style.portals)
    raw = kit.mail(subject=kit.words(subject), body=kit.words(body, kit.place()))
    return unreadable("portal-link", raw, "pdf-format", "link-instead-of-file", also=REVIEW)


def two_reports(rng: random.Random, style: Style) -> Case:
    """Two reviews in one mail."""
    kit = Kit(rng, style)
    again = kit.report(review=kit.other_review(), letter=None, plan=None)
    raw = kit.mail(kit.file(kit.report(), "Report one.pdf"), File("Report two.pdf", again))
    loose = {LETTER: ANY, PLAN: ANY, "executive-summary": ANY} | NO_PLAN_TO_LOOK_AT
    return submission("two-reports", raw, loose=loose, outcome=Outcome.REVIEW)


def welsh(rng: random.Random, style: Style) -> Case:
    """Mostly Welsh: no gap can be certain."""
    kit = Kit(rng, style)
    chapters = tuple(
        (title, "welsh") for title in ("Cyflwyniad", "Cylch gorchwyl", "Cronoleg", "Dadansoddiad", "Gwersi")
    )
    report = kit.report(chapters=chapters, letter=None, plan=None, summary=False, letter_title="Llythyr adborth")
    subject, body = style.welsh
    raw = kit.mail(kit.file(report, "adroddiad.pdf"), subject=subject, body=body.format(url=kit.weblink))
    loose = dict.fromkeys((LETTER, PLAN), NOT_GAP) | {"executive-summary": ANY} | NO_PLAN_TO_LOOK_AT
    kinds = frozenset(Kind)
    return submission("welsh", raw, loose=loose | {"weblink": NOT_GAP}, outcome=Outcome.REVIEW, kinds=kinds)


def first_version(rng: random.Random, style: Style) -> Case:
    """A first version for the Panel: no answer."""
    kit = Kit(rng, style)
    subject, body = rng.choice(style.first_versions)
    report = kit.report(letter=None, version="Version submitted to the Home Office")
    raw = kit.mail(kit.file(report, "Overview report.pdf"), subject=kit.words(subject), body=kit.words(body))
    return other("first-version", raw, frozenset({Kind.QA_SUBMISSION}))


def second_version(rng: random.Random, style: Style) -> Case:
    """A revised version for the Panel, its earlier letter with it: no answer."""
    kit = Kit(rng, style)
    subject, body = rng.choice(style.resubmissions)
    letter = File("QA letter.pdf", a_letter(kit.review, kit.resubmit_letter()))
    files = (kit.file(kit.report(letter=None), "Revised draft.pdf"), letter)
    raw = kit.mail(*files, subject=kit.words(subject), body=kit.words(body))
    return other("second-version", raw, frozenset({Kind.QA_SUBMISSION}))


def letter_with_a_question(rng: random.Random, style: Style) -> Case:
    """The letter alone, and a question about it."""
    kit = Kit(rng, style)
    subject, body = rng.choice(style.letter_questions)
    letter = File("QA letter.pdf", a_letter(kit.review, kit.letter()))
    raw = kit.mail(letter, subject=kit.words(subject), body=kit.words(body), quoted="")
    return other("letter-with-a-question", raw, frozenset({Kind.ENQUIRY}))


def published_report_as_example(rng: random.Random, style: Style) -> Case:
    """Somebody asks about a published report and attaches it."""
    kit = Kit(rng, style)
    body = kit.words(
        "Dear Home Office\n\nI am a student and found the attached review on the {council} website. Could you tell me "
        "whether the recommendations were ever carried out? Who may I write to about it?"
    )
    raw = a_message(
        subject="Question about a published review",
        body=body,
        files=[kit.file(kit.report(), "published-dhr.pdf")],
        sender="r.hollis@students.example",
        sender_name="R Hollis",
    )
    # the file is a whole final report: a careful person may want to look
    return other("published-report-as-example", raw, frozenset({Kind.ENQUIRY, Kind.OTHER}))


def _letter_text(kit: Kit) -> str:
    """The letter's words as they stand in a mail."""
    return "\n\n".join(paragraphs(kit.letter(), kit.review))


MAKERS: tuple[Maker, ...] = (
    letter_mentioned_only,
    letter_title_only,
    letter_quoted_in_mail,
    letter_asks_again,
    letter_of_another_csp,
    letter_of_another_csp_scanned,
    letter_of_another_csp_separate,
    letter_at_front,
    letter_in_the_middle,
    plan_blank,
    home_page_named,
    withheld,
    portal_link,
    two_reports,
    welsh,
    first_version,
    second_version,
    letter_with_a_question,
    published_report_as_example,
)
