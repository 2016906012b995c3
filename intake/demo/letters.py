"""Feedback letters: what the Home Office's Quality Assurance Panel writes, in the forms of several years.

The sentences that state the requirements follow the Home Office's standard wording, since recognising them
is the point; everything the Panel is made to say about a review is invented.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

from intake.demo.page_layout import Sheets
from intake.demo.reviews import NORTHMERE, Review
from intake.demo.scans import Scan, scan

ENQUIRIES = "DHREnquiries@homeoffice.gov.uk"
COMMISSIONER = "DHR@domesticabusecommissioner.independent.gov.uk"


@dataclass(frozen=True, slots=True)
class Letter:
    """How a feedback letter looks and what it says.

    `wording` is one of 2017, 2020, 2022, 2023, 2025 (final letters), "resubmit" (the Panel asks to see the
    report again) and "plain" (a final letter in other words than the standard ones). `name_shape` takes
    {name}; `remarks` is the number of points for final development.
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
    opening, changes, closing = _WORDINGS[letter.wording]
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
    lines += [text.format(**terms) for text in opening]
    lines.append(rng.choice(PRAISE).format(**terms))
    lines += [text.format(**terms) for text in changes]
    for point in points:
        numbers = {"n": rng.randint(4, 19), "m": rng.randint(20, 60), "k": rng.randint(2, 9)}
        lines.append("- " + point.format(**terms, **numbers))
    lines += [text.format(**terms) for text in closing]
    if letter.copied:
        lines.append("I am, therefore, copying this letter to the Police and Crime Commissioner for information.")
    return lines


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
    sheets.text(letter.role.replace("DHR", review.short_kind), size=letter.size)


_THANKS = (
    "Thank you for submitting the {kind} ({short}) report {subject} to the Home Office Quality Assurance (QA) "
    "Panel. The report was considered at the QA Panel meeting on {meeting}. I apologise for the delay in "
    "responding to you."
)
_CONTENT = (
    "The QA Panel felt that there are some aspects of the report which may benefit from further revision, but "
    "the Home Office is content that on completion of these changes, the {short} may be published."
)
_COPY = (
    "Once completed the Home Office would be grateful if you could provide us with a digital copy of the revised "
    "final version of the report with all finalised attachments and appendices and the weblink to the site where "
    "the report will be published. Please ensure this letter is published alongside the report."
)
_SEND = (
    f"Please send the digital copy and weblink to {ENQUIRIES}. This is for our own records for future analysis to "
    "go towards highlighting best practice and to inform public policy."
)
_CONVERT = (
    "The {short} report including the executive summary and action plan should be converted to a PDF document and "
    "be smaller than 20 MB in size; this final Home Office QA Panel feedback letter should be attached to the end "
    "of the report as an annex; and the {short} Action Plan should be added to the report as an annex. This should "
    "include all implementation updates and note that the action plan is a live document and subject to change as "
    "outcomes are delivered."
)
_COMMISSIONER = f"Please also send a digital copy to the Domestic Abuse Commissioner at {COMMISSIONER}"
_GRATEFUL = (
    "On behalf of the QA Panel, I would like to thank you, the report chair and author, and other colleagues for "
    "the considerable work that you have put into this review."
)

_WORDINGS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "2017": (
        (
            "Thank you for submitting the Domestic Homicide Review report {subject} to the Home Office. The report "
            "was considered at the Quality Assurance (QA) Panel meeting on {meeting}.",
            "I very much apologise for the delay in providing the Panel's feedback.",
        ),
        (
            "There were, however, some aspects of the report which the Panel felt may benefit from further analysis, "
            "or be revised, which you will wish to consider before you publish the final report:",
        ),
        (
            "The Panel does not need to review another version of the report, but I would be grateful if you could "
            "include our letter as an appendix to the report. I would be grateful if you could email us at "
            f"{ENQUIRIES} and provide us with the URL to the report when it is published.",
            "The QA Panel felt it would be helpful to routinely sight Police and Crime Commissioners on DHRs in "
            "their local area.",
        ),
    ),
    "2020": (
        (_THANKS,),
        (
            "There were some aspects of the report which the Panel felt may benefit from further analysis or be "
            "revised, and the Home Office is content that on completion of these suggested changes the DHR may be "
            "published.",
            "Areas for final development include:",
        ),
        (_COPY, _SEND, _GRATEFUL),
    ),
    "2022": (
        (_THANKS,),
        (_CONTENT, "Areas for final development:"),
        (_COPY, _SEND, _CONVERT, _GRATEFUL),
    ),
    "2023": (
        (_THANKS,),
        (_CONTENT, "Areas for final development:"),
        (_COPY, _SEND, _CONVERT, _COMMISSIONER, _GRATEFUL),
    ),
    "2025": (
        (
            "Thank you for submitting the report {subject} to the Home Office Quality Assurance (QA) Board, which "
            "looked at this {kind} ({short}) at its meeting on {meeting}. I am sorry for the time that this has taken.",
        ),
        (
            "The Home Office is content that, once the changes below have been made, the {short} may be published.",
            "Areas for final development:",
        ),
        (_COPY, _SEND, _CONVERT, _COMMISSIONER, _GRATEFUL),
    ),
    "plain": (
        (
            "We are writing about the {kind} {subject}. The Quality Assurance Panel considered the report when it "
            "met on {meeting}.",
        ),
        ("The Panel agreed that the review can be published once these points have been dealt with:",),
        (
            "Please send the finished report as one PDF document with this letter and the action plan as annexes, "
            f"and tell us the web address where it will be published, at {ENQUIRIES}.",
        ),
    ),
    "resubmit": (
        (_THANKS,),
        (
            "The QA Panel felt that the report needs further work before it can be considered for publication, and "
            "would like to see it again. The main areas which need to be revised are these:",
            "Areas for development:",
        ),
        (
            "The Panel would be grateful if you would revise the report in the light of this feedback and resubmit "
            f"it to {ENQUIRIES} so that it can be considered at a future QA Panel meeting. The report should not be "
            "published until the Home Office has agreed that it may be.",
            "With the revised report, please send the executive summary, an updated action plan and a note of the "
            "changes that have been made.",
            _GRATEFUL,
        ),
    ),
}
