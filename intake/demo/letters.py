"""Feedback letters: what the Home Office's Quality Assurance Panel writes, in the forms of several years.

The sentences that state the requirements follow the Home Office's standard wording, since recognising them
is the point; everything the Panel is made to say about a review is invented.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from intake.demo.letter_templates import WORDINGS, Template
from intake.demo.page_layout import Sheets
from intake.demo.reviews import NORTHMERE, Review
from intake.demo.scans import Scan, scan


@dataclass(frozen=True, slots=True)
class Letter:
    """How a feedback letter looks and what it says.

    `wording` names one of the templates below (the final letters of 2017 to 2025; "resubmit", in which the
    Panel asks to see the report again; "plain", a final letter in other words than the standard ones) unless
    `template` brings another. `name_shape` takes {name}; `remarks` is how many points are to be mended.
    """

    wording: str = "2023"
    date: str = "14 March 2024"
    meeting: str = "24th January 2024"
    letterhead: bool = True
    unit: str = "Interpersonal Abuse Unit"
    signatory: str = "Marian Oakley"
    role: str = "Chair of the Home Office DHR Quality Assurance Panel"
    name_shape: str = "('{name}')"
    name_last: bool = False  # the name after the partnership's
    remarks: int = 5
    size: float = 11.0
    font: str = "Helvetica"
    scan: Scan | None = None
    copied: bool = False
    template: Template | None = None
    seed: int = 1


REMARKS = (
    (
        "Paragraph 3.{n} would benefit from a sentence that explains how the Panel was chosen and how its "
        "independence was kept."
    ),
    "The chronology could be shortened where it repeats what the overview already says.",
    "It would be helpful to check the dates in section {n}, as two of them do not agree with the terms of reference.",
    "The equality and diversity section might consider each protected characteristic that is relevant to the case.",
    "The word 'disclosed' could replace 'admitted' at {n}.12 where the report describes what {name} told a colleague.",
    (
        "The Panel felt that the Action Plan could be strengthened where it speaks of raising awareness, so that it "
        "is clear who will do what and by when."
    ),
    "A short explanation of how the family chose the pseudonym would be a respectful addition.",
    "There are small typing errors on pages {n} and {m}; a last proofread is recommended.",
    "It may be worth naming the good practice at {n}.4 more clearly so that other areas can learn from it.",
    "The report should say when and how the family were offered the services of a specialist advocate.",
    "Recommendation {k} may be better addressed to the Integrated Care Board than to a single surgery.",
    "Please make sure that the glossary explains MARAC, IDVA and IMR for readers who do not know them.",
)

PRAISE = (
    (
        "The QA Panel found this to be a careful and compassionate report, and thought that {name}'s voice was well "
        "heard in it. The contribution of family and friends was commended."
    ),
    (
        "The Panel commended the chair for a clear and sensitive report. The tribute at the beginning helps the "
        "reader to know {name} as a person, and the engagement with specialist services was thorough."
    ),
    (
        "The Panel thought that the review was thorough and that it asked the right questions of the agencies. The "
        "section on economic abuse was considered to be particularly helpful."
    ),
)


def paragraphs(letter: Letter, review: Review) -> list[str]:
    """The letter's words from the salutation on; a line that begins with a dash is a point of its list."""
    rng = random.Random(f"{letter.seed}-{review.csp}")
    name = letter.name_shape.format(name=review.name) if review.name else ""
    who = f"{review.csp} (CSP)" if "CSP" not in name else review.csp
    subject = f"for {who} {name}" if letter.name_last else f"{name} for {who}"
    template = letter.template or WORDINGS[letter.wording]
    terms = {
        "subject": subject.strip(),
        "kind": review.kind,
        "short": review.short_kind,
        "meeting": letter.meeting,
        "name": review.name or "the victim",
        "csp": review.csp,
    }
    points = rng.sample(REMARKS, k=min(letter.remarks, len(REMARKS)))
    lines = [f"Dear {review.addressee},"]
    lines += [text.format(**terms) for text in template.opening]
    lines.append(rng.choice(PRAISE).format(**terms))
    lines += [text.format(**terms) for text in template.changes]
    for point in points:
        numbers = {"n": rng.randint(4, 19), "m": rng.randint(20, 60), "k": rng.randint(2, 9)}
        lines.append("- " + point.format(**terms, **numbers))
    lines += [text.format(**terms) for text in template.closing]
    if letter.copied:
        lines.append("I am, therefore, copying this letter to the Police and Crime Commissioner for information.")
    return lines


def whole_letter(letter: Letter, review: Review) -> list[str]:
    """The letter's lines from address to signature, for programs that lay them out themselves."""
    head = [letter.unit, "2 Marsham Street, London SW1P 4DF"] if letter.letterhead else []
    to = [review.addressee, review.council, letter.date]
    return [*head, *to, *paragraphs(letter, review), "Yours sincerely,", letter.signatory, _role(letter, review)]


def draw_letter(sheets: Sheets, letter: Letter, review: Review, annex: str = "") -> None:
    """The letter on new pages of a document, `annex` above it where it is printed on the same page."""
    if letter.scan:
        if annex:
            sheets.new_page()
            sheets.y = sheets.height * 0.6
            sheets.text(annex, size=20, bold=True, centred=True)
        for picture in scan(_typed(letter, review), letter.scan):
            sheets.picture(picture)
        return
    sheets.new_page(plain=True)
    if annex:
        sheets.heading(annex, 1)
    font, sheets.font = sheets.font, letter.font
    _write(sheets, letter, review)
    sheets.font = font


def a_letter(review: Review = NORTHMERE, letter: Letter | None = None) -> bytes:
    """A feedback letter as a PDF of its own."""
    letter = letter or Letter()
    sheets = Sheets(title="" if letter.scan else "QA Panel feedback letter")
    draw_letter(sheets, letter, review)
    return sheets.finish()


@lru_cache(maxsize=64)
def _typed(letter: Letter, review: Review) -> bytes:
    sheets = Sheets(font=letter.font)
    sheets.new_page(plain=True)
    _write(sheets, letter, review)
    return sheets.finish()


def _write(sheets: Sheets, letter: Letter, review: Review) -> None:
    if letter.letterhead:
        sheets.text("Home Office", size=15, bold=True, after=14)
        head = (letter.unit, "2 Marsham Street", "London SW1P 4DF", "www.homeoffice.gov.uk")
        sheets.text("\n".join(head), size=9, after=16)
    address = (review.addressee, review.council, review.street, review.town, review.postcode)
    sheets.text("\n".join(address), size=letter.size - 0.5, after=14)
    sheets.text(letter.date, size=letter.size, after=14)
    for line in paragraphs(letter, review):
        if line.startswith("- "):
            sheets.bullet(line[2:], size=letter.size)
        elif line.endswith(":") and len(line) < 60:
            sheets.text(line, size=letter.size, bold=True)
        else:
            sheets.text(line, size=letter.size, after=9)
    sheets.text("Yours sincerely,", size=letter.size, after=34)
    sheets.text(letter.signatory, size=letter.size, bold=True, after=2)
    sheets.text(_role(letter, review), size=letter.size)


def _role(letter: Letter, review: Review) -> str:
    return letter.role.replace("DHR", review.short_kind)
