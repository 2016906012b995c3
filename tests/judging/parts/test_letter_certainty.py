"""What the letter's anchors weigh, and how many of them make a letter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import pytest

from intake.judging.parts import letter, letter_certainty
from intake.judging.parts.letter import find_letters
from intake.judging.parts.pages import fold_pages
from intake.model import Certainty
from tests.records import a_document, letter_pages, wording

WORDING = wording()
SCALE = letter_certainty.scale(WORDING.feedback_letter)
# What each anchor says, where it says no other's words, and what that is worth.
ANCHORS = {
    "thanks-for-report": ("Thank you for submitting the DHR for our area.", 3),
    "to-the-panel": ("It went to the Home Office Quality Assurance Panel.", 2),
    "considered": ("It was then considered.", 2),
    "delay": ("I apologise for the delay in responding.", 1),
    "panel-felt": ("The QA Panel felt that it was clear.", 1),
    "may-be-published": ("The DHR may be published.", 3),
    "areas": ("Areas for final development", 2),
    "digital-copy": ("Please provide us with a digital copy.", 2),
    "published-alongside": ("Please include our letter as an appendix.", 2),
    "own-records": ("This is for our own records for future analysis.", 1),
    "conversion": ("It should be smaller than 20 MB in size.", 2),
    "commissioner-copy": ("Please send a digital copy to the Domestic Abuse Commissioner.", 1),
    "on-behalf": ("On behalf of the QA Panel, I thank all.", 2),
    "signatory": ("Chair of the Home Office Quality Assurance Panel", 2),
    "letterhead": ("2 Marsham Street", 1),
}
# Sentences that are nearly other anchors', too, with what they are worth together.
NEARLY_OTHERS = {"to-the-panel": 6, "signatory": 4}


def _letter(names: Sequence[str]) -> str:
    return "\n".join(["Dear Ms Quill,", *(ANCHORS[name][0] for name in names), "Yours sincerely"])


def _certainty(names: Sequence[str]) -> Certainty | None:
    found = find_letters(fold_pages(a_document([_letter(names)])), WORDING)
    return found[0].certainty if found else None


def _points(names: Sequence[str]) -> int:
    return sum(ANCHORS[name][1] for name in names)


def test_every_anchor_is_weighed_here() -> None:
    assert {anchor.id for anchor in WORDING.feedback_letter.anchor} == set(ANCHORS)


@pytest.mark.parametrize("name", ANCHORS)
def test_an_anchor_weighs_what_it_tells(name: str) -> None:
    clues = letter.clues(fold_pages(a_document([_letter([name])])), WORDING)
    assert clues["anchors"] == NEARLY_OTHERS.get(name, ANCHORS[name][1])


FREE = [name for name in ANCHORS if name not in NEARLY_OTHERS and name != "thanks-for-report"]


@pytest.mark.parametrize(("points", "certainty"), [(7, Certainty.CERTAIN), (6, Certainty.POSSIBLE)])
def test_from_seven_points_of_three_anchors_it_is_the_letter_for_certain(points: int, certainty: Certainty) -> None:
    tried = [names for names in combinations(FREE, 3) if _points(names) + ANCHORS["thanks-for-report"][1] == points]
    assert tried
    assert {_certainty(["thanks-for-report", *names]) for names in tried} == {certainty}


@pytest.mark.parametrize(
    ("names", "certainty"),
    [
        (["thanks-for-report", "delay"], Certainty.POSSIBLE),
        (["thanks-for-report"], None),
        (["areas", "delay"], None),
        (["areas", "digital-copy"], Certainty.POSSIBLE),
        (["thanks-for-report", "may-be-published"], Certainty.POSSIBLE),
    ],
)
def test_four_points_may_be_a_letter(names: list[str], certainty: Certainty | None) -> None:
    assert _certainty(names) is certainty


def test_three_anchors_at_least_make_a_letter_certain_whatever_they_weigh() -> None:
    needs = SCALE.levels[0].needs
    found = {"anchors": 9, **dict.fromkeys(needs, 1)}
    assert SCALE.answer(found) is Certainty.CERTAIN
    assert SCALE.answer({**found, "enough-anchors": 0}) is Certainty.POSSIBLE
    three = letter.clues(fold_pages(a_document([_letter(["areas", "delay", "may-be-published"])])), WORDING)
    two = letter.clues(fold_pages(a_document([_letter(["areas", "may-be-published"])])), WORDING)
    assert (three["enough-anchors"], two["enough-anchors"]) == (1, 0)


@pytest.mark.parametrize(("count", "certainty"), [(6, Certainty.POSSIBLE), (5, None)])
def test_six_anchors_without_head_and_foot_may_be_a_letter(count: int, certainty: Certainty | None) -> None:
    names = ["thanks-for-report", "delay", "panel-felt", "own-records", "areas", "digital-copy"][:count]
    text = "\n".join(ANCHORS[name][0] for name in names)
    found = find_letters(fold_pages(a_document([text])), WORDING)
    assert (found[0].certainty if found else None) is certainty


def test_what_counts_only_by_being_there_weighs_nothing() -> None:
    whole = letter.clues(fold_pages(a_document(["\n".join(letter_pages())])), WORDING)
    assert SCALE.score(whole) == whole["anchors"]
    assert SCALE.score({**whole, "formless": 1, "of-the-report": 1}) == whole["anchors"]


def test_a_letter_goes_on_over_seven_pages() -> None:
    first, last = letter_pages()
    between = ["The QA Panel felt that more could be said."] * 5
    (found,) = find_letters(fold_pages(a_document([first, *between, last])), WORDING)
    assert found.last == 7
    longer = find_letters(fold_pages(a_document([first, *between, between[0], last])), WORDING)
    assert longer[0].last == 7


def _clue(text: str, name: str) -> int:
    return letter.clues(fold_pages(a_document([text])), WORDING)[name]


@pytest.mark.parametrize(("words", "form"), [(9, 1), (10, 0)])
def test_a_greeting_is_short(words: int, form: int) -> None:
    assert _clue("Dear" + " all" * (words - 1) + "\nThe QA Panel felt it was clear.", "form") == form


@pytest.mark.parametrize(("words", "no_end"), [(8, 0), (9, 1)])
def test_a_close_is_short(words: int, no_end: int) -> None:
    assert _clue("The QA Panel felt it was clear.\nYours sincerely" + " A" * (words - 2), "no-end") == no_end


@pytest.mark.parametrize(("words", "last"), [(25, 2), (26, 1)])
def test_a_page_with_the_signatory_alone_is_the_letters(words: int, last: int) -> None:
    signatory = ANCHORS["signatory"][0]
    page = signatory + "\nword" * (words - len(signatory.split()))
    text = _letter(["thanks-for-report", "areas", "may-be-published"])
    (found, *_) = find_letters(fold_pages(a_document([text, page])), WORDING)
    assert found.last == last


@pytest.mark.parametrize(("beside", "first"), [(("delay", "panel-felt"), 1), (("delay",), None)])
def test_without_a_salutation_a_letter_begins_where_three_anchors_stand(
    beside: tuple[str, ...], first: int | None
) -> None:
    page = "\n".join(["The Panel met in May.", *(ANCHORS[name][0] for name in ("considered", *beside))])
    rest = "\n".join([*(ANCHORS[name][0] for name in ("may-be-published", "areas", "digital-copy")), "Yours sincerely"])
    found = find_letters(fold_pages(a_document([page, rest])), WORDING)
    assert (found[0].first if found else None) == first


def test_evidence_of_a_letter_is_four_passages() -> None:
    (found,) = find_letters(fold_pages(a_document(letter_pages())), WORDING)
    assert len(found.evidence) == 4


@pytest.mark.parametrize(("between", "kind"), [(4, "unclear"), (5, "resubmit")])
def test_a_denial_stands_within_five_words(between: int, kind: str) -> None:
    sentence = "There is no" + " word" * between + " please resubmit."
    assert letter.letter_kind(sentence, WORDING.feedback_letter.kind).value == kind
