"""Reports whose pages show something else than their text says, and parts that are another review's."""

from __future__ import annotations

import random
from dataclasses import replace

from intake.model import Outcome
from tests.corpus import redrawn
from tests.corpus.case import NOT_GAP, NOT_MET, Case, Maker, Style, submission
from tests.corpus.gaps import LETTER, NO_LETTER, NO_PLAN_TO_LOOK_AT, PLAN, REVIEW
from tests.corpus.kit import Kit

SOFT = {LETTER: NOT_GAP}


def letter_hidden(rng: random.Random, style: Style) -> Case:
    """The letter is in the file and on no page: drawn in no colour, or in a layer that is off."""
    kit = Kit(rng, style)
    report, pages = _with_letter(kit)
    way = rng.choice((redrawn.hidden, redrawn.switched_off))
    raw = kit.mail(kit.file(way(report, pages)))
    return submission("letter-hidden", raw, gaps={LETTER: NO_LETTER}, also=REVIEW, weblink=kit.weblink)


def letter_stamped(rng: random.Random, style: Style) -> Case:
    """The letter was placed on blank pages as a stamp."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(redrawn.stamped(*_with_letter(kit))))
    return submission("letter-stamped", raw, loose=SOFT, also=REVIEW, weblink=kit.weblink)


def letter_shrunk(rng: random.Random, style: Style) -> Case:
    """Small pictures of the letter over a typed footer."""
    kit = Kit(rng, style)
    raw = kit.mail(kit.file(redrawn.shrunk(*_with_letter(kit), footer=f"{kit.review.reference}, annexes")))
    return submission("letter-shrunk", raw, loose=SOFT, also=REVIEW, weblink=kit.weblink)


def letter_under_a_scanners_layer(rng: random.Random, style: Style) -> Case:
    """A scanned letter whose layer has many wrong letters."""
    kit = Kit(rng, style)
    report, pages = _with_letter(kit)
    raw = kit.mail(kit.file(redrawn.scanned_over(report, pages, rng, wrong=rng.choice((0.0, 0.1, 0.3)))))
    return submission("letter-poor-layer", raw, loose=SOFT, also=REVIEW, weblink=kit.weblink)


def letter_of_another_case(rng: random.Random, style: Style) -> Case:
    """The same partnership's letter about another of its reviews; names, labels, or one victim of two."""
    kit = Kit(rng, style)
    own, other = rng.choice(
        (("Adult F", "Adult A"), ("DHR 12", "DHR 21"), ("Petra", "Ottilie"), ("Petra and Ines", "Petra"))
    )
    kit.review = replace(kit.review, name=own)
    raw = kit.mail(kit.file(kit.report(letter_review=replace(kit.review, name=other))))
    return submission("letter-of-another-case", raw, loose={LETTER: NOT_MET}, outcome=Outcome.GAPS, also=REVIEW)


def labelled_case(rng: random.Random, style: Style) -> Case:
    """A case that is numbered or lettered, and everything in order."""
    kit = Kit(rng, style)
    kit.review = replace(kit.review, name=rng.choice(("Adult F", "DHR 12", "DHR 2022/07")))
    return submission("labelled-case", kit.mail(kit.file(kit.report())), loose=SOFT, also=REVIEW, weblink=kit.weblink)


def plan_of_another(rng: random.Random, style: Style) -> Case:
    """Another partnership's plan behind this report's divider."""
    kit = Kit(rng, style)
    plan = kit.plan(heading="Action plan")
    raw = kit.mail(kit.file(kit.report(plan=plan, plan_review=kit.other_review())))
    loose = {PLAN: NOT_MET} | NO_PLAN_TO_LOOK_AT
    return submission("plan-of-another", raw, loose=loose, outcome=Outcome.GAPS, also=REVIEW)


def plan_in_strips(rng: random.Random, style: Style) -> Case:
    """The plan was printed from a spreadsheet over several pages wide."""
    kit = Kit(rng, style)
    plan = kit.plan(columns=style.plans[0]["columns"], strips=rng.choice((2, 3)), landscape=rng.random() < 0.7)
    raw = kit.mail(kit.file(kit.report(plan=plan)))
    return submission(
        "plan-in-strips", raw, also=REVIEW, weblink=kit.weblink, loose={PLAN: NOT_GAP} | NO_PLAN_TO_LOOK_AT
    )


def _with_letter(kit: Kit) -> tuple[bytes, list[int]]:
    """A report that ends with its letter, and the letter's pages."""
    report = kit.report(order=("summary", "body", "plan", "letter"))
    return report, redrawn.pages_from(report, f"Dear {kit.review.addressee}")


MAKERS: tuple[Maker, ...] = (
    letter_hidden,
    letter_stamped,
    letter_shrunk,
    letter_under_a_scanners_layer,
    letter_of_another_case,
    labelled_case,
    plan_of_another,
    plan_in_strips,
)
