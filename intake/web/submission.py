"""One submission: where it stands, each check with its evidence, its documents, its mail, and its whole story."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.requests import Request

from intake.ledger import FileRow, FindingRow, JudgementRow, SubmissionView
from intake.model import SubmissionState
from intake.web import timeline
from intake.web.guard import Place, Reader
from intake.web.mails import read_mail

router = APIRouter()
_PICTURES = 2  # of evidence, for each check
_TEXTS = 20  # of mail shown at once; the others stand on pages of their own


@dataclass(frozen=True, slots=True)
class Quotation:
    """A piece of evidence: where it stands, and the address of the page's picture, where there is one."""

    document: str
    page: int | None
    text: str
    label: str | None
    address: str = ""

    @property
    def where(self) -> str:
        name = "the message" if self.document == "message" else f"“{self.document}”"
        return f"{name}, page {self.page}" if self.page else name


@dataclass(frozen=True, slots=True)
class Examined:
    """One check as the page shows it."""

    finding: FindingRow
    quotations: tuple[Quotation, ...]

    @property
    def pictures(self) -> tuple[Quotation, ...]:
        """The pages to show, each once."""
        first: dict[str, Quotation] = {}
        for quotation in self.quotations:
            if quotation.address:
                first.setdefault(quotation.address.partition("?")[0], quotation)
        return tuple(first.values())[:_PICTURES]


@router.get("/submissions/{reference}")
def show(reference: str, request: Request, place: Place, visitor: Reader) -> Response:
    """The page."""
    view = place.ledger.queries.submission(reference)
    judgement = counting(view)
    entries = timeline.story(view)
    texts = [(mail.id, read_mail(place, mail.sha256)) for mail in view.outgoing[-_TEXTS:]]
    written = {identity: text for identity, text in texts if text is not None}
    context = {
        "view": view,
        "submission": view.submission,
        "judgement": judgement,
        "examined": examined(view, judgement) if judgement else (),
        "documents": documents_of(view),
        "story": entries,
        "written": written,
        "versions": len(timeline.latest_judgements(view)),
        "deeds": deeds(view, visitor.acts),
        "done": _DONE.get(request.query_params.get("done", "")),
        "now": place.now(),
    }
    return place.pages.show(request, "web/submission.html", context)


@router.get("/submissions/{reference}/changes")
def show_changes(reference: str, request: Request, place: Place, visitor: Reader) -> Response:  # noqa: ARG001 - asked for the check
    """Two versions side by side."""
    view = place.ledger.queries.submission(reference)
    judged = timeline.latest_judgements(view)
    numbers = range(1, len(judged) + 1)
    after = _number(request.query_params.get("after"), len(judged))
    before = _number(request.query_params.get("before"), max(1, after - 1))
    context = {"view": view, "submission": view.submission, "judged": judged, "numbers": numbers}
    if len(judged) > 1:
        pair = judged[min(before, len(judged)) - 1], judged[min(after, len(judged)) - 1]
        context |= {
            "before": pair[0],
            "after": pair[1],
            "before_number": min(before, len(judged)),
            "after_number": min(after, len(judged)),
            "changes": timeline.compare(*pair),
        }
    return place.pages.show(request, "web/changes.html", context)


def counting(view: SubmissionView) -> JudgementRow | None:
    """The judgement that the submission stands on."""
    wanted = view.submission.judgement_id
    found = next((each for each in view.judgements if each.id == wanted and each.findings), None)
    return found or next((each for each in reversed(view.judgements) if each.findings), None)


def examined(view: SubmissionView, judgement: JudgementRow) -> tuple[Examined, ...]:
    """The checks of a judgement, each piece of evidence with its page."""
    return tuple(
        Examined(
            finding,
            tuple(
                Quotation(
                    document=str(piece.get("document", "")),
                    page=piece.get("page"),
                    text=str(piece.get("text", "")),
                    label=piece.get("label"),
                    address=_picture_of(view, judgement, finding, number),
                )
                for number, piece in enumerate(finding.evidence)
            ),
        )
        for finding in judgement.findings
    )


def documents_of(view: SubmissionView) -> list[tuple[int, FileRow]]:
    """Every file of the submission once, with the message that brought it last; the latest first."""
    found: dict[str, tuple[int, FileRow]] = {}
    for judgement in reversed(view.judgements):
        for file in judgement.files:
            found.setdefault(file.sha256, (judgement.message, file))
    return list(found.values())


def deeds(view: SubmissionView, acts: bool) -> list[tuple[str, str, bool]]:
    """What can be done now: the page's name, the words, and whether it is the main thing."""
    if not acts:
        return []
    state, found = view.submission.state, []
    settles = any(doubt.closed_at is None for doubt in view.doubts)
    if any(judgement.findings for judgement in view.judgements) and state is not SubmissionState.COMPLETE:
        review, judged = state is SubmissionState.REVIEW, counting(view)
        short = judged is not None and any(
            each.status == "gap" and each.policy == "required" for each in judged.findings
        )
        found += [
            ("compliant", "Release as compliant", review and not short),
            ("gaps", "Send the gaps", review and short),
        ]
    if state in {SubmissionState.REVIEW, SubmissionState.OPEN, SubmissionState.WAITING_FOR_CSP}:
        found.append(("ignore", "Mark as not a submission", False))
    if settles:
        found.append(("settle", "Settle a doubt", False))
    found.append(("note", "Write a note", False))
    found.append(("unhold", "Take off hold", True) if view.submission.on_hold else ("hold", "Put on hold", False))
    found.append(("recheck", "Run the checks again", False))
    if state in {SubmissionState.CLOSED, SubmissionState.WITHDRAWN, SubmissionState.COMPLETE}:
        found.append(("review", "Open it again for review", False))
    else:
        found.append(("withdraw", "Mark as withdrawn", False))
    return found


_DONE = {
    "compliant": "Released as compliant. The report will be forwarded within a minute.",
    "gaps": "The reply will be sent within a minute.",
    "ignore": "Marked as not a submission. No mail will be sent.",
    "settle": "The doubt is settled. Nothing was sent.",
    "note": "Your note was added.",
    "hold": "On hold. Nothing of this submission will leave until you take it off hold.",
    "unhold": "No longer on hold.",
    "recheck": "The checks will run again within a minute.",
    "review": "Open again, for review.",
    "withdraw": "Marked as withdrawn. Nothing more will be sent.",
    "override": "Your decision on the check was recorded.",
    "join": "The message was joined to this submission.",
    "split": "The message is now a submission of its own.",
    "trust": "The sender is trusted from now on.",
    "mail": "Recorded. The mail’s state is shown in the timeline.",
}


def _picture_of(view: SubmissionView, judgement: JudgementRow, finding: FindingRow, number: int) -> str:
    piece = finding.evidence[number]
    page = piece.get("page")
    file = next((each for each in judgement.files if each.name == piece.get("document")), None)
    if page is None or file is None:
        return ""
    marked = urlencode({"judgement": judgement.id, "check": finding.check})
    return f"/submissions/{view.submission.reference}/documents/{judgement.message}/{file.sha256}/pages/{page}?{marked}"


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and int(text[:6]) > 0 else otherwise
