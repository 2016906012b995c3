"""What a deed is done to, and what its page shows of it: what it goes past, and the mail as it will leave."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from intake.cases.history import case_of
from intake.cases.standing import stand
from intake.errors import NotFound, UsageError
from intake.ledger import SubmissionView
from intake.model import Outcome, OutgoingMail, Status
from intake.web import drafts, mails, timeline, words
from intake.web import submission as screen
from intake.web.steps import steps
from intake.web.workplace import Workplace

_RECENT = 5
_MOVES = frozenset({"join", "split"})
_SENDS = {"compliant": Outcome.COMPLIANT, "gaps": Outcome.GAPS}
_DECIDES = frozenset({*_SENDS, "ignore"})


@dataclass(frozen=True, slots=True)
class Ground:
    """What a deed is done to, and the page to go back to; `view` is of the submission that it belongs to."""

    name: str
    row_version: int | None
    back: str
    back_text: str
    caption: str
    done: str
    view: SubmissionView | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail as it will leave: to read, and to change in the field of that name."""

    mail: OutgoingMail
    written: mails.Written
    text: str
    field: str
    held: str | None


def submission(place: Workplace, reference: str, action: str, asked: Mapping[str, str]) -> Ground:
    """A submission. Raises NotFound."""
    view = place.ledger.queries.submission(reference)
    row, extra = view.submission, _recent(view)
    if action in _DECIDES:
        past = place.decisions.past(reference)
        extra["past"] = past if action == "compliant" else replace(past, gaps=())
    if action == "settle":
        still = [each for each in view.doubts if each.closed_at is None and each.code != "check-unsure"]
        extra["doubts"] = [{"value": str(each.id), "text": each.summary} for each in still]
    if action in _SENDS:
        report = asked.get("report", "")[:64]
        composed = place.decisions.compose(row.reference, _SENDS[action], place.now(), report=report or None)
        extra |= {"previews": previews(place, composed), "carried": {"report": report} if report else {}}
    return Ground(
        row.reference,
        row.row_version,
        f"/submissions/{row.reference}",
        row.reference,
        f"{row.reference}, {row.csp or 'CSP not recognised'}",
        action,
        view,
        extra,
    )


def demand_possible(place: Workplace, reference: str, action: str) -> None:
    """Raise UsageError for a page that offers what cannot be carried out now."""
    view = place.ledger.queries.submission(reference)
    offered = steps(view, stand(case_of(view)), acts=True)
    open_doubts = any(each.closed_at is None for each in view.doubts)
    if action in {step.key for step in (*offered.decisions, *offered.others)} or (action == "settle" and open_doubts):
        return
    why = " ".join(offered.instead) if action in _SENDS else ""
    state = words.SUBMISSION[view.submission.state].text.lower()
    raise UsageError(why or f"This cannot be done now: {view.submission.reference} is {state}.", "Go back to it.")


def check(place: Workplace, reference: str, check: str, asked: Mapping[str, str]) -> Ground:
    """One check of a submission, with the mail that its correction would lead to. Raises NotFound."""
    view = place.ledger.queries.submission(reference)
    finding = next((each for each in stand(case_of(view)).findings if each.check == check), None)
    if finding is None:
        raise NotFound("This submission has no such check.", "Go back to the submission.")
    row, status = view.submission, asked.get("status", "")
    extra: dict[str, Any] = {"finding": finding, "status": status if status in {"met", "gap"} else "", **_recent(view)}
    if extra["status"]:
        try:
            as_, composed = place.decisions.compose_corrected(reference, check, Status(status), place.now())
            extra |= {"previews": previews(place, composed), "leads_to": str(as_)}
            extra["past"] = place.decisions.past_correction(reference, check, Status(status))
        except UsageError as refused:
            extra["cannot_send"] = f"{refused.message} {refused.hint}".strip()
    back = f"/submissions/{row.reference}#check-{check}"
    return Ground(row.reference, row.row_version, back, row.reference, row.reference, "override", view, extra)


def mail(place: Workplace, mail: int) -> Ground:
    """One mail. Raises NotFound."""
    row = place.ledger.queries.mail(mail)
    view = place.ledger.queries.submission(row.reference) if row.reference else None
    caption = f"{row.reference}, {row.subject}" if row.reference else row.subject
    return Ground(str(mail), row.row_version, f"/mail/{mail}", "The mail", caption, "mail", view)


def message(place: Workplace, message: int, action: str, asked: Mapping[str, str]) -> Ground:
    """One message. Raises NotFound."""
    row = place.ledger.queries.message(message).message
    view = place.ledger.queries.submission(row.reference) if row.reference else None
    extra: dict[str, Any] = {"sender": row.sender if action == "trust" else ""}
    if action == "join":
        extra |= {"asks_reference": True, "reference": asked.get("reference", ""), **_side_by_side(place, view, asked)}
    return Ground(
        str(message),
        view.submission.row_version if view is not None and action in _MOVES else None,
        f"/messages/{message}",
        "The message",
        row.subject or f"Message {message}",
        action,
        view,
        extra,
    )


def previews(place: Workplace, composed: list[OutgoingMail]) -> list[Preview]:
    """Mails that would be sent, as a person checks them."""
    would_hold = place.office.correspondent.would_hold
    return [
        Preview(
            each, mails.written(each.content), drafts.text_of(each.content), drafts.field_of(each), would_hold(each)
        )
        for each in composed
    ]


def _side_by_side(place: Workplace, view: SubmissionView | None, asked: Mapping[str, str]) -> dict[str, Any]:
    """Both cases, where the other one is named and known."""
    wanted = asked.get("reference", "").strip()
    if not wanted:
        return {}
    try:
        other = place.ledger.queries.submission(wanted)
    except NotFound as missing:
        return {"unknown": missing.message}
    return {"sides": [(each, screen.documents_of(each)) for each in (view, other) if each is not None]}


def _recent(view: SubmissionView) -> dict[str, Any]:
    return {"recent": timeline.story(view)[:_RECENT]}
