"""Doubts in the ledger: entered with the judgement that raises them, closed by a person or by the declared fact."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from intake.ledger.database import SERVICE, Writer
from intake.ledger.tables import doubts
from intake.model import Doubt

_FIELDS = ("code", "source", "summary", "quote", "document", "page", "sha256")
JUDGED_AGAIN = "the message was judged again, and this is no longer so"


def enter(writer: Writer, submission: int, message: int | None, raised: Iterable[Doubt], now: datetime) -> None:
    """Make the open doubts of a message just these.

    One that is open already stays as it is, one that a person closed stays closed, and one that judging again did
    not find any more ends.
    """
    here = doubts.c.message_id == message
    rows = writer.connection.execute(select(doubts).where(here)).all() if message is not None else []
    known = {_plain(row._mapping): row for row in rows}  # noqa: SLF001 - documented
    wanted = {_plain(asdict(each)): each for each in raised}
    gone = [row.id for key, row in known.items() if key not in wanted and row.closed_at is None]
    close(writer, doubts.c.id.in_(gone), now, by=SERVICE, why=JUDGED_AGAIN)
    for key, each in wanted.items():
        row = known.get(key)
        if row is None or row.closed_by == SERVICE:
            _add(writer, submission, message, each, now)


def raise_doubt(writer: Writer, submission: int, message: int | None, raised: Doubt, now: datetime) -> None:
    """Enter one doubt beside those that are there; not twice while it is open."""
    same = [doubts.c[name] == value for name, value in asdict(raised).items() if value is not None]
    still = (doubts.c.submission_id == submission, doubts.c.closed_at.is_(None))
    if writer.connection.execute(select(doubts.c.id).where(*same, *still)).first() is None:
        _add(writer, submission, message, raised, now)


def settle(writer: Writer, settled: Collection[tuple[int, str]], now: datetime) -> None:
    """Close doubts by the facts that their declaration names."""
    for identity, fact in settled:
        close(writer, doubts.c.id == identity, now, by=SERVICE, why=fact)


def close(writer: Writer, which: ColumnElement[bool], now: datetime, *, by: str, why: str) -> int:
    """Close the open doubts among these; how many."""
    done = update(doubts).where(which, doubts.c.closed_at.is_(None))
    values = {"closed_at": now, "closed_by": by, "closed_why": why}
    closed = writer.connection.execute(done.values(values).returning(doubts)).all()
    for row in closed:
        writer.event(
            "doubt-closed",
            now,
            actor=by,
            submission=row.submission_id,
            message=row.message_id,
            doubt=row.id,
            code=row.code,
        )
    return len(closed)


def settled_by_person(writer: Writer, message: int, code: str) -> bool:
    """Whether a person has closed such a doubt about a message."""
    closed = (doubts.c.message_id == message, doubts.c.code == code, doubts.c.closed_by != SERVICE)
    return writer.connection.execute(select(doubts.c.id).where(*closed)).first() is not None


def move(writer: Writer, message: int, submission: int) -> None:
    """The doubts of a message go with it to another submission."""
    writer.connection.execute(update(doubts).where(doubts.c.message_id == message).values(submission_id=submission))


def _add(writer: Writer, submission: int, message: int | None, raised: Doubt, now: datetime) -> None:
    row = {"submission_id": submission, "message_id": message, "raised_at": now, **asdict(raised)}
    identity = writer.connection.execute(insert(doubts).values(row).returning(doubts.c.id)).scalar_one()
    writer.event("doubt-raised", now, submission=submission, message=message, doubt=identity, code=raised.code)


def _plain(values: Any) -> tuple[Any, ...]:
    return tuple(values[name] for name in _FIELDS)
