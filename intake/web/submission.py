"""One submission: where it stands, each check with its evidence, its documents, its mail, and its whole story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from intake.cases import working_days
from intake.cases.history import case_of
from intake.cases.standing import stand
from intake.cases.truth import in_a_line
from intake.ledger import Act, FileRow, FindingRow, JudgementRow, SaidRow, SubmissionView
from intake.model import SubmissionState
from intake.web import matters, pane, timeline
from intake.web.colleagues import colleagues
from intake.web.guard import Caseworker, Form, Place, Reader
from intake.web.mails import read_mail
from intake.web.noted import address as after
from intake.web.noted import noted
from intake.web.pages import short
from intake.web.said import Said, said
from intake.web.steps import steps
from intake.web.workplace import Workplace

router = APIRouter()
_LISTS = frozenset({"/", "/submissions"})
# The setting that says how many working days a state may last.
_DAYS = {SubmissionState.REVIEW: "remind_working_days", SubmissionState.WAITING_FOR_CSP: "silence_working_days"}
_PICTURES = 2  # of evidence, for each check
_TEXTS = 20  # of mail shown at once; the others stand on pages of their own


@dataclass(frozen=True, slots=True)
class Quotation:
    """A piece of evidence: where it stands, the screen with that page opened, and the address of its picture."""

    document: str
    page: int | None
    text: str
    label: str | None
    address: str = ""
    picture: str = ""

    @property
    def where(self) -> str:
        name = "the message" if self.document == "message" else f"“{self.document}”"
        return f"{name}, page {self.page}" if self.page else name


@dataclass(frozen=True, slots=True)
class Examined:
    """One check as the page shows it; `spot` is the page that its evidence begins on, `opens` the screen with that."""

    finding: FindingRow
    quotations: tuple[Quotation, ...]
    spot: pane.Spot | None
    opens: str
    corrections: tuple[tuple[str, str], ...]

    @property
    def pictures(self) -> tuple[Quotation, ...]:
        """The pages to show, each once."""
        first: dict[str, Quotation] = {}
        for quotation in self.quotations:
            if quotation.picture:
                first.setdefault(quotation.picture.partition("?")[0], quotation)
        return tuple(first.values())[:_PICTURES]


@router.get("/submissions/{reference}")
def show(reference: str, request: Request, place: Place, visitor: Reader) -> Response:
    """The page."""
    view = place.ledger.queries.submission(reference)
    judgement, standing, now = counting(view), stand(case_of(view)), place.now()
    open_matters = matters.matters(view, standing, judgement, administers=visitor.administers)
    documents = documents_of(view)
    checked = examined(view, judgement) if judgement else ()
    texts = [(mail.id, read_mail(place, mail.sha256)) for mail in view.outgoing[-_TEXTS:]]
    shown = pane.pane(view, request.query_params, documents, _first_spot(open_matters, checked))
    days = _DAYS.get(view.submission.state)
    timing = place.settings.timing
    context = {
        "view": view,
        "submission": view.submission,
        "judgement": judgement,
        "matters": open_matters,
        "gaps": standing.required_gaps,
        "truth": in_a_line(view, lambda moment: short(moment, place.zone)),
        "due": working_days.due(view.submission.state_since, getattr(timing, days), place.zone) if days else None,
        "there": colleagues(view, visitor.signature, now),
        "pane": shown,
        "said": said_of(view, place),
        "steps": steps(view, standing, acts=visitor.acts),
        "examined": checked,
        "documents": documents,
        "story": timeline.story(view),
        "written": {identity: text for identity, text in texts if text is not None},
        "versions": len(timeline.latest_judgements(view)),
        "noted": noted(request, place, visitor, submission=view.submission.id, view=view),
        "back": list_before(request),
        "now": now,
    }
    return place.pages.show(request, "web/submission.html", context)


@router.post("/submissions/{reference}/looking")
def look(reference: str, form: Form, place: Place, visitor: Caseworker) -> Response:
    """Say that one is looking at this, or is no longer."""
    by, now = visitor.signature, place.now()
    row = place.ledger.submissions.get(reference)
    if form.get("looking") == "no":
        place.ledger.looking.end(row.reference, by, now)
    else:
        place.ledger.looking.begin(row.reference, by, now)
    act = Act(by=by, reason="", at=now)
    return RedirectResponse(after(place, f"/submissions/{row.reference}", act, row.id), 303)


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
    return tuple(_examined(view, judgement, finding) for finding in judgement.findings)


def _examined(view: SubmissionView, judgement: JudgementRow, finding: FindingRow) -> Examined:
    reference = view.submission.reference
    spots = [pane.spot_of_evidence(judgement, finding.check, piece) for piece in finding.evidence]
    first = pane.first_spot(judgement, finding)
    return Examined(
        finding,
        tuple(
            Quotation(
                document=str(piece.get("document", "")),
                page=piece.get("page"),
                text=str(piece.get("text", "")),
                label=piece.get("label"),
                address=pane.opened(reference, spot.fields()) if spot else "",
                picture=_picture_of(reference, spot),
            )
            for piece, spot in zip(finding.evidence, spots, strict=True)
        ),
        first,
        pane.opened(reference, first.fields()) if first else "",
        tuple(matters.corrections(reference, finding)),
    )


def documents_of(view: SubmissionView) -> list[tuple[int, FileRow]]:
    """Every file of the submission once, with the message that brought it last; the latest first."""
    found: dict[str, tuple[int, FileRow]] = {}
    for judgement in reversed(view.judgements):
        for file in judgement.files:
            found.setdefault(file.sha256, (judgement.message, file))
    return list(found.values())


def said_of(view: SubmissionView, place: Workplace) -> list[Said]:
    """What each message says, the sentences of its doubts marked; the latest first."""
    known = {row.message: row for row in view.said}
    found = []
    for message in reversed(view.messages):
        row = known.get(message.id)
        if (row is None or not (row.words or row.below)) and message.sha256:
            opened = place.shelf.envelope(message.sha256)
            row = SaidRow(message=message.id, words=opened.words, below=opened.below)
        if row is not None:
            mine = [(doubt.id, doubt.quote) for doubt in view.doubts if doubt.message == message.id and doubt.quote]
            found.append(said(message, row, mine))
    return found


def list_before(request: Request) -> str:
    """The list that the visitor came from, with its filters; the whole list otherwise."""
    came = urlsplit(request.headers.get("referer", ""))
    same = came.netloc == request.headers.get("host")
    if same and came.path in _LISTS:
        return f"{came.path}?{came.query}" if came.query else came.path
    return "/submissions"


def _first_spot(open_matters: Sequence[matters.Matter], checked: Sequence[Examined]) -> pane.Spot | None:
    """Where the pane opens by itself: at what is open, else at what a check found or looked for."""
    spots = [matter.spot for matter in open_matters if matter.spot is not None]
    for status in ("unsure", "gap"):
        spots += [each.spot for each in checked if each.finding.status == status and each.spot is not None]
    return next(iter(spots), None)


def _picture_of(reference: str, spot: pane.Spot | None) -> str:
    if spot is None:
        return ""
    path = f"/submissions/{reference}/documents/{spot.message}/{spot.file.sha256}/pages/{spot.page}"
    return f"{path}?{urlencode(spot.marks)}"


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and int(text[:6]) > 0 else otherwise
