"""Action plans: the Home Office's table of seven columns, and what partnerships make of it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from intake.demo.page_layout import Sheets
from intake.demo.prose import RECOMMENDATIONS
from intake.demo.reviews import NORTHMERE, Review
from intake.demo.scans import Scan, scan

SEVEN = (
    "Recommendation",
    "Scope of recommendation",
    "Action to take",
    "Lead agency",
    "Key milestones achieved in enacting recommendation",
    "Target date",
    "Date of completion and outcome",
)
RENAMED = ("No.", "Recommendation", "Actions required", "Owner", "Due date", "Progress update", "RAG status")
SHORT = ("Recommendation", "Action", "Lead", "Timescale", "Progress")
OUTCOMES = ("What do we want to achieve?", "How will we do it?", "Who is responsible?", "By when?", "Outcome")
BARE = ("Recommendation", "Action to take", "Lead agency", "Target date")

LIVE_NOTE = "This action plan is a live document and is subject to change as outcomes are delivered."

_ACTIONS = (
    "Write to every team to remind staff of the policy, and test their understanding in supervision.",
    "Commission two days of training a year and record who attends.",
    "Publish a guide for residents on the council's website and in libraries.",
    "Dip-sample twenty records each quarter and report to the partnership's board.",
    "Name a lead officer and give them time for the role.",
    "Agree a shared protocol and put it before the safeguarding boards.",
)
_LEADS = ("Council: Adult Social Care", "Police", "Integrated Care Board", "CSP", "Housing", "Specialist service")
_MILESTONES = (
    "Policy revised and sent to staff. First audit carried out.",
    "Training provider chosen; 140 staff have attended so far.",
    "Working group set up, met four times.",
    "Guide drafted with survivors and tested.",
)
_DONE = (
    "Completed March 2024. Audit shows that 92 % of records meet the standard.",
    "Ongoing. Progress reviewed each quarter by the board.",
    "Completed. Staff report greater confidence in asking.",
    "In progress: on track for the target date.",
    "Completed June 2024; outcome reported to the board.",
)
_WHERE = ("Local", "Regional", "National", "Local (all agencies)")
_RAG = ("Green", "Amber", "Complete", "Green", "Amber")


@dataclass(frozen=True, slots=True)
class Plan:
    """How an action plan looks. `updates` fills in what was done; `pages` is about how long it is."""

    columns: tuple[str, ...] = SEVEN
    heading: str = "Action Plan"
    live_note: bool | str = True
    updates: bool = True
    landscape: bool = True
    size: float = 7.5
    rows: int = 12
    blank: bool = False  # headings only, nothing filled in
    scan: Scan | None = None
    strips: int = 1  # in how many runs of pages a table wider than its paper was printed
    seed: int = 3


def rows_of(plan: Plan, review: Review) -> list[list[str]]:
    """The table's rows, one cell for each column."""
    rng = random.Random(f"{plan.seed}-{review.csp}")
    return [_row(plan, review, number, rng) for number in range(plan.rows)]


def _row(plan: Plan, review: Review, number: int, rng: random.Random) -> list[str]:
    recommendation = RECOMMENDATIONS[number % len(RECOMMENDATIONS)].format(council=review.council)
    due = f"{rng.choice(('March', 'June', 'September', 'December'))} {review.year + rng.randint(1, 3)}"
    made = {
        "recommendation": f"{number + 1}. {recommendation}",
        "scope": rng.choice(_WHERE),
        "action": " ".join(rng.sample(_ACTIONS, k=rng.randint(1, 3))),
        "lead": rng.choice(_LEADS),
        "milestone": " ".join(rng.sample(_MILESTONES, k=rng.randint(1, 2))) if plan.updates else "",
        "due": due,
        "done": rng.choice(_DONE) if plan.updates else "",
        "rag": rng.choice(_RAG) if plan.updates else "",
        "number": str(number + 1),
    }
    return ["" if plan.blank else made[_meaning(column)] for column in plan.columns]


def _meaning(column: str) -> str:
    """Which of a row's facts stands in a column of this heading."""
    column = column.lower()
    kinds = (
        ("milestone", ("milestone", "evidence", "cynnydd")),
        ("scope", ("scope", "level", "cwmpas")),
        ("recommendation", ("recommendation", "want to achieve", "learning", "argymhelliad")),
        ("action", ("action", "how will", "task", "camau")),
        ("lead", ("lead", "owner", "responsib", "agency", "arweiniol")),
        ("rag", ("rag", "status", "statws")),
        ("done", ("outcome", "progress", "update", "completion", "complete", "canlyniad")),
        ("due", ("date", "when", "time", "target", "deadline", "dyddiad")),
    )
    return next((kind for kind, words in kinds if any(word in column for word in words)), "number")


def draw_plan(sheets: Sheets, plan: Plan, review: Review, annex: str = "") -> None:
    """The plan on new pages of a document."""
    if plan.scan:
        if annex:
            sheets.new_page()
            sheets.y = sheets.height * 0.6
            sheets.text(annex, size=20, bold=True, centred=True)
        for picture in scan(an_action_plan(review, _unscanned(plan)), plan.scan):
            sheets.picture(picture)
        return
    sheets.new_page(landscape=plan.landscape)
    if annex:
        sheets.heading(annex, 1)
    _draw(sheets, plan, review)


def an_action_plan(review: Review = NORTHMERE, plan: Plan | None = None) -> bytes:
    """An action plan as a PDF of its own."""
    plan = plan or Plan()
    sheets = Sheets(title="" if plan.scan else f"{review.reference} action plan")
    draw_plan(sheets, plan, review)
    return sheets.finish()


def _unscanned(plan: Plan) -> Plan:
    return Plan(plan.columns, plan.heading, plan.live_note, plan.updates, plan.landscape, plan.size, plan.rows)


def _draw(sheets: Sheets, plan: Plan, review: Review) -> None:
    if plan.heading:
        sheets.heading(f"{plan.heading}: {review.csp}, {review.reference}", 2)
    if plan.live_note:
        sheets.text(plan.live_note if isinstance(plan.live_note, str) else LIVE_NOTE, size=9, italic=True)
    rows = rows_of(plan, review)
    width = -(-len(plan.columns) // plan.strips)
    for start in range(0, len(plan.columns), width):
        if start:
            sheets.new_page(landscape=plan.landscape, plain=True)
        columns = plan.columns[start : start + width]
        sheets.table(columns, [row[start : start + width] for row in rows], shares(columns), size=plan.size)


def shares(columns: Sequence[str]) -> list[float]:
    """How wide the columns are, one against the other."""
    wide = {"recommendation": 3.0, "action": 2.6, "milestone": 2.2, "done": 2.2, "number": 0.5, "rag": 0.8}
    return [wide.get(_meaning(column), 1.2) for column in columns]
