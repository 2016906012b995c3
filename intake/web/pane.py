"""The report's pages beside the work: which file, which page, how large, and what is marked on it, by links alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from intake.ledger import DoubtRow, FileRow, FindingRow, JudgementRow, SubmissionView

ZOOMS = {"1": "Whole width", "2": "Larger", "3": "Largest"}
_MARKS = ("judgement", "check", "doubt")


@dataclass(frozen=True, slots=True)
class Spot:
    """A page of a file that a message brought, and what is to be marked there (as the address's own fields)."""

    message: int
    file: FileRow
    page: int
    marks: tuple[tuple[str, str], ...] = ()

    def fields(self) -> dict[str, str]:
        return {"doc": f"{self.message}-{self.file.sha256[:16]}", "page": str(self.page), **dict(self.marks)}


@dataclass(frozen=True, slots=True)
class Pane:
    """What the pane shows; `about` says in words what is marked."""

    reference: str
    spot: Spot
    zoom: str
    files: tuple[tuple[int, FileRow], ...]
    about: str = ""

    @property
    def pages(self) -> int:
        return self.spot.file.page_count

    @property
    def picture(self) -> str:
        """The page's address among the documents; its picture and marks stand below it."""
        spot = self.spot
        return f"/submissions/{self.reference}/documents/{spot.message}/{spot.file.sha256}/pages/{spot.page}"

    @property
    def marks(self) -> str:
        return urlencode(self.spot.marks)

    @property
    def carried(self) -> tuple[tuple[str, str], ...]:
        """What the form that goes to another page hands on."""
        fields = self.spot.fields() | {"zoom": self.zoom}
        return tuple((name, value) for name, value in fields.items() if name != "page")

    def address(self, **changes: Any) -> str:
        """The screen with the pane changed so: `page`, `zoom`, or another `doc`."""
        fields = self.spot.fields() | {"zoom": self.zoom}
        if "doc" in changes:
            fields = {"page": "1", "zoom": self.zoom}
        fields |= {name: str(value) for name, value in changes.items()}
        return opened(self.reference, fields)

    def of_file(self, message: int, file: FileRow) -> str:
        """The screen with another file in the pane."""
        return self.address(doc=f"{message}-{file.sha256[:16]}")


def opened(reference: str, fields: Mapping[str, str]) -> str:
    """The address of a submission's screen with the pane opened at a spot."""
    kept = {name: value for name, value in fields.items() if value and (name, value) != ("zoom", "1")}
    return f"/submissions/{reference}?{urlencode(kept)}#pages"


def spot_of_evidence(judgement: JudgementRow, check: str, piece: Mapping[str, Any]) -> Spot | None:
    """Where a piece of a check's evidence stands; None where that is no page of a file."""
    page, name = piece.get("page"), piece.get("document")
    file = next((each for each in judgement.files if each.name == name and each.page_count), None)
    if page is None or file is None:
        return None
    return Spot(judgement.message, file, int(page), (("judgement", str(judgement.id)), ("check", check)))


def first_spot(judgement: JudgementRow, finding: FindingRow) -> Spot | None:
    """Where to look first for a check: at what could not be read where it is unsure, else at what was found."""
    unsure = finding.status == "unsure"
    pieces = sorted(finding.evidence, key=lambda piece: unsure and bool(piece.get("text")))
    spots = (spot_of_evidence(judgement, finding.check, piece) for piece in pieces)
    return next((spot for spot in spots if spot is not None), None)


def spot_of_doubt(view: SubmissionView, row: DoubtRow) -> Spot | None:
    """Where the thing stands that a doubt is about: its page, or the first of its file."""
    for judgement in reversed(view.judgements):
        for file in judgement.files:
            named = file.sha256 == row.sha256 if row.sha256 else file.name == row.document
            if named and file.page_count and row.message in {None, judgement.message}:
                return Spot(judgement.message, file, row.page or 1, (("doubt", str(row.id)),))
    return None


def pane(
    view: SubmissionView, asked: Mapping[str, str], files: list[tuple[int, FileRow]], otherwise: Spot | None
) -> Pane | None:
    """The pane as the address asks for it; else at `otherwise`, else at the report's first page."""
    shown = tuple(pair for pair in files if pair[1].page_count)
    if not shown:
        return None
    zoom = asked.get("zoom", "1")
    spot = _asked(asked, shown) or otherwise or _first(shown)
    return Pane(view.submission.reference, spot, zoom if zoom in ZOOMS else "1", shown)


def _asked(asked: Mapping[str, str], files: tuple[tuple[int, FileRow], ...]) -> Spot | None:
    message, _, begins = asked.get("doc", "").partition("-")
    page = asked.get("page", "1")
    for number, file in files:
        if begins and str(number) == message and file.sha256.startswith(begins):
            wanted = int(page) if page.isdecimal() and len(page) < 6 else 1
            marks = tuple((name, asked[name]) for name in _MARKS if asked.get(name))
            return Spot(number, file, min(max(wanted, 1), file.page_count), marks)
    return None


def _first(files: tuple[tuple[int, FileRow], ...]) -> Spot:
    message, file = next((pair for pair in files if pair[1].is_report), files[0])
    return Spot(message, file, 1)
