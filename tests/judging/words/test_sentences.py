"""A mail is cut where its author ended a sentence, a list item, a cell or a line, and nowhere else."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.judging.words.sentences import MOST_SENTENCES, Origin, cut


def _cut(body: str) -> list[str]:
    return [sentence.text for sentence in cut("", body).sentences]


def test_a_wrapped_paragraph_is_made_whole() -> None:
    body = (
        "Please find attached the final report of our review into the death\n"
        "of Ruth, with the Panel's letter. The Board has\n"
        "seen it. It goes live on 3 May.\n"
    )
    assert _cut(body) == [
        "Please find attached the final report of our review into the death of Ruth, with the Panel's letter.",
        "The Board has seen it.",
        "It goes live on 3 May.",
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "Jane Smith\nDomestic Abuse Coordinator\nWexcombe Council",
            ["Jane Smith", "Domestic Abuse Coordinator", "Wexcombe Council"],
        ),
        ("Attached:\n- the report\n- the letter\n1. the plan", ["Attached:", "the report", "the letter", "the plan"]),
        ("Report\tv3\t3 May", ["Report", "v3", "3 May"]),
        ("| Report | final |", ["Report", "final"]),
        ("Weblink: https://www.x.gov.uk/dhr\nContact: Jo", ["Weblink: https://www.x.gov.uk/dhr", "Contact: Jo"]),
        ("Web link:\n\nhttps://www.x.gov.uk/dhr", ["Web link: https://www.x.gov.uk/dhr"]),
        ("I enclose the\nreport.", ["I enclose the report."]),
        ("Dear Sir,\nPlease find it here.", ["Dear Sir,", "Please find it here."]),
    ],
)
def test_lines_stay_apart_unless_the_sentence_goes_on(body: str, expected: list[str]) -> None:
    assert _cut(body) == expected


@pytest.mark.parametrize(
    "whole",
    [
        "It was seen by Cllr. Shah, Mrs. Jones and Dr. Lee.",
        "See para. 4 on p. 12 of the plan, e.g. the table.",
        "DHR No. 4 was approved on 3 Feb. 2026.",
        "J. R. Hughes chaired it.",
        "It was not … what we had hoped.",
        "The page is https://www.x.gov.uk/dhr.html?a=1 for now.",
        "Mae'r adroddiad, h.y. y fersiwn terfynol, ynghlwm.",
        'He said "no." to us',
    ],
)
def test_an_abbreviation_ends_no_sentence(whole: str) -> None:
    assert _cut(whole) == [whole]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Any news? please ring.", ["Any news?", "please ring."]),
        ("It is here. let me know.", ["It is here.", "let me know."]),
        ("He left at 4 p.m. The Board met.", ["He left at 4 p.m.", "The Board met."]),
        ("Sent.We hope it helps.", ["Sent.", "We hope it helps."]),
        ("She asked “is it out?” We said no.", ["She asked “is it out?”", "We said no."]),
        ("So be it... The end", ["So be it...", "The end"]),
        ("?", ["?"]),
        ("---\n***", []),
    ],
)
def test_a_sentence_ends_where_its_author_ended_it(body: str, expected: list[str]) -> None:
    assert _cut(body) == expected


def test_the_subject_comes_first_and_says_so() -> None:
    subject, body = cut("RE: Final report", "Hello").sentences
    assert (subject.text, subject.origin, body.origin) == ("RE: Final report", Origin.SUBJECT, Origin.BODY)


def test_what_is_not_looked_at_is_said() -> None:
    found = cut("", "Yes. " * (MOST_SENTENCES + 1))
    assert (len(found.sentences), found.whole) == (MOST_SENTENCES, False)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("aA.?! \n\t|-•")), max_size=300))
def test_no_word_is_lost(body: str) -> None:
    written = re.findall("[aA]{5,}", body)
    assert re.findall("[aA]{5,}", " ".join(_cut(body))) == written
