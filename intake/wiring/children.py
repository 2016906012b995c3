"""The sandbox as judging uses it: its children have the parsers loaded before a file comes."""

from __future__ import annotations

from collections.abc import Collection

from intake.sandbox.sandbox import Sandbox

# In the order in which a report by itself needs them; a mail asks for what opens it at once. Named, not imported: a
# command starts its sandbox first and loads its own libraries meanwhile.
_PRELOAD = (
    "intake.documents.reading",
    "intake.documents.structure",
    "intake.documents.sight",
    "intake.unpacking.message",
)


def start_sandbox(allow_missing: Collection[str] = ()) -> Sandbox:
    """A sandbox whose server is starting; it gets ready while the caller loads the rest."""
    sandbox = Sandbox(preload=_PRELOAD, allow_missing=allow_missing)
    sandbox.start()
    return sandbox
