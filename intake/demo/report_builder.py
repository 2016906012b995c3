"""Reports: whole sample submissions as one PDF, each part in, out, elsewhere or changed, as asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from intake.demo.action_plans import Plan, draw_plan
from intake.demo.letters import Letter, draw_letter
from intake.demo.page_layout import MARGIN, Sheets
from intake.demo.prose import CHAPTERS, GLOSSARY, WEIGHTS, Author
from intake.demo.reviews import NORTHMERE, Review

ORDER = ("summary", "body", "plan", "letter")
LABELS: dict[str, tuple[str, str]] = {
    "annex-letter": ("Annex A", "Annex B"),
    "annexe-number": ("Annexe 1", "Annexe 2"),
    "appendix-letter": ("Appendix C", "Appendix D"),
    "appendix-word": ("Appendix Five", "Appendix Six"),
    "appendix-roman": ("APPENDIX IV", "APPENDIX V"),
    "schedule-number": ("Schedule 3", "Schedule 4"),
    "none": ("", ""),
}
PLAN_TITLE = "Action Plan"
BODY = "Overview report"
LETTER_TITLE = "Home Office Quality Assurance Panel feedback letter"


@dataclass(frozen=True, slots=True)
class Report:
    """What a report holds and how it looks. A part that is None is left out.

    `order` gives the parts after the contents; `listed` names parts that the contents list though they are
    not there, and `titled` parts that have a title page and nothing behind it. `pages` is the whole file's.
    """

    review: Review = NORTHMERE
    pages: int = 40
    letter: Letter | None = field(default_factory=Letter)
    plan: Plan | None = field(default_factory=Plan)
    summary: bool = True
    order: tuple[str, ...] = ORDER
    labels: str = "annex-letter"
    contents: bool = True
    listed: tuple[str, ...] = ()
    titled: tuple[str, ...] = ()
    letter_review: Review | None = None  # when the letter is another partnership's
    plan_review: Review | None = None  # when the plan is another's
    plan_title: str = PLAN_TITLE
    letter_title: str = LETTER_TITLE
    chapters: tuple[tuple[str, str], ...] = CHAPTERS
    weblink: str = ""
    mention: str = ""  # a sentence in the introduction
    recommendations: int = 6
    page_labels: bool = False
    outline: bool = True
    font: str = "Helvetica"
    marking: str = ""
    version: str = "Final version for publication"
    extra_picture: bytes = b""  # a picture page after the body
    seed: int = 1


@dataclass(slots=True)
class _Part:
    title: str
    draw: Callable[[Sheets], None]
    listed: bool = True


def a_report(report: Report | None = None, **changes: Any) -> bytes:
    """A report as PDF: `a_report()`, `a_report(letter=None)`, `a_report(Report(pages=120))`."""
    report = report or Report(**changes)
    parts = _parts(report)
    lengths = {id(part): _pages_of(report, part) for part in parts}
    body = max(4, report.pages - sum(lengths.values()) - 2)
    if not any(part.title == BODY for part in parts):
        return _assemble(report, parts, lengths)
    for part in parts:
        if part.title == BODY:
            part.draw = lambda sheets: _draw_body(sheets, report, body)
            lengths[id(part)] = body
    return _assemble(report, parts, lengths)


def _parts(report: Report) -> list[_Part]:
    """The parts after cover and contents, in order; the body is drawn later, when its length is known."""
    plan_label, letter_label = _labels(report)
    makers: dict[str, Callable[[], _Part | None]] = {
        "summary": lambda: _Part("Executive summary", lambda s: _draw_summary(s, report)) if report.summary else None,
        "body": lambda: _Part(BODY, _draw_nothing),
        "recommendations": lambda: _Part("Recommendations", lambda s: _draw_recommendations(s, report)),
        "plan": lambda: _plan_part(report, _joined(plan_label, report.plan_title)),
        "letter": lambda: _letter_part(report, _joined(letter_label, report.letter_title)),
        "picture": lambda: _Part("Photograph", lambda s: s.picture(report.extra_picture), listed=False),
    }
    made = [makers[name]() for name in report.order]
    return [part for part in made if part]


def _draw_nothing(sheets: Sheets) -> None:
    """What stands for the body until its length is known."""


def _labels(report: Report) -> tuple[str, str]:
    first, second = LABELS[report.labels]
    order = [name for name in report.order if name in ("plan", "letter")]
    return (second, first) if order[:1] == ["letter"] else (first, second)


def _joined(label: str, title: str) -> str:
    return f"{label}: {title}" if label else title


def _plan_part(report: Report, title: str) -> _Part | None:
    plan = report.plan
    if plan is None:
        return _Part(title, lambda s: _draw_title(s, title)) if "plan" in report.titled else None
    annex = title if report.labels != "none" else ""
    about = report.plan_review or report.review
    return _Part(title, lambda s: draw_plan(s, plan, about, annex), listed=bool(annex))


def _letter_part(report: Report, title: str) -> _Part | None:
    letter = report.letter
    if letter is None:
        return _Part(title, lambda s: _draw_title(s, title)) if "letter" in report.titled else None
    annex = title if report.labels != "none" else ""
    about = report.letter_review or report.review
    return _Part(title, lambda s: draw_letter(s, letter, about, annex), listed=bool(annex))


def _pages_of(report: Report, part: _Part) -> int:
    scratch = Sheets(font=report.font)
    part.draw(scratch)
    return scratch.page


def _assemble(report: Report, parts: Sequence[_Part], lengths: dict[int, int]) -> bytes:
    sheets = Sheets(
        title=f"{report.review.kind}: {report.review.name}".strip(": "),
        font=report.font,
        footer=f"{report.review.kind} {report.review.name}",
        marking=report.marking,
    )
    sheets.outline = report.outline
    if report.page_labels:
        sheets.label_from_here("ROMAN_LOWER")
    _draw_cover(sheets, report)
    if report.contents:
        _draw_contents(sheets, report, parts, lengths)
    if report.page_labels:
        sheets.label_from_here("ARABIC")
    for part in parts:
        part.draw(sheets)
    return sheets.finish()


def _draw_cover(sheets: Sheets, report: Report) -> None:
    review = report.review
    sheets.new_page(plain=True)
    sheets.y -= 90
    sheets.text(review.csp, size=15, centred=True, after=60)
    sheets.text(review.kind, size=26, bold=True, centred=True, after=14)
    sheets.text("Overview Report", size=18, centred=True, after=40)
    if review.name:
        sheets.text(f"Under section 9 of the Domestic Violence, Crime and Victims Act 2004\nin respect of the death of "
                    f"'{review.name}' in {review.year}", size=12, centred=True, after=60)  # fmt: skip
    sheets.text(f"Independent Chair and Author: {review.author}", size=12, centred=True, after=10)
    sheets.text(report.version, size=12, centred=True, after=10)


def _draw_contents(sheets: Sheets, report: Report, parts: Sequence[_Part], lengths: dict[int, int]) -> None:
    sheets.new_page()
    sheets.heading("Contents", 2)
    at = 3
    for part in parts:
        if part.listed:
            sheets.contents_line(part.title, str(at))
        if part.title == BODY:
            begins = [0.0, *_chapter_ends(report)]
            for number, (chapter, _) in enumerate(report.chapters, 1):
                page = at + int((lengths[id(part)] - 1) * begins[number - 1])
                sheets.contents_line(f"    {number}.  {chapter}", str(page))
            last = at + lengths[id(part)] - 1
            sheets.contents_line(f"    {len(report.chapters) + 1}.  Recommendations", str(last))
        at += lengths[id(part)]
    plan_label, letter_label = _labels(report)
    if "plan" in report.listed:
        sheets.contents_line(_joined(plan_label, report.plan_title), str(at))
    if "letter" in report.listed:
        sheets.contents_line(_joined(letter_label, report.letter_title), str(at + 6))


def _draw_title(sheets: Sheets, title: str) -> None:
    sheets.new_page()
    sheets.y = sheets.height * 0.6
    sheets.text(title, size=20, bold=True, centred=True)


def _draw_summary(sheets: Sheets, report: Report) -> None:
    author = Author(report.review, report.seed + 100)
    sheets.new_page()
    sheets.heading("Executive summary")
    for number, subject in enumerate(("introduction", "scope", "overview", "analysis", "closing"), 1):
        sheets.text(author.paragraph(subject), mark=f"{number}.", indent=28)


def _draw_body(sheets: Sheets, report: Report, pages: int) -> None:
    """Chapters of numbered paragraphs that fill all pages but the last, which has the recommendations."""
    author = Author(report.review, report.seed)
    ends = _chapter_ends(report)
    start = sheets.page
    sheets.new_page()
    for number, (title, subject) in enumerate(report.chapters, 1):
        stop = start + max(1, round((pages - 1) * ends[number - 1]))
        sheets.heading(f"{number}.  {title}")
        if number == 1:
            _draw_opening(sheets, report)
        point = 1
        while point == 1 or sheets.page < stop or (sheets.page == stop and sheets.y > 200):
            sheets.text(author.paragraph(subject), mark=f"{number}.{point}", indent=34)
            point += 1
    _draw_recommendations(sheets, report)


def _chapter_ends(report: Report) -> list[float]:
    """Where each chapter ends, as a share of the body."""
    sums = list(accumulate(WEIGHTS.get(subject, 1.0) for _, subject in report.chapters))
    return [total / sums[-1] for total in sums]


def _draw_opening(sheets: Sheets, report: Report) -> None:
    if report.mention:
        sheets.text(report.mention)
    if report.weblink:
        sheets.text("This report will be published on the partnership's website:", after=2)
        sheets.link(report.weblink, report.weblink)
    sheets.heading("Terms used in this report", 2)
    sheets.table(("Term", "Meaning"), GLOSSARY, (1, 4), size=9)


def _draw_recommendations(sheets: Sheets, report: Report) -> None:
    sheets.new_page()
    sheets.heading(f"{len(report.chapters) + 1}.  Recommendations")
    sheets.text("The Panel makes the following recommendations, which have been agreed by the partnership.")
    author = Author(report.review, report.seed)
    for number, text in enumerate(author.recommendations(report.recommendations), 1):
        sheets.text(f"Recommendation {number}: {text}", indent=16, mark="•")


def an_executive_summary(review: Review = NORTHMERE) -> bytes:
    """An executive summary as a PDF of its own."""
    sheets = Sheets(title=f"{review.reference} executive summary", footer=review.reference)
    sheets.new_page()
    sheets.text(f"{review.csp}: {review.kind}", size=13, bold=True)
    sheets.y = MARGIN  # its text begins on a page of its own
    _draw_summary(sheets, Report(review=review))
    return sheets.finish()
