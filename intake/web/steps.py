"""What a person can do to a submission now: only what can be carried out, nothing pressed on them in doubt."""

from __future__ import annotations

from dataclasses import dataclass

from intake.cases.feasible import refusal, replied
from intake.cases.standing import Standing
from intake.ledger import SubmissionView
from intake.model import Outcome, SubmissionState

# While one of these accounts is open nothing is the main thing to do: kind, withholding and restriction are of the
# words.
_FOR_A_PERSON = frozenset({"words", "sender", "safety", "identity"})
_NOBODY_TO_ANSWER = frozenset({"no-answer-address", "sender-unnamed"})
_STATES = SubmissionState
_DECIDABLE = frozenset({_STATES.REVIEW, _STATES.OPEN, _STATES.WAITING_FOR_CSP})
_ENDED = frozenset({_STATES.CLOSED, _STATES.WITHDRAWN, _STATES.COMPLETE})


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: its page's name, the words on it, and whether it is the main thing now."""

    key: str
    text: str
    main: bool = False


@dataclass(frozen=True, slots=True)
class Steps:
    """Decisions are buttons; the rest are links. `instead` says why a decision that one may look for is not there."""

    decisions: tuple[Step, ...] = ()
    others: tuple[Step, ...] = ()
    instead: tuple[str, ...] = ()


def steps(view: SubmissionView, standing: Standing, *, acts: bool) -> Steps:
    """What can be done now, from what the ledger knows."""
    if not acts:
        return Steps()
    state, decisions, instead = view.submission.state, [], []
    if state in _DECIDABLE and standing.findings:
        unpressed = any(each.doubt.source in _FOR_A_PERSON for each in standing.doubts)
        short = bool(standing.required_gaps)
        message = standing.report_message or max((row.id for row in view.messages), default=None)
        for as_, key, text in (
            (Outcome.COMPLIANT, "compliant", "Release as compliant"),
            (Outcome.GAPS, "gaps", "Send the gaps"),
        ):
            refused = refusal(standing, as_, addressed=_addressed(view, standing), before=replied(view, message))
            if refused is not None:
                instead += [refused.message] if _worth_saying(as_, standing) else []
                continue
            fits = short is (as_ is Outcome.GAPS)
            decisions.append(Step(key, text, main=state is _STATES.REVIEW and fits and not unpressed))
    if state in _DECIDABLE:
        decisions.append(Step("ignore", "Mark as not a submission"))
    return Steps(tuple(decisions), tuple(_others(view)), tuple(instead))


def _others(view: SubmissionView) -> list[Step]:
    state = view.submission.state
    held = Step("unhold", "Take off hold") if view.submission.on_hold else Step("hold", "Put on hold")
    ended = state in _ENDED
    last = Step("review", "Open it again for review") if ended else Step("withdraw", "Mark as withdrawn")
    return [Step("note", "Write a note"), held, Step("recheck", "Run the checks again"), last]


def _addressed(view: SubmissionView, standing: Standing) -> bool:
    if any(each.doubt.code in _NOBODY_TO_ANSWER for each in standing.doubts):
        return False
    wanted = standing.report_message
    return any(row.sender for row in view.messages if wanted in {None, row.id})


def _worth_saying(as_: Outcome, standing: Standing) -> bool:
    return as_ is Outcome.COMPLIANT or bool(standing.required_gaps)
