"""Every piece of evidence and every obstacle has a mail that fires it, and one very like it that must not."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from intake.demo.letters import Letter
from intake.judging.words import read
from intake.judging.words.evidence import EVIDENCE, OBSTACLES, Evidence, Obstacle
from intake.judging.words.heard import Heard, hear
from intake.judging.words.kinds import MARGIN
from intake.model import Address, Body, Document, Link, Unpacked, UnpackProblem
from intake.wiring.reading import sentence_reader
from tests.records import PLAN_PAGE, a_document, a_dossier, a_link, letter_pages, report_pages, wording

REPORT = a_document(report_pages(), "report.pdf")
WHOLE = a_document([*report_pages(), *letter_pages(), PLAN_PAGE], "report.pdf")
RESUBMIT = a_document([*report_pages(), *letter_pages(Letter(wording="resubmit"))], "report.pdf")
_BOTH_WAYS = [f"{page} {wording().feedback_letter.kind.resubmit[0]}" for page in letter_pages()]
UNCLEAR = a_document([*report_pages(), *_BOTH_WAYS], "report.pdf")  # its letter lets it go ahead, and asks for it again
LETTER = a_document(letter_pages(), "letter.pdf")
AGENDA = a_document(["Agenda. 1. Apologies. 2. Minutes."], "agenda.pdf")
WORD = replace(a_document([], "DHR.docx"), media_type="application/msword", is_pdf=False)
PAGE = a_link("https://www.northmere.gov.example/dhr/anna", "It will be published at")
OURS, BOARD = Address("dhrenquiries@homeoffice.gov.uk"), Address("board@northmere.gov.example")


@dataclass(frozen=True)
class Mail:
    """A mail to weigh."""

    subject: str = "Northmere"
    body: str = "Good morning."
    files: tuple[Document, ...] = ()
    links: tuple[Link, ...] = ()
    in_reply_to: tuple[str, ...] = ()
    quoted: str = ""
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    problems: tuple[UnpackProblem, ...] = ()

    def heard(self) -> Heard:
        unpacked = Unpacked(
            subject=self.subject, body=Body(latest=self.body, quoted=self.quoted), links=self.links,
            in_reply_to=self.in_reply_to, to=self.to, cc=self.cc, problems=self.problems,
        )  # fmt: skip
        dossier = a_dossier(*self.files, mail=unpacked)
        return hear(dossier, wording().message, read(self.subject, dossier.words, sentence_reader()), ())


# By id: a mail that fires it, and one that must not.
EXAMPLES = {
    "final-letter": (Mail(files=(WHOLE,)), Mail(files=(RESUBMIT,))),
    "some-letter": (Mail(files=(UNCLEAR,)), Mail(files=(REPORT,))),
    "letter-to-resubmit": (Mail(files=(RESUBMIT,)), Mail(files=(WHOLE,))),
    "final-in-subject": (Mail("Final report, Anna"), Mail("Report, Anna")),
    "final-in-message": (Mail(body="Our final report is attached."), Mail(body="Our report is attached.")),
    "what-belongs-to-it": (Mail(body="It holds the feedback letter."), Mail(body="It holds 80 pages.")),
    "hands-in": (Mail(body="Please find attached our report."), Mail(body="Thank you for your report.")),
    "one-of-several": (Mail("DHR Anna, email 1 of 3"), Mail("DHR Anna, chapter 1")),
    "first-in-subject": (Mail("DHR for QA Panel: first submission"), Mail("DHR for publication")),
    "first-in-message": (
        Mail(body="We submit it for consideration by the Panel."),
        Mail(body="The Panel has considered it."),
    ),
    "other-in-subject": (Mail("FOI request"), Mail("DHR Anna")),
    "other-in-message": (Mail(body="Register now for our webinar."), Mail(body="The report is attached.")),
    "was-given-it": (
        Mail(body="As part of our inspection we were given the report."),
        Mail(body="We give you the report."),
    ),
    "other-review": (
        Mail(body="Our Safeguarding Adults Review is attached."),
        Mail(body="Our joint Safeguarding Adults Review and DHR is attached."),
    ),
    "asks": (Mail(body="When does the Panel meet next?"), Mail(body="The Panel met in May.")),
    "other-sentence": (
        Mail(body="Please find the invoice for the training course in March."),
        Mail(body="Please find attached the final report."),
    ),
    "about-a-report": (
        Mail(body="The report that the council published last year says nothing of the housing department."),
        Mail(body="Please find attached the final report."),
    ),
    "takes-back": (
        Mail(body="Please disregard the report that I sent you this morning, it was the wrong version."),
        Mail(body="Please find attached the final report."),
    ),
    "final-file-name": (Mail(files=(a_document(report_pages(), "Anna FINAL.pdf"),)), Mail(files=(REPORT,))),
    "draft-file-name": (Mail(files=(a_document(report_pages(), "Anna draft.pdf"),)), Mail(files=(REPORT,))),
    "part-alone": (Mail(files=(LETTER,)), Mail(files=(WHOLE,))),
    "our-reference": (Mail("Re: [DHR-2026-0004] report"), Mail("Re: DHR-2026-004 report")),
    "quotes-our-reference": (Mail(quoted="Reference DHR-2026-0004-AB"), Mail(quoted="Reference 2026/4")),
    "answers": (Mail(in_reply_to=("<a@b>",)), Mail()),
    "mends": (Mail(body="The corrected version is attached."), Mail(body="The report is attached.")),
    "address-alone": (
        Mail(body="It will be published at https://www.northmere.gov.example/dhr/anna", links=(PAGE,)),
        Mail(files=(REPORT,), links=(PAGE,)),
    ),
    "addressed-elsewhere": (Mail(to=(BOARD,), cc=(OURS,)), Mail(to=(OURS,), cc=(BOARD,))),
    "other-words": (Mail(body="This is a freedom of information request."), Mail(body="This is our report.")),
    "hands-in-another-kind": (
        Mail(body="I enclose the final report of the Safeguarding Adult Review concerning Edna.", files=(WHOLE,)),
        Mail(body="I enclose the final report of the domestic homicide review.\n\nThe serious case review of 2011 "
                  "came to the same view.", files=(WHOLE,)),
    ),
    "panel-not-heard-of": (
        Mail(body="Our report is attached.", files=(REPORT,)),
        Mail(body="Our report is attached, revised as your letter asks.", files=(REPORT,)),
    ),
    "draft-without-letter": (
        Mail(body="The draft report for the Panel to consider.", files=(REPORT,)),
        Mail(body="The draft report for the Panel to consider.", files=(WHOLE,)),
    ),
    "nothing-clear-came": (
        Mail(body="The papers are attached.", files=(AGENDA,)),
        Mail("Final report", "Please find attached the final report.", (WORD,)),
    ),
    "final-letter-came": (Mail(files=(WHOLE,)), Mail(files=(LETTER,))),
    "asks-with-a-report": (Mail(files=(REPORT,)), Mail(files=(AGENDA,))),
    "speaks-against": (
        Mail(body="We object to the publication of this report."),
        Mail(body="We publish this report in May."),
    ),
    "not-opened-whole": (
        Mail(problems=(UnpackProblem("damaged-mime"),)),
        Mail(problems=(UnpackProblem("damaged-mime", name="x.zip"),)),
    ),
}  # fmt: skip


def _id(one: Evidence | Obstacle) -> str:
    return one.id


def test_every_one_has_its_examples() -> None:
    names = [*map(_id, EVIDENCE), *map(_id, OBSTACLES)]
    assert len(names) == len(set(names))
    assert set(EXAMPLES) == set(names)


@pytest.mark.parametrize("evidence", EVIDENCE, ids=_id)
def test_evidence_fires_where_it_should_and_not_beside(evidence: Evidence) -> None:
    fires, must_not = EXAMPLES[evidence.id]
    assert evidence.found(fires.heard())
    assert not evidence.found(must_not.heard())


@pytest.mark.parametrize("obstacle", OBSTACLES, ids=_id)
def test_an_obstacle_stands_where_it_should_and_not_beside(obstacle: Obstacle) -> None:
    stands, must_not = EXAMPLES[obstacle.id]
    assert obstacle.stands(stands.heard())
    assert not obstacle.stands(must_not.heard())


def test_one_plain_piece_is_enough_and_a_hint_is_not() -> None:
    """The weights are what the module says of them: a hint below the margin, a plain word at it, the letter above."""
    weights = {each.id: each.weight for each in EVIDENCE}
    hints = ("what-belongs-to-it", "final-file-name", "draft-file-name", "answers", "about-a-report")
    assert all(weights[name] == 1 for name in hints)
    assert weights["final-in-subject"] == weights["our-reference"] == MARGIN
    assert weights["final-letter"] > weights["first-in-subject"] > MARGIN
