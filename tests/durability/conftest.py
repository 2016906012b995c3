from __future__ import annotations

from tests.ledger.conftest import postgresql, template

__all__ = ["postgresql", "template"]
