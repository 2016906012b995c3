"""A forwarded mail speaks for the sender only where they say next to nothing themselves."""

from __future__ import annotations

import pytest

from intake.judging.parts.own_words import own_words
from intake.model import Body, Unpacked


@pytest.mark.parametrize(("words", "passed_on"), [(14, True), (15, False)])
def test_what_is_forwarded_without_a_word_is_the_senders(words: int, passed_on: bool) -> None:
    mail = Unpacked(subject="FW: Report", body=Body(latest="word " * words, quoted="Here is the final report."))
    assert ("final report" in own_words(mail).text) is passed_on
