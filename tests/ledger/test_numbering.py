"""Numbers for messages that only have names: in the ledger, and for one who only looks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from intake.ledger import Ledger
from intake.mailbox import Numbers, PassingNumbers
from intake.model import Named
from tests.ledger.cases import NOW


def named(*names: str) -> list[Named]:
    return [
        Named(name, NOW + timedelta(minutes=number), f"<{name}@council.example>") for number, name in enumerate(names)
    ]


@pytest.fixture(params=["ledger", "passing"])
def numbers(request: pytest.FixtureRequest, ledger: Ledger) -> Numbers:
    return ledger.numbering if request.param == "ledger" else PassingNumbers()


def test_each_name_gets_the_next_number_once(numbers: Numbers) -> None:
    series = numbers.open("main", "inbox", NOW)
    assert (series.next_uid, series.cursor) == (1, "")
    series = numbers.note(series, named("a", "b"), (), "one", whole=True)
    series = numbers.note(series, named("b", "c"), (), "two")
    assert (series.next_uid, series.cursor) == (4, "two")
    assert [(one.uid, one.name) for one in numbers.messages(series)] == [(1, "a"), (2, "b"), (3, "c")]
    assert [one.uid for one in numbers.messages(series, 3)] == [3]
    assert numbers.open("main", "inbox", NOW + timedelta(days=1)) == series


def test_what_a_message_is_stays_with_its_number(numbers: Numbers) -> None:
    series = numbers.note(numbers.open("main", "inbox", NOW), named("a"), (), "one", whole=True)
    found = numbers.message(series, 1)
    assert found is not None
    assert (found.name, found.received_at, found.message_id) == ("a", NOW, "<a@council.example>")
    assert numbers.message(series, 2) is None


def test_a_number_is_never_given_again(numbers: Numbers) -> None:
    series = numbers.note(numbers.open("main", "inbox", NOW), named("a", "b"), (), "one", whole=True)
    series = numbers.note(series, (), ("b", "never here"), "two")
    assert (numbers.count(series), series.next_uid) == (1, 3)
    series = numbers.note(series, named("b"), (), "three")
    assert [(one.uid, one.name) for one in numbers.messages(series)] == [(1, "a"), (3, "b")]


def test_what_a_whole_account_does_not_name_has_gone(numbers: Numbers) -> None:
    series = numbers.note(numbers.open("main", "inbox", NOW), named("a", "b", "c"), (), "one", whole=True)
    series = numbers.note(series, named("c", "d"), (), "two", whole=True)
    assert [(one.uid, one.name) for one in numbers.messages(series)] == [(3, "c"), (4, "d")]


def test_folders_are_counted_apart_and_their_lives_differ(numbers: Numbers) -> None:
    first, second = (numbers.open("main", folder, NOW) for folder in ("inbox", "anew"))
    assert first.uidvalidity != second.uidvalidity
    numbers.note(first, named("a"), (), "one", whole=True)
    assert numbers.messages(second) == []


def test_of_two_accounts_from_the_same_place_one_counts(ledger: Ledger) -> None:
    known = ledger.numbering.open("main", "inbox", NOW)
    with ThreadPoolExecutor(4) as pool:
        ends = list(
            pool.map(lambda n: ledger.numbering.note(known, named("a", f"b{n}"), (), f"c{n}", whole=True), range(4))
        )
    assert len({end.cursor for end in ends}) == 1
    assert {end.next_uid for end in ends} == {3}
    assert ledger.numbering.count(known) == 2


def test_many_messages_are_counted_and_go(ledger: Ledger) -> None:
    names = [f"m{number:04}" for number in range(1500)]
    series = ledger.numbering.note(ledger.numbering.open("main", "inbox", NOW), named(*names), (), "one", whole=True)
    assert (ledger.numbering.count(series), series.next_uid) == (1500, 1501)
    series = ledger.numbering.note(series, (), names[1:], "two")
    assert [one.uid for one in ledger.numbering.messages(series)] == [1]
