"""The ledger: it opens, is of this version, its events are whole, and every message is accounted for."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url

from intake.doctor.check import Result, Surroundings, failure, not_checked, ok, warning
from intake.ledger import Ledger
from intake.wiring.archive import ledger_url, open_store

_READING_SECONDS = 10.0


@contextmanager
def the_ledger(around: Surroundings) -> Iterator[Ledger | None]:
    """The ledger; None before the first start. Nothing is made here that the service would make."""
    parsed = make_url(around.settings.storage.ledger_url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists():
        yield None
        return
    with Ledger.open(ledger_url(around.settings), migrate=False) as ledger:
        yield ledger


def check_ledger(around: Surroundings) -> Iterator[Result]:
    """It opens, and its events form one chain."""
    with the_ledger(around) as ledger:
        if ledger is None:
            yield not_checked("There is none yet: the first start makes it.")
            return
        report = ledger.events.verify()
        if report.sound:
            yield ok(f"It opens (schema {ledger.schema_version}) and its {report.count:,} events are whole.")
        else:
            yield failure(
                f"Event {report.first_bad} is not as it was written: {report.reason}.",
                "Keep a copy as it is, and ask who could write to the ledger.",
            )


def check_balance(around: Surroundings) -> Iterator[Result]:
    """Every message that a folder ever showed has ended as something."""
    with the_ledger(around) as ledger:
        folders = ledger.arrivals.folders() if ledger is not None else []
        if ledger is None or not folders:
            yield not_checked("No folder has been looked at yet.")
            return
        for position in folders:
            balance = ledger.arrivals.balance(position.mailbox, position.folder, around.now)
            name = f"{position.mailbox}/{position.folder}"
            if balance.balanced:
                yield ok(f"{name}: all {balance.seen} messages seen are accounted for.")
            else:
                yield failure(
                    f"{name}: {balance.seen} messages seen, {balance.accounted} accounted for, {balance.overdue} "
                    "overdue.",
                    "See `intake log`; a message that was seen and never recorded is still in the mailbox.",
                )


def check_messages(around: Surroundings) -> Iterator[Result]:
    """Every message that the ledger counts on is kept, and as many as can be read in a moment are as they came."""
    with the_ledger(around) as ledger:
        if ledger is None:
            yield not_checked("There is no ledger yet.")
            return
        store = open_store(around.settings, ledger)
        wanted = sorted(set(ledger.queries.stored()) - ledger.retention.deleted())
        missing = set(wanted) - set(store.names())
        present = [name for name in wanted if name not in missing]
        compared, damaged, until = 0, 0, time.monotonic() + _READING_SECONDS
        for name in random.sample(present, len(present)):  # each time others, where there are too many
            if time.monotonic() > until:
                break
            compared, damaged = compared + 1, damaged + (not store.is_sound(name))
    if missing or damaged:
        yield failure(
            f"{len(missing)} of {len(wanted):,} messages are missing from the message store, and {damaged} of "
            f"{compared:,} looked at are not what was stored.",
            "`intake verify` names them; restore them from a backup.",
        )
    else:
        yield ok(f"All {len(wanted):,} messages are kept; {compared:,} were compared with their SHA-256.")


def check_waiting(around: Surroundings) -> Iterator[Result]:
    """What waits for a person."""
    with the_ledger(around) as ledger:
        if ledger is None:
            yield not_checked("There is no ledger yet.")
            return
        alarms = ledger.facts.alarms()
        for name, alarm in alarms.items():
            yield warning(f"Alarm “{name}” is on since {alarm.since:%d %b %H:%M} UTC.", str(alarm.value["reason"]))
        waiting = ledger.queries.waiting()
        parts = {
            "submission(s) to decide": waiting.review,
            "message(s) set aside": waiting.set_aside,
            "email(s) whose delivery is uncertain": waiting.uncertain,
            "failed email(s)": waiting.failed,
            "email(s) that came back": waiting.bounced,
            "held email(s)": waiting.held,
        }
        told = ", ".join(f"{len(found)} {what}" for what, found in parts.items() if found)
        yield warning(f"For people: {told}.", "See `intake log`.") if told else ok("Nothing waits for a person.")
