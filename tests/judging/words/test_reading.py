"""Each sentence is read as one act, and what is not surely harmless is held for a person."""

from __future__ import annotations

import time

import pytest

from intake.judging.words import Act, ActReader, Reading, read
from intake.wiring.reading import known_like, sentence_reader


@pytest.fixture(scope="module")
def reader() -> ActReader:
    return sentence_reader()


def _only(text: str, reader: ActReader) -> Reading:
    (reading,) = read("", text, reader)
    return reading


@pytest.mark.parametrize(
    ("sentence", "act"),
    [
        ("Please find attached the final report with its letter and action plan.", Act.HANDS_IN),
        ("Amgaeaf yr adroddiad terfynol.", Act.HANDS_IN),
        ("The report will be published at https://www.saferwexcombe.gov.uk/dhr on 4 May.", Act.PLACE),
        ("I do not work Mondays.", Act.CONTACT),
        ("Apologies that this was not sent sooner.", Act.COURTESY),
        ("Kind regards,", Act.COURTESY),
        ("Domestic Abuse Coordinator", Act.FURNITURE),
        ("The Board approved it on 3 May.", Act.HOLDS),
    ],
)
def test_what_asks_for_nobody_passes(sentence: str, act: Act, reader: ActReader) -> None:
    reading = _only(sentence, reader)
    assert (reading.act, reading.harmless) == (act, True)


@pytest.mark.parametrize(
    ("sentence", "act"),
    [
        ("Please don't share outside of the Home Office at present.", Act.RESTRICTS),
        ("The Board has yet to approve it.", Act.TAKES_BACK),
        ("I may have attached an earlier draft.", Act.TAKES_BACK),
        ("A corrected copy will follow.", Act.LATER),
        ("Publication is on hold until the inquest is over.", Act.HOLDS_PUBLICATION),
        ("Could someone ring me today?", Act.ASKS),
        ("We do not accept the Panel's reading of the law.", Act.DISPUTES),
    ],
)
def test_what_asks_for_a_person_is_held(sentence: str, act: Act, reader: ActReader) -> None:
    reading = _only(sentence, reader)
    assert (reading.act, reading.harmless) == (act, False)


@pytest.mark.parametrize(
    "sentence",
    [
        "Bitte leiten Sie den beigefügten Bericht noch nicht an andere Stellen weiter.",
        "Прошу пока никому не показывать этот отчёт.",
        "Proszę na razie nikomu nie przekazywać załączonego raportu.",
        "Veuillez ne transmettre ce rapport à personne avant mon appel.",
    ],
)
def test_a_language_that_is_not_known_is_never_harmless(sentence: str, reader: ActReader) -> None:
    assert not _only(sentence, reader).harmless


def test_subject_and_body_are_both_read(reader: ActReader) -> None:
    readings = read("DO NOT FORWARD", "The final report is attached.\n\nJo", reader)
    assert [(reading.sentence, reading.in_subject, reading.harmless) for reading in readings] == [
        ("DO NOT FORWARD", True, False),
        ("The final report is attached.", False, True),
        ("Jo", False, True),
    ]


def test_what_is_too_long_to_be_read_whole_is_a_doubt(reader: ActReader) -> None:
    *_, last = read("", "Many thanks for your help with this.\n" * 2000, reader)
    assert (last.harmless, last.guard) == (False, "length")


@pytest.mark.parametrize(
    "text", ["a" * 40_000, "." * 40_000, "not " * 10_000, "a.b@" * 10_000, "www.a." * 6000, "I. " * 9000]
)
def test_hostile_text_takes_no_longer_than_long_text(text: str, reader: ActReader) -> None:
    start = time.process_time()
    read("", text, reader)
    assert time.process_time() - start < 5


def test_a_mail_of_a_page_is_read_in_a_moment(reader: ActReader) -> None:
    body = "Please find attached the final report for the review, with the letter and the plan.\n" * 20
    start = time.process_time()
    read("", body, reader)
    assert time.process_time() - start < 0.2


def test_staff_are_shown_what_is_known_of_the_kind() -> None:
    known = known_like("The Board has yet to approve the report.")
    assert len(known) == 2
    assert any("approv" in each.text.lower() for each in known)
