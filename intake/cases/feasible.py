"""Whether what a person decides can be carried out at all: told before it is offered, and refused where it is tried."""

from __future__ import annotations

from intake.cases.standing import Standing
from intake.errors import UsageError
from intake.ledger import OutgoingRow, SubmissionView
from intake.model import MailKind, Outcome, OutgoingState

_PDF = "application/pdf"
_GONE = frozenset({OutgoingState.SENT, OutgoingState.SENDING, OutgoingState.DATA_STARTED, OutgoingState.UNCERTAIN})
_UNKNOWN_FATE = frozenset({OutgoingState.SENDING, OutgoingState.DATA_STARTED, OutgoingState.UNCERTAIN})


def replied(view: SubmissionView, message: int | None) -> OutgoingRow | None:
    """The reply to this message that has left, or may have."""
    gone = (mail for mail in reversed(view.outgoing) if mail.kind is MailKind.REPLY and mail.state in _GONE)
    return next((mail for mail in gone if message is not None and mail.answers == message), None)


def refusal(
    standing: Standing, as_: Outcome, *, addressed: bool, before: OutgoingRow | None = None
) -> UsageError | None:
    """Why a release cannot be carried out, with the way to go.

    `addressed`: there is somebody to reply to; `before` is the reply that has gone to the same message.
    """
    if as_ is Outcome.GAPS:
        if not standing.required_gaps:
            return UsageError(
                "There is no gap that a reply could name.",
                "Correct a check first, or write to the CSP by hand.",
                "intake override REF CHECK --as gap corrects one.",
            )
        if not addressed:
            return UsageError(
                "There is no address that a reply could go to.", "Write to the CSP yourself, then release it as ignore."
            )
        if before is not None and before.gist == standing.gist:
            return UsageError(
                f"The reply that names these gaps has already gone: mail {before.id}.",
                "If it did not help, ring or write to the CSP yourself.",
            )
        return None
    if standing.sent is not None:
        fate = "may be on its way" if standing.sent.state in _UNKNOWN_FATE else f"is {standing.sent.state}"
        return UsageError(
            f"A forward of this report {fate}: mail {standing.sent.id}. It is not sent twice.",
            "Settle that one: say that it arrived, or send it again.",
            f"intake retry {standing.sent.id} --mail --arrived (or without --arrived, to send again).",
        )
    if standing.report is None:
        return UsageError(
            "There is no report that could be forwarded.",
            "Send the gaps, ask the CSP for the PDF, or release it as ignore.",
        )
    if standing.report.media_type != _PDF:
        return UsageError(
            f"The report is not a PDF ({standing.report.media_type}): the Commissioner gets PDFs only.",
            "Send the gaps, so that the CSP makes a PDF of it.",
        )
    return None
