"""What is open on a submission, as its screen shows it: each doubt in plain words, and the ways that a person has."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from intake.cases.history import OpenDoubt
from intake.cases.standing import Standing
from intake.judging.doubts import declared
from intake.ledger import DoubtRow, FindingRow, JudgementRow, SubmissionView
from intake.model import MailKind, OutgoingState
from intake.web import pane

_UNSURE = "check-unsure"
_TO_PLACE = frozenset({"case-unclear", "unplaced", "answers-unknown", "other-organisation", "message-about-another"})
_ABOUT_FORWARD = frozenset({"forward-in-doubt", "forward-returned", "changed-after-forward"})
_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Matter:
    """One open doubt. `settles` is the number to settle it by, 0 where it is not settled but put right another way."""

    number: int
    code: str
    source: str
    title: str
    summary: str
    quote: str
    action: str
    where: str
    spot: pane.Spot | None
    address: str  # of the screen with the page opened
    settles: int
    ways: tuple[tuple[str, str], ...]

    @property
    def of_words(self) -> bool:
        """Whether it is to be read in what the sender wrote."""
        return self.source == "words" or bool(self.quote)


def matters(
    view: SubmissionView, standing: Standing, judgement: JudgementRow | None, *, administers: bool
) -> list[Matter]:
    """Every open doubt, those that the ledger keeps first."""
    rows = {row.id: row for row in view.doubts}
    found: list[Matter] = []
    for each in standing.doubts:
        row = rows.get(each.id) if each.id is not None else None
        found.append(_matter(view, judgement, each, row, len(found) + 1, administers=administers))
    return found


def _matter(
    view: SubmissionView,
    judgement: JudgementRow | None,
    each: OpenDoubt,
    row: DoubtRow | None,
    number: int,
    *,
    administers: bool,
) -> Matter:
    about = declared(each.doubt.code)
    finding = _finding(judgement, each) if each.doubt.code == _UNSURE else None
    spot = _spot(view, judgement, row, finding)
    reference, doubt = view.submission.reference, each.doubt
    where = ""
    if spot is not None:
        where = f"“{spot.file.name}”, page {spot.page}"
    elif doubt.document and doubt.document != "message":
        where = f"“{doubt.document}”, page {doubt.page}" if doubt.page else f"“{doubt.document}”"
    return Matter(
        number=number,
        code=doubt.code,
        source=doubt.source,
        title=about.title,
        summary=doubt.summary[:1].upper() + doubt.summary[1:],
        quote=doubt.quote or "",
        action=about.action,
        where=where,
        spot=spot,
        address=pane.opened(reference, spot.fields()) if spot else "",
        settles=row.id if row is not None and doubt.code != _UNSURE else 0,
        ways=tuple(_ways(view, each, finding, administers=administers)),
    )


def _ways(
    view: SubmissionView, each: OpenDoubt, finding: FindingRow | None, *, administers: bool
) -> list[tuple[str, str]]:
    """The ways beside settling it: what the page says, and where it leads."""
    here, code, message = f"/submissions/{view.submission.reference}", each.doubt.code, each.message
    if finding is not None:
        return corrections(view.submission.reference, finding)
    if code == "rival-reports":
        release = f"{here}/actions/compliant"
        return [
            (f"Release “{name}”", f"{release}?{urlencode({'report': sha})}") for name, sha in _rivals(view, message)
        ]
    if code == "on-hold":
        return [("Take it off hold", f"{here}/actions/unhold")]
    if code in _ABOUT_FORWARD:
        forwards = [mail for mail in view.outgoing if mail.kind is MailKind.FORWARD]
        live = [mail for mail in forwards if mail.state is not OutgoingState.CANCELLED]
        return [("See the forward", f"/mail/{live[-1].id}")] if live else []
    if message is None:
        return []
    if code in _TO_PLACE:
        join = ("Join it to another submission", f"/messages/{message}/actions/join")
        split = ("Make it a submission of its own", f"/messages/{message}/actions/split")
        return [join, split] if len(view.messages) > 1 else [join]
    if code == "sender-untrusted" and administers:
        return [("Trust this sender", f"/messages/{message}/actions/trust")]
    return []


def corrections(reference: str, finding: FindingRow) -> list[tuple[str, str]]:
    """The links that put a check's result right: to what it is not, or to both where it is unsure or only likely."""
    path = f"/submissions/{reference}/override/{finding.check}"
    met, gap = ("It is met", f"{path}?status=met"), ("It is a gap", f"{path}?status=gap")
    if finding.status == "met":
        return [gap]
    return [met] if finding.status == "gap" and finding.certainty == "certain" else [met, gap]


def _finding(judgement: JudgementRow | None, each: OpenDoubt) -> FindingRow | None:
    found = judgement.findings if judgement else ()
    return next((finding for finding in found if finding.summary == each.doubt.summary), None)


def _spot(
    view: SubmissionView, judgement: JudgementRow | None, row: DoubtRow | None, finding: FindingRow | None
) -> pane.Spot | None:
    if finding is not None and judgement is not None and (found := pane.first_spot(judgement, finding)):
        return found
    return pane.spot_of_doubt(view, row) if row is not None else None


def _rivals(view: SubmissionView, message: int | None) -> list[tuple[str, str]]:
    judged = [row for row in view.judgements if message in {None, row.message}]
    files = judged[-1].files if judged else ()
    return [(file.name, file.sha256[:16]) for file in files if file.media_type == _PDF and file.page_count]
