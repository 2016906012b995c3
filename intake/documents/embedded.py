"""The files inside a PDF: attachments and the documents of a portfolio. Runs in a child."""

from __future__ import annotations

import io

import pypdf
from pypdf.generic import DictionaryObject, StreamObject

from intake.documents.answers import EmbeddedFile
from intake.documents.objects import dictionary, entry, names_tree
from intake.documents.sniffing import sniff
from intake.documents.structure import DEFECTS

MOST_FILES = 50
MOST_BYTES = 60 << 20


def extract(content: memoryview) -> list[EmbeddedFile]:
    """The task: the embedded files, as far as the budget goes; those that cannot be unpacked are left out."""
    found: list[EmbeddedFile] = []
    left = MOST_BYTES
    try:
        reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
        names = dictionary(entry(dictionary(reader.trailer["/Root"]), "/Names"))
        for name, specification in names_tree(entry(names, "/EmbeddedFiles")):
            data = _data(specification)
            if data is not None and len(data) <= left and len(found) < MOST_FILES:
                found.append(EmbeddedFile(name, sniff(memoryview(data)), data))
                left -= len(data)
    except DEFECTS:
        return found
    return found


def _data(specification: DictionaryObject) -> bytes | None:
    held = dictionary(entry(specification, "/EF"))
    stream = entry(held, "/UF") or entry(held, "/F")
    try:
        return bytes(stream.get_data()) if isinstance(stream, StreamObject) else None
    except DEFECTS:
        return None
