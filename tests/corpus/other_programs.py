"""Submissions whose PDFs other programs made: the committed files of LibreOffice and Chromium."""

from __future__ import annotations

import random
from pathlib import Path

from tests.builders import BRACKENFORD, CALDERBROOK, THORNWICK, File, Review
from tests.corpus.case import Case, Maker, Style, submission
from tests.corpus.gaps import LETTER, NO_LETTER, NO_PLAN, NO_PLAN_TO_LOOK_AT, PLAN
from tests.corpus.kit import Kit

FIXTURES = Path(__file__).with_name("fixtures")


def word_complete(rng: random.Random, style: Style) -> Case:
    """Written in Word, everything inside; the summary alone is not there."""
    kit = _kit(rng, style, BRACKENFORD)
    gaps = {"executive-summary": "executive-summary-missing"}
    return submission("word-made", kit.mail(_file("word-complete")), gaps=gaps, weblink=kit.weblink)


def word_without_letter(rng: random.Random, style: Style) -> Case:
    """Written in Word, no letter anywhere."""
    kit = _kit(rng, style, CALDERBROOK)
    gaps = {LETTER: NO_LETTER, "executive-summary": "executive-summary-missing"}
    return submission("word-made-no-letter", kit.mail(_file("word-without-letter")), gaps=gaps, weblink=kit.weblink)


def word_letter_separate(rng: random.Random, style: Style) -> Case:
    """Written in Word, the letter beside it."""
    kit = _kit(rng, style, CALDERBROOK)
    gaps = {LETTER: "feedback-letter-separate", "executive-summary": "executive-summary-missing"}
    raw = kit.mail(_file("word-without-letter"), _file("word-letter"))
    return submission("word-made-letter-separate", raw, gaps=gaps, weblink=kit.weblink)


def web_complete(rng: random.Random, style: Style) -> Case:
    """Printed from a browser."""
    kit = _kit(rng, style, THORNWICK)
    return submission("web-made", kit.mail(_file("web-complete")), weblink=kit.weblink)


def web_without_plan(rng: random.Random, style: Style) -> Case:
    """Printed from a browser, no plan."""
    kit = _kit(rng, style, THORNWICK)
    raw = kit.mail(_file("web-without-plan"))
    return submission("web-made-no-plan", raw, gaps={PLAN: NO_PLAN}, loose=NO_PLAN_TO_LOOK_AT, weblink=kit.weblink)


def _kit(rng: random.Random, style: Style, review: Review) -> Kit:
    kit = Kit(rng, style)
    kit.weblink = kit.weblink.replace(kit.review.domain, review.domain)
    kit.review = review
    return kit


def _file(name: str) -> File:
    return File(f"{name}.pdf", (FIXTURES / f"{name}.pdf").read_bytes())


MAKERS: tuple[Maker, ...] = (
    word_complete,
    word_without_letter,
    word_letter_separate,
    web_complete,
    web_without_plan,
)
