"""What colleagues said about a submission: a hold, a note, "I am looking at this"; on top and on every deed's page.

A second person's deed is stopped once with what the first wrote since the second opened the page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from intake.ledger import LookingRow, NoteRow, SubmissionView

_HELD, _NOTE = "held", "note"


@dataclass(frozen=True, slots=True)
class Colleagues:
    """What is to be seen on top. `looking` is over when its time is; `mine` says that it is the visitor who looks."""

    hold: NoteRow | None
    on_hold: bool
    note: NoteRow | None
    looking: LookingRow | None
    mine: bool
    latest: int  # the number of the latest note

    @property
    def owner(self) -> str:
        return self.looking.by if self.looking else ""

    @property
    def said_since(self) -> str:
        """What marks a claim that a form was sent in spite of."""
        return self.looking.since.isoformat() if self.looking and not self.mine else ""


def colleagues(view: SubmissionView, me: str, now: datetime) -> Colleagues:
    """Hold, latest note and whoever is looking."""
    looking = view.looking if view.looking and view.looking.until > now else None
    by_kind = {note.about: note for note in view.notes}  # the last of each
    return Colleagues(
        hold=by_kind.get(_HELD) if view.submission.on_hold else None,
        on_hold=view.submission.on_hold,
        note=by_kind.get(_NOTE),
        looking=looking,
        mine=looking is not None and looking.by == me,
        latest=max((note.id for note in view.notes), default=0),
    )


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a deed is stopped once: who is looking, and what others wrote since the page was opened."""

    looking: LookingRow | None
    notes: tuple[NoteRow, ...]


def stop(view: SubmissionView, fields: Mapping[str, str], me: str, now: datetime) -> Stop | None:
    """What the person has not seen yet; None where they have seen it all."""
    there = colleagues(view, me, now)
    seen = fields.get("seen", "")
    if not seen.isdecimal() or len(seen) > 18:  # a form that shows no notes has none to have seen
        return None
    unread = tuple(note for note in view.notes if note.id > int(seen) and note.by != me)
    looking = there.looking if there.said_since and fields.get("despite", "") != there.said_since else None
    return Stop(looking, unread) if unread or looking else None
