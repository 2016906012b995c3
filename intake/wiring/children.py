"""The sandbox as judging uses it: its children have the parsers loaded before a file comes."""

from __future__ import annotations

from intake.documents import PRELOAD
from intake.sandbox import Sandbox


def start_sandbox() -> Sandbox:
    """A sandbox whose server is starting; it gets ready while the caller loads the rest."""
    sandbox = Sandbox(preload=(*PRELOAD, "intake.unpacking"))
    sandbox.start()
    return sandbox
