from __future__ import annotations

from datetime import timedelta

import pytest

from intake.errors import NotFound, UsageError
from intake.ledger import Account, Ledger, Role, Session
from tests.ledger.cases import NOW, later


def an_account(name: str = "ada") -> Account:
    return Account(
        name=name, display_name="Ada", role=Role.READER, password_hash="$argon2id$x", disabled=False, created_at=NOW
    )


def a_session(name: str = "ada") -> Session:
    return Session(name=name, display_name="Ada", role=Role.READER, started_at=NOW, seen_at=NOW)


def test_roles_cover_those_below_them() -> None:
    assert Role.ADMINISTRATOR.covers(Role.CASEWORKER)
    assert Role.CASEWORKER.covers(Role.CASEWORKER)
    assert not Role.READER.covers(Role.CASEWORKER)


def test_a_name_is_given_once_and_a_change_ends_the_sessions(ledger: Ledger) -> None:
    ledger.people.add(an_account())
    with pytest.raises(UsageError):
        ledger.people.add(an_account())
    ledger.people.start_session("token", a_session(), timedelta(hours=1))
    assert ledger.people.session("token") == a_session()
    ledger.people.change("ada", NOW, role=Role.CASEWORKER)
    assert ledger.people.session("token") is None
    account = ledger.people.account("ada")
    assert account is not None
    assert account.role is Role.CASEWORKER
    with pytest.raises(NotFound):
        ledger.people.change("nobody", NOW, disabled=True)


def test_sessions_that_have_ended_are_swept_out(ledger: Ledger) -> None:
    ledger.people.start_session("old", a_session(), timedelta(hours=1))
    fresh = Session(name="b", display_name="B", role=Role.READER, started_at=later(hours=2), seen_at=later(hours=2))
    ledger.people.start_session("new", fresh, timedelta(hours=1))
    assert ledger.people.session("old") is None
    assert ledger.people.session("new") is not None


def test_failures_are_counted_by_hash_and_forgotten(ledger: Ledger) -> None:
    hour = timedelta(hours=1)
    for _ in range(3):
        ledger.people.note_failure(["name:ada", "address:192.0.2.1"], NOW, hour)
    assert ledger.people.failures(["name:ada"], NOW - hour) == {"name:ada": (3, NOW)}
    ledger.people.clear_failures(["name:ada"])
    assert ledger.people.failures(["name:ada", "address:192.0.2.1"], NOW - hour) == {"address:192.0.2.1": (3, NOW)}
    ledger.people.note_failure(["name:eve"], later(hours=3), hour)
    assert set(ledger.people.failures(["name:eve", "address:192.0.2.1"], NOW - hour)) == {"name:eve"}
