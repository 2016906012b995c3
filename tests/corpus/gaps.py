"""Submissions with something missing or misplaced: every gap alone, and several together."""

from __future__ import annotations

import random

from intake.model import Outcome
from tests.builders import (
    File,
    a_letter,
    a_word_letter,
    a_word_plan,
    a_word_report,
    an_action_plan,
    an_excel_plan,
    an_executive_summary,
    lock,
    noise_picture,
    quoted_request,
    scramble,
    truncate,
    zipped,
)
from tests.corpus.case import ANY, NOT_GAP, NOT_MET, Case, Maker, Style, submission, unreadable
from tests.corpus.kit import Kit

REVIEW = frozenset({Outcome.REVIEW})
LETTER, PLAN = "feedback-letter-annex", "action-plan-annex"
NO_LETTER = "feedback-letter-missing|feedback-letter-only-mentioned"
NO_PLAN = "action-plan-missing|action-plan-only-recommendations|action-plan-only-in-contents"
NO_PLAN_TO_LOOK_AT = {"implementation-updates": ANY, "live-document-note": ANY}


def letter_separate(rng: random.Random, style: Style) -> Case:
    """The likeliest gap: the letter as a file of its own."""
    kit = Kit(rng, style)
    letter = File("QA feedback letter.pdf", a_letter(kit.review, kit.letter()))
    raw = kit.mail(kit.file(kit.report(letter=None)), letter)
    return submission("letter-separate", raw, gaps={LETTER: "feedback-letter-separate"}, weblink=kit.weblink)


def letter_in_word(rng: random.Random, style: Style) -> Case:
    """The letter as a Word file beside the report."""
    kit = Kit(rng, style)
    letter = File("HO letter.docx", a_word_letter(kit.review, kit.letter()))
    raw = kit.mail(kit.file(kit.report(letter=None)), letter)
    return submission("letter-in-word", raw, gaps={LETTER: "feedback-letter-separate"}, weblink=kit.weblink)


def letter_missing(rng: random.Random, style: Style) -> Case:
    """No letter anywhere, whatever the contents say of it."""
    kit = Kit(rng, style)
    listed = rng.choice(((), ("letter",)))
    raw = kit.mail(kit.file(kit.report(letter=None, listed=listed)))
    return submission("letter-missing", raw, gaps={LETTER: NO_LETTER}, weblink=kit.weblink)


def plan_missing(rng: random.Random, style: Style) -> Case:
    """No plan; the letter still speaks of one."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report(plan=None)))
    return submission("plan-missing", raw, gaps={PLAN: NO_PLAN}, loose=NO_PLAN_TO_LOOK_AT, weblink=kit.weblink)


def plan_listed_only(rng: random.Random, style: Style) -> Case:
    """The plan stands in the contents and nowhere else."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report(plan=None, listed=("plan",), labels="appendix-letter")))
    return submission("plan-listed-only", raw, gaps={PLAN: NO_PLAN}, loose=NO_PLAN_TO_LOOK_AT, weblink=kit.weblink)


def plan_title_only(rng: random.Random, style: Style) -> Case:
    """A title page for the plan with nothing behind it."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report(plan=None, titled=("plan",), labels="annex-letter")))
    loose = {PLAN: NOT_MET} | NO_PLAN_TO_LOOK_AT
    return submission("plan-title-only", raw, loose=loose, outcome=Outcome.GAPS, also=REVIEW, weblink=kit.weblink)


def plan_separate(rng: random.Random, style: Style) -> Case:
    """The plan as another PDF."""
    kit = Kit(rng, style)
    plan = File("Action Plan.pdf", an_action_plan(kit.review, kit.plan()))
    raw = kit.mail(kit.file(kit.report(plan=None)), plan)
    gaps = {PLAN: "action-plan-separate"}
    return submission("plan-separate", raw, gaps=gaps, loose=NO_PLAN_TO_LOOK_AT, weblink=kit.weblink)


def plan_in_office_file(rng: random.Random, style: Style) -> Case:
    """The plan as a spreadsheet or a Word file."""
    kit = Kit(rng, style)
    sheet = rng.random() < 0.5
    made = an_excel_plan(kit.review, kit.plan()) if sheet else a_word_plan(kit.review, kit.plan())
    raw = kit.mail(kit.file(kit.report(plan=None)), File("Action plan.xlsx" if sheet else "Action plan.docx", made))
    gaps = {PLAN: "action-plan-spreadsheet" if sheet else "action-plan-word-file"}
    return submission("plan-in-office-file", raw, gaps=gaps, loose=NO_PLAN_TO_LOOK_AT, weblink=kit.weblink)


def all_apart(rng: random.Random, style: Style) -> Case:
    """Report, summary, plan and letter as four PDFs, perhaps in a ZIP."""
    kit = Kit(rng, style)
    parts = {
        "Overview report.pdf": kit.report(plan=None, letter=None, summary=False),
        "Executive summary.pdf": an_executive_summary(kit.review),
        "Action plan.pdf": an_action_plan(kit.review, kit.plan()),
        "Letter.pdf": a_letter(kit.review, kit.letter()),
    }
    files = [File(name, content) for name, content in parts.items()]
    rng.shuffle(files)
    raw = kit.mail(*([File("All parts.zip", zipped(parts))] if rng.random() < 0.3 else files))
    gaps = {LETTER: "feedback-letter-separate", PLAN: "action-plan-separate"}
    loose = NO_PLAN_TO_LOOK_AT | {"executive-summary": ANY}
    return submission("all-apart", raw, gaps=gaps, loose=loose, weblink=kit.weblink)


def no_weblink(rng: random.Random, style: Style) -> Case:
    """Not a word of where it will be published; only a signature's home page and quoted guidance."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report()), body=kit.cover(""), quoted=quoted_request(kit.review))
    gaps = {"weblink": "weblink-missing|weblink-only-home-page"}
    return submission("no-weblink", raw, gaps=gaps, weblink="")


def weblink_to_follow(rng: random.Random, style: Style) -> Case:
    """It is promised for later."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report()), body=kit.cover(rng.choice(style.to_follow)))
    gaps = {"weblink": "weblink-to-follow|weblink-missing"}
    return submission("weblink-to-follow", raw, gaps=gaps, weblink="")


def weblink_file_share(rng: random.Random, style: Style) -> Case:
    """A file share is named instead of a public page."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(kit.report()), body=kit.cover(kit.place(rng.choice(style.shares))))
    return submission("weblink-file-share", raw, gaps={"weblink": "weblink-file-share|weblink-missing"}, weblink="")


def word_report(rng: random.Random, style: Style) -> Case:
    """The whole report as a Word file, with or without its annexes."""
    kit = Kit(rng, style)
    whole = rng.random() < 0.5
    made = a_word_report(kit.review, kit.letter() if whole else None, kit.plan() if whole else None)
    raw = kit.mail(File(kit.words("Final {short} {name}.docx"), made))
    return unreadable("word-report", raw, "pdf-format", "word-file")


def word_named_pdf(rng: random.Random, style: Style) -> Case:
    """A Word file that only its name calls a PDF."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(a_word_report(kit.review), "Final report.pdf"))
    return unreadable("word-named-pdf", raw, "pdf-format", "word-file|not-a-pdf")


def locked(rng: random.Random, style: Style) -> Case:
    """It opens with a password only."""
    kit = Kit(rng, style)
    return unreadable("locked", kit.mail(kit.file(lock(kit.report()))), "readable", "password")


def cut_off(rng: random.Random, style: Style) -> Case:
    """The transfer broke off."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(truncate(kit.report(), rng.uniform(0.2, 0.8))))
    return unreadable("cut-off", raw, "readable", "damaged|no-pages", also=REVIEW)


def scrambled(rng: random.Random, style: Style) -> Case:
    """Nothing but the first bytes is left: whether that is a damaged PDF or none, both may be said."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(scramble(kit.report())))
    inside = (LETTER, PLAN, "executive-summary", "implementation-updates", "live-document-note", "size-limit")
    loose = dict.fromkeys(inside, NOT_GAP) | {"pdf-format": ANY, "readable": NOT_MET}
    return submission("scrambled", raw, loose=loose, outcome=Outcome.GAPS, also=REVIEW)


def too_large(rng: random.Random, style: Style) -> Case:
    """Photographs make it larger than 20 MB."""
    kit = Kit(rng, style)
    order = ("summary", "body", "picture", "plan", "letter")
    raw = kit.mail(kit.file(kit.report(extra_picture=noise_picture(20.5), order=order)))
    return submission("too-large", raw, gaps={"size-limit": "too-large"}, weblink=kit.weblink)


def nothing_attached(rng: random.Random, style: Style) -> Case:
    """The sender forgot the file."""
    kit = Kit(rng, style)
    return unreadable("nothing-attached", kit.mail(), "pdf-format", "nothing-attached", also=REVIEW)


def several_at_once(rng: random.Random, style: Style) -> Case:
    """Any two or three gaps together."""
    kit = Kit(rng, style)
    letter, plan, link = rng.choice(((1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)))
    changes = ({"letter": None} if letter else {}) | ({"plan": None} if plan else {})
    body = kit.cover("" if link else None)
    raw = kit.mail(kit.file(kit.report(**changes)), body=body)
    gaps = ({LETTER: NO_LETTER} if letter else {}) | ({PLAN: NO_PLAN} if plan else {})
    gaps |= {"weblink": "weblink-missing|weblink-only-home-page"} if link else {}
    loose = NO_PLAN_TO_LOOK_AT if plan else {}
    # with neither letter nor weblink a careful person may wonder whether it is the final version
    return submission("several-at-once", raw, gaps=gaps, loose=loose, also=REVIEW)


def too_large_and_no_plan(rng: random.Random, style: Style) -> Case:
    """A large file that lacks its plan as well."""
    kit = Kit(rng, style)
    order = ("summary", "body", "picture", "letter")
    raw = kit.mail(kit.file(kit.report(extra_picture=noise_picture(20.5), order=order, plan=None)))
    gaps = {"size-limit": "too-large", PLAN: NO_PLAN}
    return submission("too-large-no-plan", raw, gaps=gaps, loose=NO_PLAN_TO_LOOK_AT, also=REVIEW)


def word_and_no_weblink(rng: random.Random, style: Style) -> Case:
    """A Word file, and no weblink in the mail: what is inside it cannot be known for certain."""
    kit = Kit(rng, style)
    raw = kit.mail(File("Final report.docx", a_word_report(kit.review)), body=kit.cover(""), quoted="")
    inside = (
        LETTER,
        PLAN,
        "executive-summary",
        "implementation-updates",
        "live-document-note",
        "readable",
        "size-limit",
    )
    loose = dict.fromkeys(inside, NOT_GAP) | {"weblink": ANY}
    return submission("word-no-weblink", raw, gaps={"pdf-format": "word-file"}, loose=loose)


MAKERS: tuple[Maker, ...] = (
    letter_separate,
    letter_in_word,
    letter_missing,
    plan_missing,
    plan_listed_only,
    plan_title_only,
    plan_separate,
    plan_in_office_file,
    all_apart,
    no_weblink,
    weblink_to_follow,
    weblink_file_share,
    word_report,
    word_named_pdf,
    locked,
    cut_off,
    scrambled,
    too_large,
    nothing_attached,
    several_at_once,
    too_large_and_no_plan,
    word_and_no_weblink,
)
