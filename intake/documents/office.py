"""Word, spreadsheet and OpenDocument files: their text, links and macros, without running anything.

A package is a ZIP of XML parts. Parts are unpacked within a budget, and XML is read without entities from
elsewhere. Runs in a child.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

from lxml import etree

from intake.documents.answers import Reading
from intake.documents.budget import ReadingBudget
from intake.documents.plain import paginate
from intake.model import ReadProblem

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# Not zip errors only: damaged entries show themselves in many ways.
DEFECTS = (
    zipfile.BadZipFile,
    zlib.error,
    etree.XMLSyntaxError,
    KeyError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    EOFError,
)

_UNTOLD = ("application/zip", "application/octet-stream")


class _OverBudgetError(Exception):
    """The package unpacks to more than the budget."""


class Package:
    """A ZIP whose parts are unpacked only as far as the budget goes."""

    def __init__(self, content: bytes, budget: ReadingBudget) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(content))
        self.names = self._zip.namelist()
        self._left = budget.max_unpacked
        if len(self.names) > budget.max_entries:
            raise _OverBudgetError

    def xml(self, name: str) -> etree._Element:
        # resolve_entities=False and no_network: nothing outside the part is fetched, nothing multiplies.
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
        return etree.fromstring(self._unpack(name), parser)

    def _unpack(self, name: str) -> bytes:
        with self._zip.open(name) as part:
            data = part.read(self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise _OverBudgetError
        return data


def read_package(content: bytes, media_type: str, budget: ReadingBudget) -> Reading:
    """The text of a package, as pseudo-pages; any other ZIP is named and not read."""
    try:
        package = Package(content, budget)
        found = _read(package, media_type, budget)
    except _OverBudgetError:
        return Reading(media_type=media_type, problem=ReadProblem.TOO_COMPLEX)
    except DEFECTS:
        return Reading(media_type=media_type, problem=ReadProblem.DAMAGED)
    if any(name.lower().endswith("vbaproject.bin") or name.startswith("Basic/") for name in package.names):
        found.active_content = ["macros"]
    return found


def _read(package: Package, media_type: str, budget: ReadingBudget) -> Reading:
    # libmagic knows these by the order of their parts only, which differs from program to program.
    for part, kind, text in _KINDS:
        if part in package.names:
            named = f"application/vnd.{kind}" if media_type in _UNTOLD else media_type
            found = paginate("\f".join(text(package)), named, budget)
            if found.pages:
                found.pages[0] = replace(found.pages[0], links=tuple(_links(package)))
            return found
    return Reading(media_type=media_type, problem=ReadProblem.NOT_READ)


def _document(package: Package) -> Iterator[str]:
    for name in ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml"):
        if name in package.names:
            yield "".join(_word_text(package.xml(name)))


def _open_document(package: Package) -> Iterator[str]:
    yield "".join(_open_document_text(package.xml("content.xml")))


def _word_text(tree: etree._Element) -> Iterator[str]:
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            yield _word_mark(element)
        elif element.tag == _WORD + "t":
            yield element.text or ""
        elif element.tag in (_WORD + "p", _WORD + "tr"):
            yield "\n"


def _word_mark(element: etree._Element) -> str:
    """Breaks and tabs: those elements that stand for a character."""
    if element.tag == _WORD + "br":
        return "\f" if element.get(_WORD + "type") == "page" else "\n"
    return {_WORD + "lastRenderedPageBreak": "\f", _WORD + "tab": "\t"}.get(element.tag, "")


def _sheets(package: Package) -> Iterator[str]:
    shared: list[str] = []
    if "xl/sharedStrings.xml" in package.names:
        strings = package.xml("xl/sharedStrings.xml").iterfind(_SHEET + "si")
        shared = ["".join(piece.text or "" for piece in string.iter(_SHEET + "t")) for string in strings]
    for name in sorted(name for name in package.names if name.startswith("xl/worksheets/sheet")):
        rows = package.xml(name).iter(_SHEET + "row")
        yield "\n".join("\t".join(_cell(cell, shared) for cell in row.iterfind(_SHEET + "c")) for row in rows)


def _cell(cell: etree._Element, shared: list[str]) -> str:
    value = cell.findtext(_SHEET + "v") or ""
    if cell.get("t") == "s" and value.isdigit() and int(value) < len(shared):
        return shared[int(value)]
    return value or "".join(piece.text or "" for piece in cell.iter(_SHEET + "t"))


def _open_document_text(tree: etree._Element) -> Iterator[str]:
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            if element.tag == _TEXT + "soft-page-break":
                yield "\f"
            elif element.tag == _TEXT + "s":
                yield " "
            if element.tag.startswith(_TEXT):
                yield element.text or ""
        elif element.tag in (_TEXT + "p", _TEXT + "h"):
            yield "\n"
        elif element.tag == _TABLE + "table":
            yield "\f"
        elif element.tag.startswith(_TEXT):
            yield element.tail or ""


def _links(package: Package) -> list[str]:
    """Web addresses that the document links to: they stand in relations, not in the text."""
    name = "word/_rels/document.xml.rels"
    if name not in package.names:
        return []
    targets = (relation.get("Target", "") for relation in package.xml(name).iter(_RELATION))
    return [target[:2000] for target in dict.fromkeys(targets) if target.lower().startswith(("http:", "https:"))]


_KINDS: tuple[tuple[str, str, Callable[[Package], Iterator[str]]], ...] = (
    ("word/document.xml", "openxmlformats-officedocument.wordprocessingml.document", _document),
    ("xl/workbook.xml", "openxmlformats-officedocument.spreadsheetml.sheet", _sheets),
    ("content.xml", "oasis.opendocument.text", _open_document),
)
