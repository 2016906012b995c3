"""The corpus itself: it builds, repeats itself to the byte, and its truth speaks of faults that exist."""

from __future__ import annotations

import hashlib
from email import message_from_bytes

import pytest

from intake.judging.checks import CATALOGUE
from intake.model import Outcome, Status
from tests.corpus import STYLES, cases, makers
from tests.corpus.case import ADVISORY, GAP, REQUIRED, Style
from tests.corpus.development import DEVELOPMENT
from tests.corpus.held_out import HELD_OUT


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
def test_every_case_is_a_mail_whose_truth_is_consistent(style: Style) -> None:
    faults = {check.id: {fault.code for fault in check.faults} for check in CATALOGUE}
    names = set()
    for case in cases(1, len(makers(style)), style):
        truth = case.truth
        assert message_from_bytes(case.raw)["From"], case.name
        assert set(truth.checks) in ({*REQUIRED, *ADVISORY}, set()), case.name
        for check, expected in truth.checks.items():
            assert expected.faults <= faults[check], case.name
        if truth.outcome is Outcome.COMPLIANT:
            assert all(Status.MET in truth.checks[check].statuses for check in REQUIRED), case.name
        if truth.outcome is Outcome.GAPS and truth.outcomes == {Outcome.GAPS}:
            assert any(truth.checks[check].statuses == GAP for check in REQUIRED), case.name
        names.add(case.name.split("-", 3)[-1])
    assert len(names) > 60


def test_the_same_seed_makes_the_same_bytes_and_another_seed_others() -> None:
    first, again, others = (_digests(seed) for seed in (7, 7, 8))
    assert first == again
    assert not set(first) & set(others)


def _digests(seed: int) -> list[str]:
    # encryption begins with chance of its own
    return [hashlib.sha256(case.raw).hexdigest() for case in cases(seed, 12) if "locked" not in case.name]


def test_the_held_out_set_shares_no_wording_with_the_development_set() -> None:
    for field in (
        "letters",
        "resubmits",
        "subjects",
        "covers",
        "places",
        "to_follow",
        "withheld",
        "mentions",
        "portals",
    ):
        assert not set(getattr(DEVELOPMENT, field)) & set(getattr(HELD_OUT, field)), field
    assert not {review.csp for review in DEVELOPMENT.reviews} & {review.csp for review in HELD_OUT.reviews}
    assert not {body for _, _, body in DEVELOPMENT.others.values()} & {body for _, _, body in HELD_OUT.others.values()}
