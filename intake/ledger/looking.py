"""Who is looking at a submission: said by the person, told to colleagues, and over by itself after an hour."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from intake.ledger import details, submissions
from intake.ledger.database import Database, insert_new
from intake.ledger.tables import looking
from intake.ledger.views import LookingRow

LASTS = timedelta(hours=1)


class Looking:
    def __init__(self, database: Database) -> None:
        self._database = database

    def begin(self, reference: str, by: str, now: datetime) -> LookingRow:
        """Say that this person looks at a submission now, in place of whoever said so before. Raises NotFound."""
        with self._database.write() as writer:
            row = submissions.by_reference(writer.connection, reference)
            values = {"by": by, "since": now, "until": now + LASTS}
            insert_new(writer.connection, looking, [{"submission_id": row.id, **values}])
            step = update(looking).where(looking.c.submission_id == row.id).values(values)
            writer.connection.execute(step)
            writer.event("staff-looking", now, actor=by, submission=row.id)
            return details.looking_rows(writer.connection, [row.id])[0]

    def end(self, reference: str, by: str, now: datetime) -> bool:
        """End it; False where it was not this person who looked."""
        with self._database.write() as writer:
            row = submissions.by_reference(writer.connection, reference)
            mine = (looking.c.submission_id == row.id, looking.c.by == by)
            if writer.connection.execute(delete(looking).where(*mine)).rowcount != 1:
                return False
            writer.event("staff-looked", now, actor=by, submission=row.id)
            return True

    def at(self, now: datetime, these: Collection[int]) -> dict[int, LookingRow]:
        """Who looks at these submissions at this moment."""
        with self._database.read() as connection:
            rows = details.looking_rows(connection, these)
        return {row.submission: row for row in rows if row.until > now}

    def all(self, now: datetime) -> dict[int, LookingRow]:
        """Who looks at any submission at this moment."""
        with self._database.read() as connection:
            these = list(connection.execute(select(looking.c.submission_id).where(looking.c.until > now)).scalars())
        return self.at(now, these)
