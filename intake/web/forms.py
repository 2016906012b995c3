"""What is wrong with a form, said beside the field that it is about."""

from __future__ import annotations

from intake.errors import UsageError


class WrongField(UsageError):
    """A field of a form holds what cannot be used; `field` is its name."""

    def __init__(self, field: str, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.field = field
