"""A guard asks the reader to be surer; a language that is not known passes under no sureness."""

from __future__ import annotations

import pytest

from intake.judging.words.features import tokens
from intake.judging.words.guards import guard_of
from intake.wiring.reading import vocabulary

VOCABULARY = vocabulary()


def _guard(sentence: str, known: float = 1.0) -> str | None:
    seen = tokens(sentence, VOCABULARY)
    guard = guard_of(seen.words, seen.kinds, known)
    return guard.name if guard else None


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("The family has not seen the report.", "negation"),
        ("It goes live once the coroner has released it.", "condition"),
        ("All agencies have approved it except the GP's surgery, who want a change.", "exception"),
        ("Please hold the report for a week.", "request"),
        ("Is this the right address?", "question"),
        ("I think this is the final version.", "doubt"),
        ("The final draft of our report is attached.", "draft"),
        ("I enclose the latest draft for your records.", "draft"),
    ],
)
def test_a_guard_speaks(sentence: str, name: str) -> None:
    assert _guard(sentence) == name


@pytest.mark.parametrize(
    "sentence",
    [
        "Please find attached the final report.",
        "The report is published on our website.",
        "Nobody works here on Mondays.",
        "The attached replaces the draft that the Panel saw.",
        "If it rains we meet indoors.",
    ],
)
def test_a_guard_is_silent_where_a_cue_bears_on_nothing_that_matters(sentence: str) -> None:
    assert _guard(sentence) is None


def test_a_draft_that_is_denied_is_none() -> None:
    assert _guard("This is not a draft: the report is attached.") == "negation"


def test_words_that_are_not_known_speak_of_another_language_and_a_name_does_not() -> None:
    assert _guard("Bitte leiten Sie den Bericht nicht weiter", known=0.1) == "language"
    assert _guard("Oluwaseun Adeyemi", known=0.0) is None
