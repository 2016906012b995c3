"""What messages say: kept, found by its words on both databases, and forgotten with the bytes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from intake.ledger import Headers, Ledger, SubmissionFilter
from intake.ledger.tables import message_words
from intake.ledger.wording import terms
from tests.ledger.cases import NOW, SENDER, Desk, digest


@pytest.fixture
def desk(ledger: Ledger) -> Desk:
    return Desk(ledger)


def says(words: str, subject: str = "Final report") -> Headers:
    return Headers(sender=SENDER, subject=subject, sent_at=NOW, words=words, below="Kind regards")


def found(desk: Desk, asked: str) -> list[str]:
    page = desk.ledger.queries.submissions(SubmissionFilter(text=asked), sort="reference")
    return [row.reference[:13] for row in page.rows]


def test_words_subjects_senders_and_file_names_are_found(desk: Desk) -> None:
    first = desk.submits("one", headers=says("Please ring Siân before Friday."))
    second = desk.submits("two", headers=says("All is well.", subject="DHR Dŵr, final"))
    one, two = ((each.reference or "")[:13] for each in (first, second))
    assert found(desk, "friday") == [one]
    assert found(desk, "FRID") == [one]  # the beginning of a word is enough
    assert found(desk, "riday") == []  # its end is not
    assert found(desk, "sian ring") == [one]  # however it is typed, in any order
    assert found(desk, "dwr") == [two]
    assert found(desk, "final-report.pdf") == [one, two]
    assert found(desk, SENDER) == [one, two]
    assert found(desk, "friday well") == []
    assert found(desk, f"{one} friday") == [one]


@pytest.mark.parametrize("asked", ['"', "'", "* OR x", "a NEAR b", ":*", "\\", "%", "!", "NOT", "-x", "((", "&|"])
def test_no_question_is_taken_for_a_command(desk: Desk, asked: str) -> None:
    desk.submits("one", headers=says("Nothing of this kind."))
    assert found(desk, f"{asked} zzz") == []
    assert isinstance(desk.ledger.queries.messages(text=asked).total, int)


def test_messages_are_found_too(desk: Desk) -> None:
    desk.submits("one", headers=says("Please ring Siân before Friday."))
    desk.submits("two", headers=says("All is well."))
    page = desk.ledger.queries.messages(text="friday")
    assert [row.id for row in page.rows] == [1]
    view = desk.ledger.queries.message(1)
    assert view.said is not None
    assert (view.said.words, view.said.below) == ("Please ring Siân before Friday.", "Kind regards")


def test_a_message_judged_again_says_what_it_says_now(desk: Desk) -> None:
    desk.submits("one", headers=says("Please ring me."))
    with desk.ledger.database.write() as writer:
        from_now_on = message_words.update().values(words="Never mind.", terms=terms(["Never mind."]))
        writer.connection.execute(from_now_on)
    assert found(desk, "ring") == []
    assert len(found(desk, "mind")) == 1


def test_it_goes_when_the_bytes_go(desk: Desk) -> None:
    desk.submits("one", headers=says("Please ring me."))
    desk.ledger.retention.note_deleted([digest("one")], NOW, "test")
    assert found(desk, "ring") == []
    with desk.ledger.database.read() as connection:
        assert connection.execute(select(message_words)).all() == []


def test_a_long_or_odd_message_is_kept_within_bounds(desk: Desk) -> None:
    desk.submits("one", headers=says("word\0 " + " ".join(f"w{number}" for number in range(40_000))))
    view = desk.ledger.queries.message(1)
    assert view.said is not None
    assert len(view.said.words) <= 60_000
    assert "\0" not in view.said.words
    assert len(found(desk, "w9999")) == 1
