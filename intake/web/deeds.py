"""The things that staff can do: what each page explains, what its button says, and what is done when it is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from intake.errors import NotFound, UsageError
from intake.ledger import Act, Role, SubmissionRow
from intake.model import Outcome, Status, SubmissionState
from intake.web import drafts, submission
from intake.web.forms import WrongField
from intake.web.words import check_named
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
    field: str = ""  # of its form that a refusal is about


def _release(place: Workplace, reference: str, act: Act, fields: Fields, as_: Outcome) -> SubmissionRow:
    reword = partial(drafts.reword, typed=fields)
    return place.decisions.release(reference, as_, act, reword, report=fields.get("report") or None)


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
        "Check before you send: the report is forwarded to the Commissioner’s office and the CSP gets an "
        "acknowledgement. You can change the text of either.",
        "Release and forward",
        lambda place, reference, act, fields: _release(place, reference, act, fields, Outcome.COMPLIANT),
        asks="Why is it compliant?",
    ),
    "gaps": Deed(
        "Send the gaps",
        "Check before you send: the CSP gets this reply, and nothing else is sent. You can change its text.",
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
        "You say why this doubt no longer stands in the way. This sends nothing.",
        "Settle it",
        lambda place, reference, act, fields: place.decisions.settle(reference, fields.get("doubt", ""), act),
        asks="Why is it settled?",
        field="doubt",
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
        "Nothing of this submission will be sent until somebody takes it off hold.",
        "Put on hold",
        lambda place, reference, act, _: place.ledger.actions.hold(reference, act),
    ),
    "unhold": Deed(
        "Take off hold",
        "Mail that the hold kept back is sent.",
        "Take off hold",
        lambda place, reference, act, _: place.decisions.unhold(reference, act),
    ),
    "recheck": Deed(
        "Run the checks again",
        "The latest message is checked as if it had just arrived, by today’s rules. Mail may be sent after that.",
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
        "It goes again to those it did not reach. If it did arrive after all, they get it twice.",
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
        "The email is sent within a minute.",
        "Let it go",
        lambda place, mail, act, _: place.ledger.mail_actions.release(int(mail), act),
    ),
    "hold": Deed(
        "Hold it",
        "The email stays here until somebody lets it go.",
        "Hold it",
        lambda place, mail, act, _: place.ledger.mail_actions.hold(int(mail), act),
    ),
    "cancel": Deed(
        "Cancel it",
        "The email is never sent.",
        "Cancel it",
        lambda place, mail, act, _: place.ledger.mail_actions.cancel(int(mail), act),
        warns=True,
    ),
}

MESSAGE: dict[str, Deed] = {
    "recheck": Deed(
        "Run the checks again",
        "The message is handed back to the program, which checks it as if it had just arrived. Mail may be sent "
        "after that.",
        "Run the checks again",
        lambda place, message, act, _: place.ledger.actions.judge_again(int(message), act),
    ),
    "answered": Deed(
        "I answered it by hand",
        "The message no longer waits for anybody. Say whom you answered and how, so that colleagues need not ask.",
        "Record it",
        lambda place, message, act, _: place.ledger.actions.deal_with(int(message), act, answered=True),
        asks="What did you do?",
    ),
    "seen": Deed(
        "Mark as seen",
        "The message no longer waits for anybody. Nothing is sent, and it stays where it is in the mailbox.",
        "Mark as seen",
        lambda place, message, act, _: place.ledger.actions.deal_with(int(message), act, answered=False),
        asks="Why is there nothing more to do?",
    ),
    "join": Deed(
        "Join to another submission",
        "The message becomes part of that submission, which then waits for review. You can undo this.",
        "Join it",
        lambda place, message, act, fields: place.decisions.join(int(message), fields.get("reference", ""), act),
        warns=True,
        field="reference",
    ),
    "split": Deed(
        "Make it a submission of its own",
        "The message leaves this submission, which then stands as if the message had never come. "
        "The new submission waits for review.",
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


def override(check: str) -> Deed:
    """Putting one check right, and sending what follows where the form says so. Raises NotFound for no check."""

    def perform(place: Workplace, reference: str, act: Act, fields: Fields) -> object:
        if fields.get("status") not in {"met", "gap"}:
            raise WrongField("status", "Select whether it is met or a gap")
        status = Status(fields["status"])
        if fields.get("then") != "send":
            return place.decisions.override(reference, check, status, act)
        return place.decisions.correct_and_send(reference, check, status, act, partial(drafts.reword, typed=fields))

    return Deed(
        f"Correct: {check_named(check)}",
        "Your decision replaces the program’s for this check, and what waits to be sent is cancelled.",
        "Record your decision",
        perform,
        field="status",
    )


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
