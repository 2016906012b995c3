"""The case sheet: one PDF for the file, with the standing, the checks and their pages, the mail, who decided what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec
from fastapi import APIRouter
from fastapi.responses import Response

from intake.cases.history import case_of
from intake.cases.standing import stand
from intake.cases.truth import in_a_line
from intake.errors import NotFound
from intake.ledger import SubmissionView
from intake.web import timeline, words
from intake.web.documents import DPI
from intake.web.guard import Place, Reader
from intake.web.mails import read_mail
from intake.web.matters import matters
from intake.web.pages import short, when
from intake.web.said import Said
from intake.web.sheet import Block, Sheet
from intake.web.submission import Examined, counting, examined, said_of
from intake.web.worklist import case_name
from intake.web.workplace import Workplace

router = APIRouter()


@router.get("/submissions/{reference}/case-sheet.pdf")
def download(reference: str, place: Place, visitor: Reader) -> Response:  # noqa: ARG001 - asked for the check
    """The PDF, to save."""
    view, now = place.ledger.queries.submission(reference), place.now()
    row = view.submission
    sheet = Sheet(
        title=f"{row.reference}: {case_name(row)}",
        foot=f"{place.settings.service.name}, {row.reference}, as of {when(now, place.zone)}",
        blocks=tuple(_blocks(place, view, now)),
    )
    content = place.shelf.draw("intake.web.sheet_drawing:draw", msgspec.msgpack.encode(sheet))
    name = f"{row.reference}-case-sheet.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type="application/pdf", headers=headers)


def _blocks(place: Workplace, view: SubmissionView, now: datetime) -> Iterator[Block]:
    yield from _standing(place, view, now)
    judgement = counting(view)
    if judgement is not None:
        yield Block("heading", "The checks")
        for item in examined(view, judgement):
            yield from _check(place, view, item)
    yield Block("heading", "What the sender wrote")
    for each in said_of(view, place):
        yield from _said(place, each)
    yield Block("heading", "Mail")
    yield from _mails(place, view)
    yield Block("heading", "What happened, latest first")
    for entry in timeline.story(view):
        yield Block("pair", label=short(entry.at, place.zone), text=": ".join(filter(None, (entry.title, entry.text))))


def _standing(place: Workplace, view: SubmissionView, now: datetime) -> Iterator[Block]:
    row, (commissioner, csp) = view.submission, in_a_line(view, lambda moment: short(moment, place.zone))
    held = ", on hold" if row.on_hold else ""
    yield Block("pair", label="State", text=f"{words.SUBMISSION[row.state].text}{held}")
    yield Block("pair", label="Since", text=short(row.state_since, place.zone))
    yield Block("pair", label="Version", text=str(row.version))
    yield Block("pair", label="Commissioner", text=commissioner)
    yield Block("pair", label="CSP", text=csp)
    yield Block("pair", label="Sent by", text=row.sender or "The email gives no address")
    yield Block("pair", label="First arrived", text=short(row.opened_at, place.zone))
    yield Block("pair", label="To be published at", text=row.weblink or "The email gives no address")
    yield Block("pair", label="Report, SHA-256", text=row.report_sha256 or "no report")
    yield Block("pair", label="This sheet", text=f"made on {when(now, place.zone)}")
    still = matters(view, stand(case_of(view)), counting(view), administers=False)
    if still:
        yield Block("heading", "What is open")
    for matter in still:
        yield Block("small", matter.title)
        yield Block("text", words.to_staff(matter.summary))
        if matter.quote:
            yield Block("quote", f"“{matter.quote}”")


def _check(place: Workplace, view: SubmissionView, item: Examined) -> Iterator[Block]:
    finding = item.finding
    advisory = " (advisory)" if finding.policy == "advisory" else ""
    yield Block("small", f"{words.check_title(finding.check)}{advisory}: {words.STATUS[finding.status].text}")
    yield Block("text", words.to_staff(finding.summary))
    for quotation in item.quotations:
        if quotation.text:
            yield Block("quote", f"{quotation.where}: “{quotation.text}”")
    if item.spot is None:
        return
    message = next((row for row in view.messages if row.id == item.spot.message), None)
    if message is None or not message.sha256:
        return
    try:
        picture = place.shelf.picture(message.sha256, item.spot.file.sha256, item.spot.page, DPI)
    except NotFound:
        return
    yield Block("picture", f"{item.spot.file.name}, page {item.spot.page}", picture=picture)


def _said(place: Workplace, each: Said) -> Iterator[Block]:
    row = each.message
    head = f"{row.subject or '(no subject)'} – {row.sender or 'no sender'}, {short(row.arrived_at, place.zone)}"
    yield Block("small", head)
    yield Block("text", "".join(piece.text for piece in each.pieces) or "The email holds no words of its own.")


def _mails(place: Workplace, view: SubmissionView) -> Iterator[Block]:
    if not view.outgoing:
        yield Block("text", "No email was written.")
    for mail in view.outgoing:
        state = words.mail_state(mail.state, bounced=mail.bounced_at is not None).text
        at = mail.settled_at or mail.created_at
        yield Block("small", f"{words.MAIL_KIND[mail.kind]}: {state}, {short(at, place.zone)}")
        yield Block("text", f"To {', '.join(each.address for each in mail.recipients)}: {mail.subject}")
        written = read_mail(place, mail.sha256)
        yield Block("quote", written.text if written is not None else "Its text is no longer kept.")
