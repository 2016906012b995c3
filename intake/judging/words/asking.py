"""What the sentences of a mail add up to: which of them ask for a person, and whether any hands the report in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intake.judging.doubts import doubt
from intake.judging.facts import Dossier, WeblinkState
from intake.judging.words.acts import Act, Reading
from intake.model import Doubt

ASKS = "asks-for-a-person"
HANDS_IN = 0.15  # the share of handing in that a mail's best sentence must have: docs/reader.md says what it costs
_THANKS = 0.5  # the share of harmless acts from which an answer that brings nothing is thanks
_PLACES = 0.5  # the share of placing from which a sentence says where the report is


def asking(readings: Sequence[Reading], dossier: Dossier) -> tuple[Doubt, ...]:
    """Each sentence that asks for a person, quoted; and a report that nothing hands in."""
    return tuple(dict.fromkeys(_asking(readings, dossier)))


def _asking(readings: Sequence[Reading], dossier: Dossier) -> Iterator[Doubt]:
    for reading in readings:
        if not reading.harmless and not _promises_the_link(reading, dossier):
            yield doubt(ASKS, f"a sentence that {reading.act.plainly}", quote=reading.sentence)
    if dossier.report is not None and not hands_in(readings):
        yield doubt("not-handed-in", "nothing in its words hands in the report that came with it")


def hands_in(readings: Sequence[Reading]) -> bool:
    """Whether the body hands something in; or, where there is none, the subject."""
    body = [reading.hands_in for reading in readings if not reading.in_subject]
    return max(body or [reading.hands_in for reading in readings], default=0.0) >= HANDS_IN


def brings_nothing(readings: Sequence[Reading]) -> bool:
    """Whether every sentence is harmless and none hands in, places, or says what a file holds: thanks, a receipt.

    Thanks may be said in words that are seldom read here: where nothing else comes, nothing hangs on them.
    """
    body = [reading for reading in readings if not reading.in_subject]
    brings = (Act.HANDS_IN, Act.PLACE, Act.HOLDS)
    thanks = (reading.act is Act.COURTESY and reading.sure >= _THANKS for reading in readings)
    return all(reading.harmless or kind for reading, kind in zip(readings, thanks, strict=True)) and not any(
        reading.act in brings or reading.place >= _PLACES for reading in body
    )


def _promises_the_link(reading: Reading, dossier: Dossier) -> bool:
    """Whether this is the promise of the web address: that is a gap, which is asked for when its time is over."""
    promised = dossier.weblink.state is WeblinkState.TO_FOLLOW and reading.act is Act.LATER
    return promised and any(piece.text == reading.sentence for piece in dossier.weblink.evidence)
