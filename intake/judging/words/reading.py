"""How each sentence that a sender wrote is read: cut, weighed by the learned reader, and held to the guards."""

from __future__ import annotations

from intake.judging.words.acts import Act, Reading
from intake.judging.words.clauses import clauses_of
from intake.judging.words.guards import guard_of
from intake.judging.words.reader import ActReader, Shares
from intake.judging.words.sentences import Origin, Sentence, cut

PASSES = 0.7  # the share of harmless acts from which a sentence passes: see docs/reader.md for what it costs
CLAUSE_PASSES = 0.4  # a clause alone says less, and asks for less
_SUBJECT_PASSES = 0.35  # a subject is a title: short, and seldom the only place where something is objected to
_TOO_MUCH = "more was written than is read"


def read(subject: str, body: str, reader: ActReader) -> tuple[Reading, ...]:
    """Each sentence of a subject and of the sender's own part of a body, as it is read."""
    found = cut(subject, body)
    readings = tuple(read_sentence(sentence, reader) for sentence in found.sentences)
    if not found.whole:
        readings += (Reading(_TOO_MUCH, Act.OTHER, 0.0, 0.0, 0.0, harmless=False, guard="length"),)
    return readings


def read_sentence(sentence: Sentence, reader: ActReader) -> Reading:
    """One sentence, as it is read."""
    seen = reader.tokens(sentence.text)
    shares = reader.shares(seen)
    guard = guard_of(seen.words, seen.kinds, reader.known(seen))
    sure = shares.harmless
    stopped = guard is not None and sure < guard.least_sure
    title = sentence.origin is Origin.SUBJECT
    needed = _SUBJECT_PASSES if title else PASSES
    passes = sure >= needed and not stopped
    held_by = _held_by(sentence.text, reader) if passes and not title else None
    return Reading(
        sentence=sentence.text,
        act=shares.best if held_by is None else held_by.best,
        sure=sure if held_by is None else held_by.harmless,
        hands_in=shares.of[Act.HANDS_IN],
        place=shares.of[Act.PLACE],
        harmless=passes and held_by is None,
        in_subject=title,
        guard=guard.name if guard is not None and stopped and sure >= needed else "",
    )


def _held_by(sentence: str, reader: ActReader) -> Shares | None:
    """The clause that holds a sentence which would pass as a whole."""
    read_each = (reader.shares(reader.tokens(clause)) for clause in clauses_of(sentence))
    weakest = min(read_each, key=lambda shares: shares.harmless, default=None)
    return weakest if weakest is not None and weakest.harmless < CLAUSE_PASSES else None
