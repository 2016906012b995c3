"""Ready means that mail is read and can leave; what is wrong is named to those who may know it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI

from intake.ledger import WATCHED_FACT
from intake.sandbox.sandbox import Sandbox
from intake.wiring.archive import Archive, open_archive
from tests.web.office import Visitor, an_office, at_work, now, office_settings, serving

ELSEWHERE = {"X-Forwarded-For": "192.0.2.7"}


@pytest.fixture
def watched(opened: tuple[FastAPI, Archive]) -> Archive:
    at_work(opened[1])
    return opened[1]


def number(text: str, name: str) -> str:
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)
    assert found is not None, name
    return found[1]


def test_ready_where_nothing_is_wrong(visitor: Visitor, watched: Archive) -> None:
    assert (visitor.get("/health/ready").status_code, visitor.get("/health").text) == (200, "ready\n")
    assert number(visitor.get("/metrics").text, "intake_ready") == "1.0"
    assert watched.ledger.facts.alarms() == {}


def test_an_alarm_makes_it_not_ready_and_is_named_here_alone(visitor: Visitor, watched: Archive) -> None:
    watched.ledger.facts.alarm("relay", now(), on=True, reason="It refuses connections.")
    watched.ledger.facts.alarm("mailbox:main", now(), on=True, reason="It refuses the login.")
    answer = visitor.get("/health/ready")
    assert (answer.status_code, answer.text) == (503, "not ready: mailbox:main, relay\n")
    assert number(visitor.get("/metrics").text, "intake_ready") == "0.0"
    elsewhere = visitor.client.get("/health/ready", headers=ELSEWHERE)
    assert (elsewhere.status_code, elsewhere.text) == (503, "not ready\n")
    for name in ("relay", "mailbox:main"):
        watched.ledger.facts.alarm(name, now(), on=False)
    assert visitor.get("/health/ready").status_code == 200


def test_a_service_that_stands_still_is_not_ready(visitor: Visitor, watched: Archive) -> None:
    earlier = now() - timedelta(minutes=11)
    watched.ledger.facts.set(WATCHED_FACT, "earlier", earlier)
    assert visitor.get("/health/ready").text == "not ready: service\n"


def test_a_mailbox_that_was_not_read_lately_is_not_ready(visitor: Visitor, watched: Archive) -> None:
    watched.ledger.facts.set("swept:main", "earlier", now() - timedelta(hours=1))
    assert visitor.get("/health/ready").text == "not ready: sweeps:main\n"


def test_a_mailbox_that_was_never_read_is_a_series_and_not_ready(sandbox: Sandbox, tmp_path: Path) -> None:
    empty, copy = tmp_path / "empty", tmp_path / "copy"
    empty.mkdir()
    copy.mkdir()
    with open_archive(office_settings(empty), migrate=True):
        pass
    with an_office(empty, copy, sandbox) as (app, archive), serving(app) as base:
        archive.ledger.facts.set(WATCHED_FACT, "now", now())
        visitor = Visitor(base)
        assert visitor.get("/health/ready").text == "not ready: sweeps:main\n"
        assert number(visitor.get("/metrics").text, 'intake_last_sweep_timestamp_seconds{mailbox="main"}') == "0.0"
        visitor.client.close()


def test_a_ledger_that_is_away_is_not_ready(visitor: Visitor, watched: Archive) -> None:
    with watched.ledger.database.write() as writer:
        writer.connection.exec_driver_sql("ALTER TABLE facts RENAME TO elsewhere")
    try:
        answer = visitor.get("/health/ready")
        assert (answer.status_code, answer.text) == (503, "the ledger does not answer\n")
        assert visitor.get("/health/live").text == "alive\n"
    finally:
        with watched.ledger.database.write() as writer:
            writer.connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO facts")
