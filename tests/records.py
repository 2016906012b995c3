"""Builders of the pure stages' records: a case says only what matters to it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from intake.demo.letters import Letter, paragraphs
from intake.demo.reviews import NORTHMERE, Review
from intake.judging.facts import Dossier
from intake.judging.parts import assemble
from intake.judging.policy import PolicyTable, read_policy
from intake.judging.wording import Wording, read_wording
from intake.model import Body, Document, Link, LinkPlace, Page, ReadProblem, TextSource, Unpacked

CONFIG = Path(__file__).parent.parent / "config"
PROSE = (
    "The Panel met on several occasions and considered what each agency knew at the time. Family members were "
    "offered the chance to take part, and their words have shaped this part of the review. "
)
PLAN_PAGE = """Appendix B
Action Plan
This action plan is a live document and subject to change as outcomes are delivered.
Recommendation
Scope of recommendation
Action to take
Lead agency
Key milestones achieved in enacting recommendation
Target date
Date of completion and outcome
1. Training for front desk staff
Local
Design and deliver the course
Northmere Council
Course designed; first group completed
March 2023
Completed June 2023
2. Referral pathway
Local
Agree one pathway
Northmere Health
Pathway agreed and in place
May 2023
In progress
"""


@cache
def wording() -> Wording:
    """The wording that comes with the program."""
    return read_wording((CONFIG / "wording.toml").read_text(encoding="utf-8"), "wording.toml")


@cache
def policy() -> PolicyTable:
    """The policy that comes with the program."""
    return read_policy((CONFIG / "policy.toml").read_text(encoding="utf-8"), "policy.toml")


def letter_pages(letter: Letter | None = None, review: Review = NORTHMERE) -> list[str]:
    """The text of a feedback letter, on two pages."""
    lines = [
        *paragraphs(letter or Letter(), review),
        "Yours sincerely,",
        "Marian Oakley",
        "Chair of the Home Office DHR Quality Assurance Panel",
    ]
    half = len(lines) // 2
    return ["\n".join(lines[:half]), "\n".join(lines[half:])]


def report_pages(review: Review = NORTHMERE, chapters: int = 6) -> list[str]:
    """The text of a report without its annexes, a page each."""
    headings = (
        "1. Introduction",
        "2. Terms of Reference",
        "3. Chronology",
        "4. Overview",
        "5. Analysis",
        "6. Conclusions",
    )[:chapters]
    title = f"{review.csp}\nDomestic Homicide Review\nOverview Report\nin respect of '{review.name}'"
    return [title, f"Executive Summary\n{PROSE * 3}", *(f"{heading}\n{PROSE * 5}" for heading in headings)]


def a_document(pages: Sequence[str], name: str = "report.pdf", problem: ReadProblem | None = None) -> Document:
    """A read PDF with these pages of text; "" is a page that could not be read."""
    read = tuple(
        Page(
            number,
            text,
            TextSource.LAYER if text else TextSource.NONE,
            picture=0.0 if text else 1.0,
            width=595,
            height=842,
        )
        for number, text in enumerate(pages, start=1)
    )
    digest = hashlib.sha256("\f".join((name, *pages)).encode()).hexdigest()
    return Document(
        name, 4096, digest, "application/pdf", is_pdf=True, pages=read, page_count=len(read), problem=problem
    )


def a_link(url: str, context: str = "", place: LinkPlace = LinkPlace.LATEST) -> Link:
    """A link as unpacking hands it on."""
    return Link(url, url, context or url, place)


WEBLINK = a_link("https://www.northmere.gov.example/dhr/anna", "The report will be published at")


def a_mail(
    subject: str = "Final report",
    body: str = "Please find attached our final report.",
    links: Sequence[Link] = (WEBLINK,),
) -> Unpacked:
    """An unpacked message."""
    return Unpacked(subject=subject, body=Body(latest=body), links=tuple(links))


def a_dossier(*documents: Document, mail: Unpacked | None = None) -> Dossier:
    """The dossier of these documents in one message."""
    return assemble(mail or a_mail(), list(documents), wording())
