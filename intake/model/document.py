"""What was read of one attached file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# The share of a layer's characters that stand on a picture in a page that somebody's OCR read, and the share of a
# page that its picture covers. Scanners leave a stamp or a page number that was typed later, and a margin.
_UNDERLAID, _COVERING = 0.5, 0.6


class TextSource(StrEnum):
    """Where a page's text comes from."""

    LAYER = "layer"  # the file's own text
    OCR = "ocr"
    NONE = "none"  # no usable text (yet): a picture, blank, or gibberish


@dataclass(frozen=True, slots=True)
class Sight:
    """What a small picture of a page shows, held against its text layer.

    `drawn` is the share of the page on which something fine is drawn that is no text: writing in a picture, in
    outlines or in a form's fields, but no plain rules and areas. `underlaid` is the share of the layer's characters
    that are not drawn themselves and stand on a picture: somebody's OCR. `unseen` counts the characters that stand
    on nothing: nobody sees them, and the page's text is given without them. `covered` are words under dark boxes.
    """

    drawn: float
    underlaid: float = 0.0
    unseen: int = 0
    covered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `number` counts from 1; `label` is the printed page label where the file has one.

    `picture` is the share of the page covered by images (0..1): a page with some text and a large picture
    may hide a scanned letter or table. `confidence` is OCR's mean word confidence (0..1), 1.0 for text layers.
    `sight` is None until the page was looked at; `recognised` says that OCR has read it, whichever text was kept;
    `boxed` that dark boxes are drawn on it. Lengths are in points (1/72 inch), after the page's own rotation.
    """

    number: int
    text: str
    source: TextSource
    label: str | None = None
    confidence: float = 1.0
    picture: float = 0.0
    width: float = 0.0
    height: float = 0.0
    links: tuple[str, ...] = ()
    sight: Sight | None = None
    recognised: bool = False
    boxed: bool = False

    @property
    def landscape(self) -> bool:
        return self.width > self.height

    @property
    def scanned(self) -> bool:
        """Whether its text is OCR's, the program's own or somebody else's under a picture of the page."""
        if self.source is not TextSource.LAYER:
            return self.source is TextSource.OCR
        if self.sight is not None:
            return self.sight.underlaid >= _UNDERLAID
        return self.picture >= _COVERING and bool(self.text)


class ReadProblem(StrEnum):
    """Why a document, or part of it, could not be read."""

    PASSWORD = "password"  # noqa: S105 - a word, not a secret
    DAMAGED = "damaged"
    EMPTY = "empty"
    NO_PAGES = "no-pages"
    TOO_COMPLEX = "too-complex"  # over the time, memory or output limit
    XFA = "xfa-form"  # a form whose pages are drawn by a viewer: no content to read
    PORTFOLIO = "portfolio"  # a PDF whose documents are embedded files
    NOT_READ = "not-read"  # not attempted (a type the program does not read)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something in a file that a careful person would stop at before it goes out; `page` is None for the whole file.

    `code` is one of comments, tracked-changes, draft, left-open, redaction-not-applied, text-under-box and
    name-in-properties; `text` the words themselves, for staff only.
    """

    code: str
    page: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """One attached file, read.

    `media_type` is what the bytes say (libmagic), `is_pdf` whether they are a PDF that a reader recognises.
    `pages` may be shorter than `page_count` when reading stopped early (`problem` says why). For Word,
    spreadsheet and plain-text files `pages` holds one pseudo-page per sheet or section, so their content
    can be recognised too. `active_content` names what runs or reaches out (javascript, launch, open-action,
    embedded-file, external-file, submit-form, rich-media, macros).
    """

    name: str
    size: int
    sha256: str
    media_type: str
    is_pdf: bool
    pages: tuple[Page, ...] = ()
    page_count: int = 0
    problem: ReadProblem | None = None
    title: str = ""
    outline: tuple[tuple[str, int], ...] = ()  # (heading, page number)
    embedded_files: tuple[str, ...] = ()
    active_content: tuple[str, ...] = ()
    owner_password: bool = False
    repaired: bool = False
    containers: tuple[str, ...] = ()
    inline: bool = False
    remarks: tuple[Remark, ...] = ()
    unread_pages: tuple[int, ...] = ()  # wanted, but over OCR's budget or failed

    @property
    def readable(self) -> bool:
        return self.problem is None and bool(self.pages)
