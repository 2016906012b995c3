"""The frame of a PDF, by pypdf: encryption, outline, labels, links, embedded files, forms. Runs in a child.

What runs or reaches out is not looked for here, where a defect or a bound may end the reading: `actions` sees to it.
"""

from __future__ import annotations

import io
import time

import pypdf
from pypdf.errors import LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, Destination, DictionaryObject

from intake.documents import remarks
from intake.documents.actions import DISAGREEMENT, address_name, look_through
from intake.documents.answers import UNFINISHED, Structure
from intake.documents.objects import array, dictionary, entry, names_tree, text
from intake.model import Remark

MOST_HEADINGS = 2000
MOST_LINKS = 5000
MOST_CHAINED = 20
SECONDS = 20.0
# What broken objects make pypdf raise, besides its own errors.
DEFECTS = (
    PyPdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RecursionError,
    AssertionError,
    OSError,
)


def read_structure(content: memoryview) -> Structure:
    """The task: whatever can be told; a defect in one part costs that part only."""
    found = _read_frame(content)
    found.active_content = look_through(content)
    if (found.locked or not found.opened) and UNFINISHED not in found.active_content:  # the other reader did open it
        found.active_content = sorted({*found.active_content, DISAGREEMENT})
    return found


def _read_frame(content: memoryview) -> Structure:
    found = Structure()
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        found.encrypted = reader.is_encrypted
        found.locked = reader.is_encrypted and not reader.decrypt("")
        found.opened = True
        if found.locked:
            return found
        root = dictionary(reader.trailer["/Root"])
    except LimitReachedError:
        found.stopped = True
        return found
    except DEFECTS:
        return found
    for part in (_frame, _pages, _forms, _title, _labels, _outline):
        try:
            part(reader, root, found)
        except LimitReachedError:
            found.stopped = True
        except DEFECTS:
            continue
    return found


def _frame(_reader: pypdf.PdfReader, root: DictionaryObject, found: Structure) -> None:
    found.portfolio = "/Collection" in root
    names = dictionary(entry(root, "/Names"))
    found.embedded_files = [name for name, _ in names_tree(entry(names, "/EmbeddedFiles"))]


def _pages(reader: pypdf.PdfReader, _root: DictionaryObject, found: Structure) -> None:
    deadline = time.monotonic() + SECONDS
    links = 0
    found.page_count = len(reader.pages)
    for number, page in enumerate(reader.pages, start=1):
        if time.monotonic() > deadline or links > MOST_LINKS:
            found.stopped = True
            return
        if "/Annots" not in page:
            continue
        annotations = array(entry(page, "/Annots"))
        addresses = [url for item in annotations for url in _addresses(item)]
        found.remarks += _remarks(annotations, number)[: remarks.MOST - len(found.remarks)]
        if addresses:
            found.links[number] = list(dict.fromkeys(addresses))
            links += len(addresses)


def _addresses(annotation: object) -> list[str]:
    """Where an annotation's action leads, and the actions chained to it, as far as those are plain addresses."""
    found: list[str] = []
    waiting = [dictionary(entry(dictionary(annotation), "/A"))]
    for _ in range(MOST_CHAINED):
        if not waiting:
            break
        action = waiting.pop()
        address = text(entry(action, "/URI"))[:2000]
        if address and address_name(address) is None:
            found.append(address)
        following = entry(action, "/Next")
        chained = following[:MOST_CHAINED] if isinstance(following, ArrayObject) else [following]
        waiting += [dictionary(item) for item in chained if item is not None]
    return found


def _remarks(annotations: ArrayObject, page: int) -> list[Remark]:
    """What reviewers left on a page."""
    each = map(dictionary, annotations)
    found = (
        remarks.of_annotation(str(one.get("/Subtype")), str(entry(one, "/Name")), text(entry(one, "/Contents")), page)
        for one in each
    )
    return [remark for remark in found if remark is not None]


def _forms(_reader: pypdf.PdfReader, root: DictionaryObject, found: Structure) -> None:
    found.xfa = entry(dictionary(entry(root, "/AcroForm")), "/XFA") is not None
    found.needs_rendering = bool(entry(root, "/NeedsRendering"))


def _title(reader: pypdf.PdfReader, _root: DictionaryObject, found: Structure) -> None:
    info = dictionary(reader.trailer.get("/Info"))
    found.title = text(entry(info, "/Title"))[:500]
    found.properties = [said[:500] for key in ("/Author", "/Subject", "/Keywords") if (said := text(entry(info, key)))]


def _labels(reader: pypdf.PdfReader, root: DictionaryObject, found: Structure) -> None:
    if "/PageLabels" in root:
        found.labels = [str(label) for label in reader.page_labels]


def _outline(reader: pypdf.PdfReader, root: DictionaryObject, found: Structure) -> None:
    if "/Outlines" not in root:
        return
    # Numbers by object, once: pypdf's own look-up searches all pages for every heading.
    numbers: dict[int | None, int] = {
        page.indirect_reference.idnum: number
        for number, page in enumerate(reader.pages, start=1)
        if page.indirect_reference is not None
    }
    waiting: list[object] = list(reversed(reader.outline))
    while waiting and len(found.outline) < MOST_HEADINGS:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(reversed(item))
            continue
        if not isinstance(item, Destination):
            continue
        number = numbers.get(getattr(item.page, "idnum", None), 0)
        if number and item.title:
            found.outline.append((str(item.title)[:300], number))
