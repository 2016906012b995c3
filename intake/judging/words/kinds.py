"""From the evidence to a kind: what the message is, and whether that is certain.

A submission is certain where the evidence for it leads what speaks for anything else by the margin, and no obstacle
stands. The same holds for what is left alone. Everything between is only possible, and a person decides.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from intake.judging.facts import Dossier
from intake.judging.wording import Wording
from intake.judging.words.acts import Reading
from intake.judging.words.evidence import EVIDENCE, FINAL, FOLLOW_UP, LEFT_ALONE, OBSTACLES, SUBMISSIONS
from intake.judging.words.heard import Heard, hear
from intake.model import Certainty, Classification, Kind

MARGIN = 3  # one plain piece of evidence: by so much must what a message is lead whatever else it could be
ANSWERS_OURS = 3  # from here on it answers one of our own mails


@dataclass(frozen=True, slots=True)
class _Weighed:
    """What speaks for each kind, and the sentences that say so."""

    scores: dict[Kind, int]
    reasons: tuple[str, ...]

    @property
    def submission(self) -> Kind:
        """Which submission it would be."""
        return FOLLOW_UP if self.scores[FOLLOW_UP] >= ANSWERS_OURS else FINAL

    @property
    def submits(self) -> int:
        """What speaks for a submission. Less than an answer to our mail needs speaks for none."""
        answers = self.scores[FOLLOW_UP]
        return self.scores[FINAL] + (answers if answers >= ANSWERS_OURS else 0)

    @property
    def left_alone(self) -> Kind:
        """Which of the other kinds it would be."""
        rated = [kind for kind in (Kind.QA_SUBMISSION, Kind.OTHER, Kind.ENQUIRY) if self.scores[kind]]
        return max(rated, key=lambda kind: self.scores[kind], default=Kind.OTHER)

    @property
    def speaks_against(self) -> int:
        return max(self.scores[kind] for kind in LEFT_ALONE)


def classify(
    dossier: Dossier,
    wording: Wording,
    readings: Sequence[Reading] = (),
    *,
    own: Collection[str] = (),
    declared: bool = False,
) -> Classification:
    """What the message is.

    `readings` are the sentences that the sender wrote; `own` are the mailbox's addresses, in small letters. With
    `declared`, somebody says that this is a final submission (a file to pre-check).
    """
    if declared:
        return Classification(FINAL, Certainty.CERTAIN, ("it was given to be checked as a final submission",))
    heard = hear(dossier, wording.message, readings, own)
    if heard.brings_nothing:
        return Classification(Kind.OTHER, Certainty.CERTAIN, ("it says thank you, and brings nothing",))
    weighed = _weigh(heard)
    kind, lead = _best(heard, weighed)
    obstacles = [obstacle.why for obstacle in OBSTACLES if kind in obstacle.unsettles and obstacle.stands(heard)]
    return Classification(
        kind,
        Certainty.POSSIBLE if obstacles or lead < MARGIN else Certainty.CERTAIN,
        (*weighed.reasons, *obstacles) or ("nothing in it speaks of a final submission",),
        series=heard.series,
        # A reference says by itself which submission is meant: a wrong one is not mended by guessing.
        completes=kind is FOLLOW_UP and heard.address_alone and heard.address_found and not heard.reference_in_subject,
    )


def _weigh(heard: Heard) -> _Weighed:
    scores = dict.fromkeys(SUBMISSIONS | LEFT_ALONE, 0)
    reasons = []
    for evidence in EVIDENCE:
        if found := min(int(evidence.found(heard)), evidence.most):
            scores[evidence.speaks_for] += found * evidence.weight
            reasons.append(evidence.why)
    return _Weighed(scores, tuple(reasons))


def _best(heard: Heard, weighed: _Weighed) -> tuple[Kind, int]:
    """The kind that the evidence speaks for, and by how much it leads."""
    lead = weighed.submits - weighed.speaks_against
    if not heard.brings_something and weighed.scores[FOLLOW_UP] < ANSWERS_OURS:
        return weighed.left_alone, MARGIN
    if lead > 0 or (heard.report_came and lead > -MARGIN):
        return weighed.submission, lead
    # Without a report nothing is lost by leaving a mail where it is, unless an obstacle says so.
    return weighed.left_alone, -lead if heard.report_came else MARGIN
