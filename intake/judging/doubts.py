"""What in a file could act on its reader's machine, said to staff. Such a file is never forwarded by itself.

The names are those of `Document.active_content`. A PDF that merely opens at a certain page or zoom names none.
"""

from __future__ import annotations

from collections.abc import Iterable

from intake.model import Document

_WORDS = {
    "javascript": "It holds JavaScript.",
    "launch": "It can start a program on the reader's machine.",
    "open-action": "It does something by itself when it is opened.",
    "embedded-file": "It has other files inside, which the checks do not cover.",
    "external-file": "It links to a file outside itself.",
    "submit-form": "It holds a form that sends what is entered to an address.",
    "rich-media": "It holds sound, film or 3D content.",
    "macros": "It holds macros.",
}


def document_doubts(documents: Iterable[Document]) -> tuple[str, ...]:
    """Why these must not be forwarded by themselves: sentences for staff, each once, none when they are plain."""
    names = {name for document in documents for name in document.active_content}
    known = [sentence for name, sentence in _WORDS.items() if name in names]
    unknown = ["It holds active content."] if names - _WORDS.keys() else []
    return tuple(f"The file to be forwarded needs a look: {text[0].lower()}{text[1:]}" for text in [*known, *unknown])
