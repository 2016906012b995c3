"""The machine's accounts, as people name them."""

from __future__ import annotations

import pwd


def account_name(uid: int) -> str:
    """An account's name; its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
