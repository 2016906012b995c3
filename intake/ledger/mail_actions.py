"""What staff do to one outgoing mail: send again, "it arrived", hold, let go, cancel. Recorded as all actions are."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Row, and_, select, update

from intake.errors import Conflict, NotFound
from intake.ledger import mail_queue, settling, submissions
from intake.ledger.actions import Act, remark
from intake.ledger.database import Database, Writer
from intake.ledger.records import Delivery
from intake.ledger.tables import RecipientState, outgoing, recipients
from intake.model import OutgoingState

_State = OutgoingState


class MailActions:
    def __init__(self, database: Database) -> None:
        self._database = database

    def resend(self, mail: int, act: Act) -> None:
        """Send an uncertain, failed or bounced mail again, under its own Message-ID: to those it did not reach."""

        def apply(writer: Writer, row: Row[Any]) -> None:
            if row.state == _State.SENT and row.bounced_at is None:
                raise Conflict("This email has arrived; it is not sent twice.")
            reached = [] if row.bounced_at else [RecipientState.ACCEPTED]
            missed = and_(recipients.c.outgoing_id == row.id, recipients.c.state.not_in(reached))
            writer.connection.execute(update(recipients).where(missed).values(state=RecipientState.PENDING))
            fresh = {"first_attempt_at": None, "settled_at": None, "bounced_at": None, "evidence": None}
            _set(writer, row, state=_State.QUEUED, due_at=act.at, claim_token=None, **fresh)

        allowed = {_State.UNCERTAIN, _State.FAILED, _State.SENT}
        self._act("resend", mail, act, allowed, apply)

    def mark_arrived(self, mail: int, act: Act) -> None:
        """A person knows that an uncertain mail arrived."""

        def apply(writer: Writer, row: Row[Any]) -> None:
            settling.conclude(writer, row, Delivery(outcome=_State.SENT, detail="a person says so"), act.at)
            _set(writer, row, evidence="person")

        self._act("mark-arrived", mail, act, {_State.UNCERTAIN}, apply)

    def hold(self, mail: int, act: Act) -> None:
        """Keep an unsent mail until a person lets it go."""

        def apply(writer: Writer, row: Row[Any]) -> None:
            _set(writer, row, state=_State.HELD, hold_reason="held by a person")

        self._act("hold-mail", mail, act, {_State.QUEUED, _State.DEFERRED}, apply)

    def release(self, mail: int, act: Act) -> None:
        """Let a held mail go."""

        def apply(writer: Writer, row: Row[Any]) -> None:
            _set(writer, row, state=_State.QUEUED, hold_reason=None, due_at=act.at)

        self._act("release-mail", mail, act, {_State.HELD}, apply)

    def cancel(self, mail: int, act: Act) -> None:
        """Take an unsent or failed mail out for good. Raises Conflict when somebody has it already."""

        def apply(writer: Writer, row: Row[Any]) -> None:
            if not mail_queue.cancel(writer, row.id, act.at, why="by a person", actor=act.by):
                raise Conflict("This email has reached one of its recipients; it cannot be cancelled.")

        allowed = {*mail_queue.UNSENT, _State.FAILED}
        self._act("cancel-mail", mail, act, allowed, apply)

    def _act(
        self,
        about: str,
        mail: int,
        act: Act,
        allowed: Collection[OutgoingState],
        apply: Callable[[Writer, Row[Any]], None],
    ) -> None:
        with self._database.write() as writer:
            query = select(outgoing).where(outgoing.c.id == mail).with_for_update()
            row = writer.connection.execute(query).one_or_none()
            if row is None:
                raise NotFound(f"There is no outgoing mail {mail}.", command="intake show lists a submission's mail.")
            submissions.expect(row, act.expected)
            if row.state not in allowed:
                raise Conflict(f"This email is {row.state}; that cannot be done to it now.", "Look at it again.")
            remark(writer, about, act, submission=row.submission_id, outgoing=row.id, was=row.state)
            apply(writer, row)


def _set(writer: Writer, row: Row[Any], **values: Any) -> None:
    changed = update(outgoing).where(outgoing.c.id == row.id)
    writer.connection.execute(changed.values(**values, row_version=outgoing.c.row_version + 1))
