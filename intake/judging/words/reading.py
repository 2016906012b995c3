"""How each sentence that a sender wrote is read: cut, weighed by the learned reader, and held to the guards."""

from __future__ import annotations

from intake.judging.words.acts import Act, Reading
from intake.judging.words.guards import guard_of
from intake.judging.words.reader import ActReader
from intake.judging.words.sentences import Origin, Sentence, cut

PASSES = 0.7  # the share of harmless acts from which a sentence passes: see docs/reader.md for what it costs
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
    needed = _SUBJECT_PASSES if sentence.origin is Origin.SUBJECT else PASSES
    harmless = sure >= needed and not stopped
    return Reading(
        sentence=sentence.text,
        act=shares.best,
        sure=sure,
        hands_in=shares.of[Act.HANDS_IN],
        place=shares.of[Act.PLACE],
        harmless=harmless,
        in_subject=sentence.origin is Origin.SUBJECT,
        guard=guard.name if guard is not None and stopped and sure >= needed else "",
    )
