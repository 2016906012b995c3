"""What the bytes say a file is, by libmagic. Runs in a child."""

from __future__ import annotations

import magic

HEAD = 1 << 16
# Made while the server loads, so that children share its tables.
_LIBMAGIC = magic.Magic(mime=True)
_LIBMAGIC.from_buffer(b"%PDF-1.7")

EMPTY = "application/x-empty"
ZIP = "application/zip"
ZIP_MAGIC = b"PK\x03\x04"  # APPNOTE.TXT, 4.3.7
_UNTOLD = "application/octet-stream"


def sniff(content: memoryview) -> str:
    """The media type of the content. It looks at the start only: junk in front of a PDF deceives it."""
    if not content:
        return EMPTY
    found = str(_LIBMAGIC.from_buffer(bytes(content[:HEAD])))
    if found == _UNTOLD and bytes(content[: len(ZIP_MAGIC)]) == ZIP_MAGIC:
        return ZIP  # libmagic 5.46 does not see it in every archive
    return EMPTY if found == "inode/x-empty" else found
