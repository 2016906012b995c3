"""The things that staff can do: what each page explains, what its button says, and what is done when it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from intake.errors import NotFound, UsageError
from intake.ledger import Act, Role, SubmissionRow
from intake.model import Outcome, SubmissionState
from intake.web import drafts, submission
from intake.web.workplace import Workplace

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to do. `perform` takes the workplace, the name of what it is done to, the act and the form."""

    title: str
    explanation: str
    button: str
    perform: Callable[[Workplace, str, Act, Fields], object]
    asks: str = "Why?"
    warns: bool = False
    role: Role = Role.CASEWORKER


def _release(place: Workplace, reference: str, act: Act, fields: Fields, as_: Outcome) -> SubmissionRow:
    if as_ is not Outcome.GAPS or "text" not in fields:
        return place.decisions.release(reference, as_, act)
    return place.decisions.release(reference, as_, act, partial(drafts.reword_reply, text=fields["text"]))


def _recheck(place: Workplace, reference: str, act: Act) -> None:
    view = place.ledger.queries.submission(reference)
    judged = submission.counting(view)
    if judged is None:
        raise UsageError("This submission has no message to check.", "Look at its messages.")
    if act.expected is not None and act.expected != view.submission.row_version:
        place.ledger.actions.note(reference, act)  # raises Conflict in the ledger's own words
    place.ledger.actions.judge_again(judged.message, replace(act, expected=None))


def _move(state: SubmissionState) -> Callable[[Workplace, str, Act, Fields], object]:
    return lambda place, reference, act, _: place.ledger.actions.move(reference, state, act)


SUBMISSION: dict[str, Deed] = {
    "compliant": Deed(
        "Release as compliant",
        "The report is forwarded to the Commissioner’s office and the CSP gets an acknowledgement.",
        "Release and forward",
        lambda place, reference, act, fields: _release(place, reference, act, fields, Outcome.COMPLIANT),
        asks="Why is it compliant?",
    ),
    "gaps": Deed(
        "Send the gaps",
        "The CSP gets this reply. Change its text where you need to; nothing else is sent.",
        "Send the reply",
        lambda place, reference, act, fields: _release(place, reference, act, fields, Outcome.GAPS),
    ),
    "ignore": Deed(
        "Mark as not a submission",
        "Nothing is sent, what waits to be sent is cancelled, and the submission is closed.",
        "Mark as not a submission",
        lambda place, reference, act, fields: _release(place, reference, act, fields, Outcome.IGNORE),
        warns=True,
    ),
    "settle": Deed(
        "Settle a doubt",
        "You say why this doubt no longer stands in the way. Nothing is sent by this.",
        "Settle it",
        lambda place, reference, act, fields: place.decisions.settle(reference, fields.get("doubt", ""), act),
        asks="Why is it settled?",
    ),
    "note": Deed(
        "Write a note",
        "Everybody who uses this log can read it. It is never sent to anyone.",
        "Add the note",
        lambda place, reference, act, _: place.ledger.actions.note(reference, act),
        asks="Your note",
    ),
    "hold": Deed(
        "Put on hold",
        "Nothing of this submission leaves until somebody takes it off hold.",
        "Put on hold",
        lambda place, reference, act, _: place.ledger.actions.hold(reference, act),
    ),
    "unhold": Deed(
        "Take off hold",
        "Mail that the hold kept back leaves.",
        "Take off hold",
        lambda place, reference, act, _: place.decisions.unhold(reference, act),
    ),
    "recheck": Deed(
        "Run the checks again",
        "The latest message is checked as if it had just arrived, by the rules of today. Mail may leave after that.",
        "Run the checks again",
        lambda place, reference, act, _: _recheck(place, reference, act),
    ),
    "review": Deed(
        "Open it again for review",
        "The submission waits for a person again. Nothing is sent.",
        "Open it again",
        _move(SubmissionState.REVIEW),
    ),
    "withdraw": Deed(
        "Mark as withdrawn",
        "The CSP has withdrawn it. What waits to be sent is cancelled. You can open it again.",
        "Mark as withdrawn",
        _move(SubmissionState.WITHDRAWN),
        warns=True,
    ),
}

MAIL: dict[str, Deed] = {
    "resend": Deed(
        "Send it again",
        "It goes once more to those whom it did not reach. Where it did arrive after all, they get it twice.",
        "Send it again",
        lambda place, mail, act, _: place.ledger.mail_actions.resend(int(mail), act),
        warns=True,
    ),
    "arrived": Deed(
        "Mark as arrived",
        "You know that the recipient has it, because they said so or you saw it there.",
        "Mark as arrived",
        lambda place, mail, act, _: place.ledger.mail_actions.mark_arrived(int(mail), act),
        asks="How do you know?",
    ),
    "release": Deed(
        "Let it go",
        "The mail leaves within a minute.",
        "Let it go",
        lambda place, mail, act, _: place.ledger.mail_actions.release(int(mail), act),
    ),
    "hold": Deed(
        "Hold it",
        "The mail stays here until somebody lets it go.",
        "Hold it",
        lambda place, mail, act, _: place.ledger.mail_actions.hold(int(mail), act),
    ),
    "cancel": Deed(
        "Cancel it",
        "The mail is never sent.",
        "Cancel it",
        lambda place, mail, act, _: place.ledger.mail_actions.cancel(int(mail), act),
        warns=True,
    ),
}

MESSAGE: dict[str, Deed] = {
    "recheck": Deed(
        "Run the checks again",
        "The message is checked as if it had just arrived. Mail may leave after that.",
        "Run the checks again",
        lambda place, message, act, _: place.ledger.actions.judge_again(int(message), act),
    ),
    "join": Deed(
        "Join to another submission",
        "The message becomes part of that submission, which then waits for review. Joining it back undoes this.",
        "Join it",
        lambda place, message, act, fields: place.decisions.join(int(message), fields.get("reference", ""), act),
        warns=True,
    ),
    "split": Deed(
        "Make it a submission of its own",
        "The message leaves this submission, which stands as if it had never come. The new one waits for review.",
        "Split it off",
        lambda place, message, act, _: place.decisions.split(int(message), act),
        warns=True,
    ),
    "trust": Deed(
        "Trust this sender",
        "Mail from this address is believed from now on even where its origin cannot be proved.",
        "Trust this sender",
        lambda place, message, act, _: place.ledger.actions.trust(_sender(place, int(message)), act),
        warns=True,
        role=Role.ADMINISTRATOR,
    ),
}


def named(deeds: Mapping[str, Deed], name: str) -> Deed:
    """The deed of that name. Raises NotFound."""
    if name not in deeds:
        raise NotFound("There is no such action.", "Go back and choose one from the page.")
    return deeds[name]


def _sender(place: Workplace, message: int) -> str:
    sender = place.ledger.queries.message(message).message.sender
    if not sender:
        raise UsageError("This message names no sender.", "Nobody can be trusted for it.")
    return sender
