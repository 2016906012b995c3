"""A judged message laid beside its case: what it was found to be, whether it counts, and what the case stands at then.

The service and replay share this one step, so that the same input gives the same answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from intake.cases.history import Case, Told
from intake.cases.matching import Place, Received, alone
from intake.cases.standing import Standing, own_doubts, stand
from intake.judging import triage
from intake.judging.doubts import doubt
from intake.judging.parts.sites import site_of
from intake.ledger import SubmissionView
from intake.model import Certainty, Doubt
from intake.senders.domains import organisation_of

_ABOUT_PROOF = "sender-"  # how the code of every doubt about who wrote begins
_FOREIGN = "foreign-site"
_PUT_RIGHT = "put-right"  # what a person changed and has not decided on yet: judging again does not answer it


@dataclass(frozen=True, slots=True)
class Heard:
    """A message in its case. `raised` are the doubts that it leaves open there; `view` is None for a new submission."""

    told: Told
    standing: Standing
    raised: tuple[Doubt, ...]
    joined_by: str = "new"
    view: SubmissionView | None = None


def hear(received: Received, place: Place | None, unsafe: Iterable[Doubt], let_pass: Collection[str] = ()) -> Heard:
    """What the case stands at with this message.

    `unsafe` is what is open about its sender and files; `let_pass` are addresses that staff have let go on before.
    """
    judgement = received.judgement
    outside = [*_of_age(received), *triage.signs_of_lists(judgement.unpacked), *unsafe]
    outside += place.doubts if place else alone(judgement)
    proved = not any(each.code.startswith(_ABOUT_PROOF) for each in outside)
    case = place.case if place else Case()
    kind = judgement.classification
    if place is not None and place.completes:
        kind = replace(kind, certainty=Certainty.CERTAIN)
    doubts = own_doubts(case, kind, judgement.verdict, (*outside, *_still_foreign(judgement.inside, let_pass)))
    doubts += _put_right(place, received.id)
    told = Told(
        message=received.id,
        verdict=judgement.verdict,
        confirmed=(proved and (place is None or place.own_organisation)) or (place is not None and place.placed),
        organisation=organisation_of(received.sender.domain),
        message_id=received.message_id,
    )
    return _heard(told, case, place, doubts)


def _still_foreign(inside: Iterable[Doubt], let_pass: Collection[str]) -> Iterator[Doubt]:
    """The doubts without that about a site which a person has let pass before."""
    sites = {site_of(address) for address in let_pass}
    for each in inside:
        if each.code != _FOREIGN or not each.quote or site_of(each.quote) not in sites:
            yield each


def _heard(told: Told, case: Case, place: Place | None, doubts: tuple[Doubt, ...]) -> Heard:
    closed = place.closed if place else frozenset()
    still = tuple(each for each in doubts if each not in closed)
    standing = stand(case.hears(told, still))
    if _link_changed(case, standing):
        text = "the web address changed after the report went to the Commissioner"
        still = (*still, doubt("changed-after-forward", text))
        standing = stand(case.hears(told, still))
    raised = tuple(dict.fromkeys(each.doubt for each in standing.doubts if each.id is None))
    return Heard(
        told=replace(told, verdict=replace(told.verdict, doubts=raised)),
        standing=standing,
        raised=raised,
        joined_by=place.joined_by if place else "new",
        view=place.view if place else None,
    )


def _link_changed(before: Case, standing: Standing) -> bool:
    if standing.sent is None or not before.told:
        return False
    known = stand(before)
    return known.sent is not None and known.weblink is not None and known.weblink != standing.weblink


def _put_right(place: Place | None, message: int) -> tuple[Doubt, ...]:
    rows = place.view.doubts if place is not None and place.view is not None else ()
    mine = (row for row in rows if row.message == message and row.closed_at is None)
    return tuple(row.doubt for row in mine if row.code == _PUT_RIGHT)


def _of_age(received: Received) -> tuple[Doubt, ...]:
    return (doubt("old-mail", received.hold),) if received.hold else ()
