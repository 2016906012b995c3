"""What staff are owed a notice about: each doubt with its sentence, at once or after a while, each thing once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from intake.cases.history import OpenDoubt
from intake.cases.staff_notices import owed
from intake.cases.standing import Standing
from intake.correspondence import NoticeKind
from intake.judging.doubts import doubt
from intake.model import Doubt, Outcome

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ASKS = doubt("asks-for-a-person", "the sender restricts what is done with the report", quote="Please do not share it.")
AWAITED = doubt("file-awaited", "the mail system still holds the file back")
SCANNER = doubt("scanner-away", "the virus scanner could not be reached")


def review(*doubts: Doubt) -> Standing:
    return Standing(Outcome.REVIEW, (), doubts=tuple(OpenDoubt(1, each, 1) for each in doubts))


def test_a_review_names_each_doubt_with_its_sentence_once() -> None:
    (notice,) = owed("X:1", 1, review(ASKS, AWAITED, ASKS), NOW, relay_too_small=False)
    assert (notice.kind, notice.key, notice.due_at) == (NoticeKind.REVIEW, "review:X:1:1", None)
    assert notice.reasons == (
        "the sender restricts what is done with the report: “Please do not share it.”",
        "the mail system still holds the file back",
    )


def test_what_may_end_by_itself_is_told_after_a_while() -> None:
    (notice,) = owed("X:1", 1, review(AWAITED, SCANNER), NOW, relay_too_small=False)
    assert notice.due_at == NOW + timedelta(hours=1)


def test_what_still_waits_after_another_look_is_no_news() -> None:
    passing = [owed("X:1", number, review(SCANNER), NOW, relay_too_small=False)[0].key for number in (1, 2)]
    others = [owed("X:1", number, review(ASKS), NOW, relay_too_small=False)[0].key for number in (1, 2)]
    assert (len({*passing}), len({*others})) == (1, 2)


def test_nothing_is_owed_where_nothing_waits() -> None:
    for outcome in (Outcome.COMPLIANT, Outcome.GAPS):
        assert owed("X:1", 1, Standing(outcome, ()), NOW, relay_too_small=False) == ()


def test_a_forward_that_the_relay_would_refuse_is_told_at_once() -> None:
    (notice,) = owed("X:1", 1, Standing(Outcome.COMPLIANT, ()), NOW, relay_too_small=True)
    assert (notice.kind, notice.key, notice.due_at) == (NoticeKind.RELAY_TOO_SMALL, "relay-too-small:X:1:1", None)
