"""Documents: their pages as pictures with the words marked, and their bytes as a download, never as a page of ours."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from fastapi.responses import Response
from starlette.requests import Request

from intake.errors import NotFound
from intake.ledger import FileRow, MessageRow, SubmissionView
from intake.web.guard import Place, Reader
from intake.web.words import check_title

router = APIRouter(prefix="/submissions/{reference}/documents/{message}/{sha256}")
# What came from outside: no script, no form, no frame, no origin of ours, whatever a browser makes of it.
_SANDBOXED = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
_MANY_PAGES = 5000
DPI = 90
_FINENESS = {"1": DPI, "2": 150, "3": 220}  # dots per inch, by zoom


@dataclass(frozen=True, slots=True)
class Held:
    """A file and the message that it came with."""

    view: SubmissionView
    message: MessageRow
    message_sha256: str
    file: FileRow


def find(reference: str, message: int, sha256: str, place: Place, visitor: Reader) -> Held:  # noqa: ARG001 - asked for the check
    """The file, where this submission's message holds it. Raises NotFound."""
    view = place.ledger.queries.submission(reference)
    row = next((each for each in view.messages if each.id == message), None)
    for judgement in reversed(view.judgements):
        for file in judgement.files:
            if judgement.message == message and file.sha256 == sha256 and row is not None and row.sha256:
                return Held(view, row, row.sha256, file)
    raise NotFound("This submission holds no such document.", "Go back to the submission.")


Asked = Annotated[Held, Depends(find)]


@router.get("")
def download(held: Asked, place: Place) -> Response:
    """The file as it arrived, to save."""
    return as_download(place.shelf.file(held.message_sha256, held.file.sha256), held.file.name)


@router.get("/pages/{page}")
def show(held: Asked, page: int, request: Request, place: Place) -> Response:
    """One page as a picture, with the words marked that a check quoted."""
    if not 1 <= page <= max(1, min(held.file.page_count, _MANY_PAGES)):
        raise NotFound("The document has no such page.", "Go back to the submission.")
    quoted, check = _quoted(held, page, request)
    reference = held.view.submission.reference
    context = {
        "held": held,
        "submission": held.view.submission,
        "page": page,
        "base": f"/submissions/{reference}/documents/{held.message.id}/{held.file.sha256}/pages",
        "query": f"?{request.url.query}" if quoted else "",
        "quoted": quoted,
        "check": check,
        "check_title": check_title(check),
    }
    return place.pages.show(request, "web/page.html", context)


@router.get("/pages/{page}/picture.png")
def picture(held: Asked, page: int, request: Request, place: Place) -> Response:
    """The picture itself, as fine as it is to be looked at."""
    fineness = request.query_params.get("zoom", "1")
    content = place.shelf.picture(held.message_sha256, held.file.sha256, page, _FINENESS.get(fineness, DPI))
    return Response(content, media_type="image/png", headers={"Content-Security-Policy": _SANDBOXED})


@router.get("/pages/{page}/marks.svg")
def marks(held: Asked, page: int, request: Request, place: Place) -> Response:
    """The marks to lay over the picture."""
    words, _ = _quoted(held, page, request)
    content = place.shelf.marks(held.message_sha256, held.file.sha256, page, words)
    return Response(content, media_type="image/svg+xml", headers={"Content-Security-Policy": _SANDBOXED})


def as_download(content: bytes, name: str) -> Response:
    """Bytes that a browser saves and never shows (RFC 6266, and RFC 8187 for the name)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9._() -]+", "_", plain).strip(" .") or "document"
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Content-Disposition": disposition, "Content-Security-Policy": _SANDBOXED}
    return Response(content, media_type="application/octet-stream", headers=headers)


def _quoted(held: Held, page: int, request: Request) -> tuple[list[str], str]:
    """What a check or a doubt quoted from this page, and the check; the address names either and never holds words."""
    asked = request.query_params
    for doubt in held.view.doubts:
        if str(doubt.id) == asked.get("doubt") and doubt.quote and doubt.page == page:
            return [doubt.quote], ""
    for judgement in held.view.judgements:
        if str(judgement.id) != asked.get("judgement"):
            continue
        for finding in judgement.findings:
            if finding.check == asked.get("check"):
                here = [piece for piece in finding.evidence if piece.get("page") == page]
                mine = [piece for piece in here if piece.get("document") == held.file.name]
                return [str(piece["text"]) for piece in mine if piece.get("text")], finding.check
    return [], ""
