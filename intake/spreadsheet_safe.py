"""Cells of a CSV export that a spreadsheet shows and never runs.

A spreadsheet takes a cell that begins with =, +, - or @ for a formula, and some do so after blanks or a tab. What a
stranger wrote (a subject, a file name) must not become one on a colleague's machine.
"""

from __future__ import annotations

import re
import unicodedata

# The full-width forms are folded to the plain signs by some spreadsheets.
_FORMULA_SIGNS = frozenset("=+-@|%＝＋－＠")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_LONGEST = 32_000  # a spreadsheet's cell holds 32,767 characters


def safe_cell(text: str) -> str:
    """The text on one line, with an apostrophe in front where a spreadsheet would read a formula."""
    visible = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text[:_LONGEST])
    # Marks that are not drawn (a byte-order mark, a zero-width space) may hide the sign that comes after them.
    first = next((sign for sign in visible if not sign.isspace() and unicodedata.category(sign) != "Cf"), "")
    if first in _FORMULA_SIGNS and not _NUMBER.fullmatch(visible):
        return "'" + visible
    return visible
