from __future__ import annotations

from tests.commands.conftest import bare_run, settled

__all__ = ["bare_run", "settled"]
