"""What in the content of a message asks for a person, whatever its kind and its checks say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from intake.judging.doubts import active_content, doubt
from intake.judging.facts import Clash, Dossier, WeblinkState
from intake.judging.parts.assembly import owner_names
from intake.judging.parts.sites import is_vouched_for, site_of
from intake.judging.triage import OwnMail, is_own
from intake.model import FAULTS, Document, Doubt, PassedOn, PassedOnAs, Remark, Series, Unpacked, UnpackProblem
from intake.senders.domains import organisation_of

_CODES = {
    "scan-in-progress": "file-awaited",
    "stand-in-text": "not-retrieved",
    "words-unread": "words-unread",
    "words-cut": "words-unread",
    "forms-differ": "forms-differ",
    "attachment-removed": "file-removed",
}
_REMARKS = {
    "comments": "reviewers’ comments are still in the report",
    "tracked-changes": "changes that were tracked are still marked in the report",
    "draft": "the report says on its pages that it is a draft",
    "left-open": "passages of the report were left to be filled in",
    "redaction-not-applied": "the report has redaction marks that were never applied",
    "text-under-box": "the report has text under black boxes, which can be copied out",
    "name-in-properties": "the report’s properties name somebody, or an operation, that its pages do not",
}
_LOCKED = "zip-password"  # where it is the report, the sender is asked for it without a password


def content_doubts(
    dossier: Dossier, series: Series | None, own: OwnMail, public_sites: Sequence[str]
) -> tuple[Doubt, ...]:
    """The doubts about one opened message; `own` tells our own mail that came along with it."""
    return tuple(dict.fromkeys((*_found(dossier, series, own), *_of_site(dossier, public_sites))))


def _of_site(dossier: Dossier, public_sites: Sequence[str]) -> Iterator[Doubt]:
    """The place of publication on a stranger's site: whoever keeps it decides what the Commissioner sees there."""
    sender, link = dossier.unpacked.sender, dossier.weblink
    if link.state is not WeblinkState.FOUND or link.url is None or sender is None:
        return  # a bare file has no sender, and goes nowhere
    owner = owner_names(dossier.unpacked, dossier.parts).owner
    if not is_vouched_for(link.url, sender.domain, owner, public_sites):
        where = site_of(link.url) or "a host without a name"
        text = f"the address is on {where}: not the council’s site, the partnership’s, or another public body’s"
        yield doubt("foreign-site", text, quote=link.url)


def _found(dossier: Dossier, series: Series | None, own: OwnMail) -> Iterator[Doubt]:
    if dossier.rivals:
        yield doubt("rival-reports", f"there are {len(dossier.rivals) + 1} different reports in the message")
    if dossier.report is not None:
        yield from active_content([dossier.report])
        yield from _remarks(dossier.report)
    for clash in dossier.clashes:
        yield _of_clash(clash)
    for problem in dossier.unpacked.problems:
        if problem.fault != _LOCKED or dossier.report is not None:
            yield _of_problem(problem)
    yield from _passed_on(dossier.unpacked, own)
    if series is not None:
        yield doubt("more-to-come", f"it is number {series.number} of {series.of} mails")


def _remarks(report: Document) -> Iterator[Doubt]:
    """What a careful person would stop at in the report, each kind once, at the first page that shows it."""
    first: dict[str, Remark] = {}
    for remark in report.remarks:
        first.setdefault(remark.code, remark)
    for code, remark in first.items():
        yield doubt(code, _REMARKS[code], document=report.name, page=remark.page, sha256=report.sha256)


def _of_clash(clash: Clash) -> Doubt:
    """The message names a different review from the report: the wrong file may be attached."""
    if clash.about == "version":
        return doubt("message-about-another", f"it mentions version {clash.said}, and the file’s name {clash.own}")
    of = f"the report is about “{clash.own}”" if clash.own else "the report does not say so"
    return doubt("message-about-another", f"its {clash.source} names another {clash.about}, “{clash.said}”: {of}")


def _of_problem(problem: UnpackProblem) -> Doubt:
    code = _CODES.get(problem.fault, "not-all-opened")
    return doubt(code, FAULTS[problem.fault], document=problem.name or None)


def words_of_colleagues(unpacked: Unpacked) -> str:
    """What a colleague of the sender wrote that was forwarded in the body: it is read as the sender's own words are."""
    forwarded = any(
        not mail.own and mail.how is PassedOnAs.FORWARDED and _is_colleague(mail, unpacked)
        for mail in unpacked.passed_on
    )
    return unpacked.body.quoted if forwarded else ""


def _is_colleague(mail: PassedOn, unpacked: Unpacked) -> bool:
    """Whether somebody of the sender's own organisation wrote it, as it says itself.

    Mail programs leave a colleague's address out and show the name alone.
    """
    if mail.author is None or unpacked.sender is None:
        return False
    if not mail.author.domain:
        return bool(mail.author.name)
    return organisation_of(mail.author.domain) == organisation_of(unpacked.sender.domain)


def _passed_on(unpacked: Unpacked, own: OwnMail) -> Iterator[Doubt]:
    """A mail of another organisation that was passed on: what it says is not the sender's word.

    A colleague's words are read beside the sender's own (`words_of_colleagues`).
    """
    for mail in unpacked.passed_on:
        told = mail.own or mail.how is PassedOnAs.ANSWERED or is_own(mail, own)
        if not told and not (mail.how is PassedOnAs.FORWARDED and _is_colleague(mail, unpacked)):
            yield doubt("passed-on", "it passes on an email that somebody else wrote")
