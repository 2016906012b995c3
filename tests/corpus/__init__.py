"""A corpus of invented mail with the truth about each message, to judge the judgement by.

`cases(seed, count, style)` makes it: every maker has its turn, and the seed decides on the wording, the annex
style, the scan, the names. Rules are written against the development style; the held-out style has other
wordings throughout and shows whether the rules were fitted to the first.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import partial

from tests.corpus import as_seen, compliant, gaps, other_mail, other_programs, traps
from tests.corpus.case import Case, Maker, Style
from tests.corpus.development import DEVELOPMENT
from tests.corpus.held_out import HELD_OUT

STYLES = {style.name: style for style in (DEVELOPMENT, HELD_OUT)}


def makers(style: Style) -> list[Maker]:
    """Every kind of case there is in a style, kinds mixed so that any stretch of them is varied."""
    people: list[Maker] = [partial(other_mail.person, wanted=wanted) for wanted in style.others]
    groups = [
        list(compliant.MAKERS),
        list(gaps.MAKERS),
        list(traps.MAKERS),
        list(other_programs.MAKERS),
        list(as_seen.MAKERS),
        [*other_mail.MAKERS, *people],
    ]
    every = [maker for group in groups for maker in group]
    random.Random(1).shuffle(every)
    return every


def cases(seed: int, count: int, style: Style = DEVELOPMENT) -> Iterator[Case]:
    """The first `count` cases of a seed; the same call makes the same bytes."""
    every = makers(style)
    for number in range(count):
        rng = random.Random(f"{style.name}-{seed}-{number}")
        case = every[number % len(every)](rng, style)
        yield Case(f"{style.name}-{seed}-{number:03d}-{case.name}", case.raw, case.truth)
