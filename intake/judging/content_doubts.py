"""What in the content of a message asks for a person, whatever its kind and its checks say."""

from __future__ import annotations

from collections.abc import Iterator

from intake.judging.doubts import active_content, doubt
from intake.judging.facts import Dossier
from intake.judging.triage import OwnMail, is_own
from intake.model import FAULTS, Doubt, PassedOnAs, Series, Unpacked, UnpackProblem

_CODES = {
    "scan-in-progress": "file-awaited",
    "stand-in-text": "not-retrieved",
    "words-unread": "words-unread",
    "words-cut": "words-unread",
    "forms-differ": "forms-differ",
    "attachment-removed": "file-removed",
}
_LOCKED = "zip-password"  # where it is the report, the sender is asked for it without a password


def content_doubts(dossier: Dossier, series: Series | None, own: OwnMail) -> tuple[Doubt, ...]:
    """The doubts about one opened message; `own` tells our own mail that came along with it."""
    return tuple(dict.fromkeys(_found(dossier, series, own)))


def _found(dossier: Dossier, series: Series | None, own: OwnMail) -> Iterator[Doubt]:
    if dossier.rivals:
        yield doubt("rival-reports", f"there are {len(dossier.rivals) + 1} different reports in the message")
    yield from active_content([dossier.report] if dossier.report else [])
    for problem in dossier.unpacked.problems:
        if problem.fault != _LOCKED or dossier.report is not None:
            yield _of_problem(problem)
    yield from _passed_on(dossier.unpacked, own)
    if series is not None:
        yield doubt("more-to-come", f"it is number {series.number} of {series.of} mails")


def _of_problem(problem: UnpackProblem) -> Doubt:
    code = _CODES.get(problem.fault, "not-all-opened")
    return doubt(code, FAULTS[problem.fault], document=problem.name or None)


def _passed_on(unpacked: Unpacked, own: OwnMail) -> Iterator[Doubt]:
    """A mail of somebody else that was passed on: what it says is not the sender's word."""
    for mail in unpacked.passed_on:
        if not mail.own and mail.how is not PassedOnAs.ANSWERED and not is_own(mail, own):
            yield doubt("passed-on", "it passes on a mail that somebody else wrote")
