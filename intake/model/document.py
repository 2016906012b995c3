"""What was read of one attached file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class TextSource(StrEnum):
    """Where a page's text comes from."""

    LAYER = "layer"  # the file's own text
    OCR = "ocr"
    NONE = "none"  # no usable text (yet): a picture, blank, or gibberish


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `number` counts from 1; `label` is the printed page label where the file has one.

    `picture` is the share of the page covered by images (0..1): a page with some text and a large picture
    may hide a scanned letter or table. `confidence` is OCR's mean word confidence (0..1), 1.0 for text layers.
    Lengths are in points (1/72 inch), after the page's own rotation.
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

    @property
    def landscape(self) -> bool:
        return self.width > self.height


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
    unread_pages: tuple[int, ...] = ()  # wanted for OCR, but over the budget or failed

    @property
    def readable(self) -> bool:
        return self.problem is None and bool(self.pages)
