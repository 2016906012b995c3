"""A cue bears on the words in its reach, on its side, and not beyond what ends it."""

from __future__ import annotations

import pytest

from intake.judging.words.cues import CUES, CueKind, reaches


def _borne_on(text: str) -> set[tuple[CueKind, str]]:
    words = text.split()
    return {(reach.cue.kind, words[at]) for reach in reaches(words) for at in range(reach.start, reach.end)}


@pytest.mark.parametrize(
    ("text", "kind", "word"),
    [
        ("we have not published it", CueKind.NEGATION, "published"),
        ("the board has yet to approve it", CueKind.NEGATION, "approve"),
        ("hold it until the inquest is over", CueKind.CONDITION, "hold"),
        ("until the inquest is over hold it", CueKind.CONDITION, "hold"),
        ("share it with all except the press", CueKind.EXCEPTION, "press"),
        ("could you look at page 4", CueKind.REQUEST, "page"),
        ("this is the final i think", CueKind.DOUBT, "final"),
    ],
)
def test_it_bears_on(text: str, kind: CueKind, word: str) -> None:
    assert (kind, word) in _borne_on(text)


@pytest.mark.parametrize(
    ("text", "kind", "word"),
    [
        ("not ours but theirs is published", CueKind.NEGATION, "published"),
        ("we have published it , nobody minds", CueKind.NEGATION, "published"),
        ("it is final ; please ring", CueKind.REQUEST, "final"),
        ("not one of all the many people who were there that day saw it published", CueKind.NEGATION, "published"),
    ],
)
def test_it_does_not_bear_on(text: str, kind: CueKind, word: str) -> None:
    assert (kind, word) not in _borne_on(text)


@pytest.mark.parametrize(
    "text", ["please find the report here", "do not hesitate to ring", "the page can be found here"]
)
def test_a_set_phrase_is_no_cue(text: str) -> None:
    assert _borne_on(text) == set()


def test_each_cue_is_declared_once_and_found() -> None:
    assert len({(cue.phrase, cue.direction) for cue in CUES}) == len(CUES)
    for cue in CUES:
        assert cue in {reach.cue for reach in reaches(("x", *cue.words, "y"))}
