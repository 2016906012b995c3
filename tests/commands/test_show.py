from __future__ import annotations

import json

from intake.ledger import Ledger
from tests.commands.conftest import Run


def reference(ledger: Ledger, state: str) -> str:
    return next(row.reference for row in ledger.queries.submissions().rows if row.state == state)


def test_it_shows_checks_with_their_pages_mails_and_what_happened(run: Run, ledger: Ledger) -> None:
    answer = run("show", reference(ledger, "complete").lower())
    assert answer.code == 0
    for told in (
        "· Complete · version 1",
        "✓ feedback-letter-annex",
        ", page ",
        "Forward to the Commissioner: sent",
        "What happened",
        "Forward to the Commissioner sent",
        "What the sender wrote:",
        "Please find attached the final version",
    ):
        assert told in answer.out
    assert max(map(len, answer.out.splitlines())) <= 80


def test_it_says_what_a_submission_waits_for(run: Run, ledger: Ledger) -> None:
    answer = run("show", reference(ledger, "waiting-for-CSP"))
    assert "It waits for the CSP's answer." in answer.out
    assert "✗ weblink" in answer.out


def test_its_json_holds_everything(run: Run, ledger: Ledger) -> None:
    told = json.loads(run("show", reference(ledger, "complete"), "--json").out)
    parts = {"submission", "messages", "judgements", "doubts", "outgoing", "notes", "events", "said", "looking"}
    assert set(told) == parts
    assert {mail["kind"] for mail in told["outgoing"]} == {"forward", "acknowledgement"}
    assert told["judgements"][0]["findings"][0]["check"] == "pdf-format"


def test_a_message_is_shown_by_its_number(run: Run) -> None:
    answer = run("show", "3")
    assert answer.code == 0
    assert "message 3, left in mailbox" in answer.out


def test_an_unknown_reference_is_a_usage_error(run: Run) -> None:
    for wanted in ("DHR-1999-0001", "999"):
        answer = run("show", wanted)
        assert answer.code == 2
        assert "There is no" in answer.err
        assert answer.out == ""
