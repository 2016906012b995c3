"""A ledger with very many submissions, written straight into its tables: what the pages must stay quick with."""

from __future__ import annotations

import hashlib
import random
from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from intake.judging.checks import CATALOGUE
from intake.ledger import Ledger
from intake.ledger import tables as t
from intake.ledger.wording import terms
from tests.web.office import now

_BATCH = 2000
_VERDICT = {"kind": "final-submission", "certainty": "certain", "reasons": ["x"], "outcome_reasons": ["x"]}
_FILLED = (t.epochs, t.submissions, t.seen_uids, t.messages, t.judgements, t.findings, t.files, t.outgoing,
           t.message_words, t.doubts, t.recipients)  # fmt: skip
_SAID = "Dear team,\n\nPlease find attached the final version of our report.\n\nCould you ring me?\n\nKind regards"
_STATES = {"complete": "compliant", "waiting-for-CSP": "gaps", "review": "review", "closed": "ignore"}
_MAILS = {"compliant": ("forward", "acknowledgement"), "gaps": ("reply",)}


def crowd(ledger: Ledger, count: int) -> None:
    """So many submissions over two years, each with a judged message, its findings, and its mail."""
    chance, at = random.Random(1), now()
    rows: dict[Any, list[dict[str, Any]]] = {table: [] for table in _FILLED}
    first = at - timedelta(days=730)
    rows[t.epochs].append(
        {"id": 1, "mailbox": "main", "folder": "INBOX", "uidvalidity": 1, "first_uid": 1, "next_uid": count + 1}
        | {"watched_since": first, "opened_at": first, "is_current": True}
    )
    for number in range(1, count + 1):
        state = chance.choices([*_STATES], [80, 15, 1, 4])[0]
        _add(rows, number, state, first + (at - first) * number / count)
    with ledger.database.write() as writer:
        for table, values in rows.items():
            for start in range(0, len(values), _BATCH):
                writer.connection.execute(insert(table), values[start : start + _BATCH])
    ledger.facts.set("swept:main", "now", at)


def _add(rows: dict[Any, list[dict[str, Any]]], number: int, state: str, at: Any) -> None:
    outcome, reference, csp = _STATES[state], f"DHR-2026-{number:04d}", f"Safer Partnership {number % 300}"
    moments = {"opened_at": at, "changed_at": at, "state_since": at}
    words = f"{reference}\n{csp}\nada\nclerk{number}@north.gov.example\nfinal report {number}.pdf".lower()
    rows[t.submissions].append(
        {"id": number, "reference": reference, "state": state, "outcome": outcome, "version": 1, "csp": csp}
        | {"case_name": "Ada", "csp_key": csp.lower(), "case_key": "ada", "sender": f"clerk{number}@north.gov.example"}
        | {"sender_domain": "north.gov.example", "on_hold": False, "judgement_id": number, "search_text": words}
        | {"completed_at": at if state == "complete" else None, "row_version": 1, **moments}
    )
    rows[t.seen_uids].append({"epoch_id": 1, "uid": number, "seen_at": at, "late": False})
    rows[t.messages].append(
        {"id": number, "epoch_id": 1, "uid": number, "incarnation": 0, "state": "processed", "size": 1000}
        | {"sha256": hashlib.sha256(str(number).encode()).hexdigest(), "message_id": f"<{number}@x>", "version": 1}
        | {"arrived_at": at, "judged_at": at, "strikes": 1, "round": 1, "kind": "final-submission", "outcome": outcome}
        | {"sender": "clerk@north.gov.example", "subject": "Final report", "submission_id": number}
    )
    words = terms((f"Final report {number}", "clerk@north.gov.example", f"Final report {number}.pdf", _SAID))
    rows[t.message_words].append({"message_id": number, "words": _SAID, "below": "", "terms": words})
    if state == "review":
        rows[t.doubts].append(
            {"submission_id": number, "message_id": number, "code": "asks-for-a-person", "source": "words"}
            | {"summary": "a question", "quote": "Could you ring me?", "raised_at": at}
        )
    rows[t.judgements].append(
        {"id": number, "message_id": number, "round": 1, "judged_at": at, "kind": "final-submission"}
        | {"certainty": "certain", "outcome": outcome, "reasons": ["x"], "verdict": _VERDICT | {"outcome": outcome}}
        | {"rules_version": "1"}
    )
    for position, check in enumerate(CATALOGUE):
        status = "gap" if outcome == "gaps" and position == number % len(CATALOGUE) else "met"
        rows[t.findings].append(
            {"judgement_id": number, "position": position, "check_id": check.id, "status": status}
            | {"policy": "required", "certainty": "certain", "summary": "A sentence.", "remedy": "", "evidence": []}
            | {"rules_version": "1"}
        )
    rows[t.files].append(
        {"judgement_id": number, "name": f"Final report {number}.pdf", "size": 1_000_000, "sha256": "0" * 64}
        | {"media_type": "application/pdf", "page_count": 120, "role": "report", "active_content": []}
        | {"is_report": True}
    )
    for place, kind in enumerate(_MAILS.get(outcome, ())):
        rows[t.recipients].append(
            {"outgoing_id": 2 * number + place, "address": f"{kind}@north.gov.example", "state": "accepted"}
        )
        rows[t.outgoing].append(
            {
                "id": 2 * number + place,
                "kind": kind,
                "state": "sent",
                "submission_id": number,
                "version": 1,
                "answers_id": number,
            }
            | {"sender": "s@x", "subject": "Re: Final report", "attempts": 1}
            | {"message_id": f"<{kind}.{number}>"}
            | {"envelope_id": f"{kind}{number}", "sha256": "1" * 64, "size": 4000, "created_at": at, "due_at": at}
            | {"row_version": 1}
        )
