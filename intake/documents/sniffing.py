"""What the bytes say a file is, by libmagic. Runs in a child."""

from __future__ import annotations

import magic

HEAD = 2048
# Made while the server loads, so that children share its tables.
_LIBMAGIC = magic.Magic(mime=True)
_LIBMAGIC.from_buffer(b"%PDF-1.7")

EMPTY = "application/x-empty"
OLE = "application/x-ole-storage"


def sniff(content: memoryview) -> str:
    """The media type of the content. A PDF's is "application/pdf" only if its first bytes are a PDF's."""
    if not content:
        return EMPTY
    found = str(_LIBMAGIC.from_buffer(bytes(content[: 1 << 16])))
    return "application/x-empty" if found == "inode/x-empty" else found


def may_be_pdf(content: memoryview, media_type: str) -> bool:
    """Whether trying a PDF reader is worth while: a ZIP that holds a PDF, stored as it is, is a ZIP."""
    if bytes(content[:4]) == b"PK\x03\x04":
        return False
    return media_type == "application/pdf" or b"%PDF-" in bytes(content)
